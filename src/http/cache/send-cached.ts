import type { ServerResponse } from 'node:http'
import type { Shutdown } from '../protocol/graceful-shutdown.ts'
import type { CacheObserver } from './cache-observer.ts'
import { type CachedResponse, encodeResponse, selectEncoding } from './cached-response.ts'
import { ifNoneMatchMatches } from './etag.ts'

/** The request that a response is sent to. */
interface ResponseTarget {
  readonly response: ServerResponse
  readonly headers: {
    readonly 'if-none-match'?: string | undefined
    readonly 'accept-encoding'?: string | undefined
  }
  /** True for a HEAD. */
  readonly isHead: boolean
  /** The pattern of the request's route, for metrics. */
  readonly route: string
  /** Headers for this client alone, such as its rate limit, names and values in turn. */
  readonly perClient: readonly string[]
}

/** Sends a cached response, or a 304. */
export type SendCached = (target: ResponseTarget, cached: CachedResponse) => Promise<void>

/** Returns what sends cached responses without Fastify: their headers are cached with them. */
export function cachedResponseSender(closing: Shutdown, observer: CacheObserver | undefined): SendCached {
  return async ({ response, headers, isHead, route, perClient }, cached) => {
    observer?.onRoute(response, route)
    if (ifNoneMatchMatches(cached.headers.etag ?? '', headers['if-none-match'])) {
      sendNotModified(response, cached.notModified, perClient)
      observer?.onResult('not_modified')
      return
    }
    const encoding = selectEncoding(cached, headers['accept-encoding'])
    const ready = cached.encoded.get(encoding)
    if (ready === undefined) closing.trackUntilSent(response)
    const { head, body, text } = ready ?? (await encodeResponse(cached, encoding))
    if (closing.isClosing()) response.shouldKeepAlive = false
    response.writeHead(200, [...head, ...perClient])
    if (isHead) response.end()
    else if (text === null) response.end(body)
    else response.end(text, 'latin1')
    if (ready !== undefined) closing.trackUntilSent(response)
    observer?.onResult('hit')
  }
}

/** Sends a 304. */
export function sendNotModified(
  response: ServerResponse,
  head: readonly string[],
  perClient: readonly string[],
): void {
  response.writeHead(304, [...head, ...perClient]).end()
}
