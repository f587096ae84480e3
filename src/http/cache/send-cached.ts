import type { ServerResponse } from 'node:http'
import type { Closing } from '../protocol/graceful-shutdown.ts'
import { encodedFor, encodingOf, type Kept } from './cached-response.ts'
import { isKnown } from './etag.ts'
import type { KeptObserver } from './response-cache.ts'

/** To whom an answer is sent. */
export interface Reader {
  readonly response: ServerResponse
  readonly headers: {
    readonly 'if-none-match'?: string | undefined
    readonly 'accept-encoding'?: string | undefined
  }
  /** Whether the head alone is asked for. */
  readonly isHead: boolean
  /** The pattern of the route that leads to the answer. */
  readonly route: string
  /** What is said to this client alone, names and values in turn. */
  readonly own: readonly string[]
}

/** Sends an answer that is kept, or that it has not changed. */
export type SendKept = (reader: Reader, answer: Kept) => Promise<void>

/**
 * Sends answers as they were made, past all that made them: everything that a head says is kept with it, and this
 * is what a burst of readers costs.
 */
export function keptSender(closing: Closing, observer: KeptObserver | undefined): SendKept {
  return async ({ response, headers, isHead, route, own }, answer) => {
    observer?.routed(response, route)
    if (isKnown(answer.headers.etag ?? '', headers['if-none-match'])) {
      sendNotModified(response, answer.notModified, own)
      observer?.answered('not_modified')
      return
    }
    const encoding = encodingOf(answer, headers['accept-encoding'])
    const ready = answer.sent.get(encoding)
    if (ready === undefined) closing.seeOut(response)
    const { head, body, text } = ready ?? (await encodedFor(answer, encoding))
    if (closing.isClosing()) response.shouldKeepAlive = false
    response.writeHead(200, [...head, ...own])
    if (isHead) response.end()
    else if (text === null) response.end(body)
    else response.end(text, 'latin1')
    if (ready !== undefined) closing.seeOut(response)
    observer?.answered('hit')
  }
}

/** Tells a client that it has the answer already. */
export function sendNotModified(
  response: ServerResponse,
  head: readonly string[],
  own: readonly string[],
): void {
  response.writeHead(304, [...head, ...own]).end()
}
