import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TaskGroup } from '../../concurrency/task.ts'
import type { Version } from '../../store/read/versions.ts'
import type { Dependencies } from '../dependencies.ts'
import { RATE_LIMIT_FIELDS, type RateLimits } from '../limits/rate-limit.ts'
import type { RequestTasks } from '../limits/request-tasks.ts'
import { Overloaded } from '../problems/problem.ts'
import { OPEN_HEADERS } from '../protocol/allowed-methods.ts'
import type { Shutdown } from '../protocol/graceful-shutdown.ts'
import { hasBody } from '../protocol/has-body.ts'
import { newestVersionOf } from '../query/newest-version.ts'
import { type VersionAsOf, versionAsOf } from '../query/version-as-of.ts'
import { cacheControlOf } from '../responses/json-response.ts'
import { type CacheFastPath, cacheFastPath } from './cache-fast-path.ts'
import type { CacheObserver } from './cache-observer.ts'
import {
  type CachedResponse,
  encodeResponse,
  notModifiedHeaders,
  selectEncoding,
  toCachedResponse,
} from './cached-response.ts'
import { compressStream, isCompressible, negotiateEncoding } from './compression.ts'
import { ifNoneMatchMatches, weakETag } from './etag.ts'
import { requestedAsOf } from './pinned-by.ts'
import { cachedResponseSender, sendNotModified } from './send-cached.ts'
import { sizeClassedLru } from './size-classed-lru.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Makes responses of the route cacheable, and names the request headers that they vary with. */
    readonly varies?: readonly ('Accept' | 'Accept-Language')[]
  }
}

/** A cacheable response that is still being computed. */
interface PendingResponse {
  readonly key: string
  /** The newest version when the request came. */
  readonly current: Version
  readonly etag: string
  readonly vary: string
  /** Ends the flight with its outcome. */
  readonly settle: (outcome: Outcome) => void
}

/** The outcome of a flight; after an abandoned one, the next waiting request starts over. */
type Outcome = CachedResponse | 'not cacheable' | 'refused' | 'abandoned'

export interface ResponseCacheOptions {
  /** The size of the cache; 0 disables it. */
  readonly maxBytes: number
  /** Identifies the program and its settings, which ETags depend on. */
  readonly build: string
  /** The tasks of requests: a waiting request joins the task of the flight. */
  readonly tasks: RequestTasks
  readonly limits: RateLimits
  readonly closing: Shutdown
  readonly observer?: CacheObserver | undefined
}

/** The largest share of the cache that one response may take. */
const MAX_ENTRY_SHARE = 0.1

/** The size of an entry beside its bytes and their encodings, roughly. */
const OVERHEAD_BYTES = 2_000

/**
 * Caches serialized responses, keyed by data version, so that a write by any process invalidates them. Conditional
 * requests get a 304 before anything is read, and concurrent requests with the same cache key share one computation
 * (single flight). Register it before the routes.
 * @returns the fast path, which answers repeated requests in front of the framework
 */
export function responseCache(
  app: FastifyInstance,
  { store }: Pick<Dependencies, 'store'>,
  { maxBytes, build, tasks, limits, closing, observer }: ResponseCacheOptions,
): CacheFastPath {
  const responses = sizeClassedLru<CachedResponse>({
    maxSize: maxBytes,
    maxEntrySize: Math.floor(maxBytes * MAX_ENTRY_SHARE),
    sizeOf: ({ bytes }, key) => 2 * (bytes.length + key.length) + OVERHEAD_BYTES,
  })
  observer?.onStats(() => ({ entries: responses.count, bytes: responses.totalSize }))
  const inFlight = new Map<string, { readonly task: TaskGroup; readonly outcome: Promise<Outcome> }>()
  const pending = new WeakMap<FastifyRequest, PendingResponse>()

  const sendCached = cachedResponseSender(closing, observer)
  const lookup = (key: string) => responses.get(key)
  const fastPath = cacheFastPath({ store, lookup, limits, closing, sendCached })

  app.addHook('onRequest', async (request, reply) => {
    const { config, url: route = '' } = request.routeOptions
    const { varies } = config
    if (varies === undefined || hasBody(request)) return
    const state = await requestedVersion(request)
    if (state === null) return
    const { current, requested } = state
    const key = cacheKeyOf(request, varies, requested)
    let cached = responses.get(key) ?? null
    // No await may stand between the end of this loop and `beginFlight`, else there could be two flights of one key.
    for (let other = inFlight.get(key); cached === null && other !== undefined; other = inFlight.get(key)) {
      other.task.join(tasks.of(request, reply))
      const outcome = await other.outcome
      if (outcome === 'refused') throw new Overloaded()
      if (outcome === 'not cacheable') break
      if (outcome !== 'abandoned') cached = outcome
    }
    if (cached !== null) {
      fastPath.index(request, { key, current, route })
      reply.hijack()
      const { method, headers } = request
      await sendCached(
        {
          response: reply.raw,
          headers,
          isHead: method === 'HEAD',
          route,
          perClient: perClientHeaders(reply),
        },
        cached,
      )
      return reply
    }
    const etag = weakETag(build, key)
    const vary = [...varies, 'Accept-Encoding'].join(', ')
    if (
      request.headers['if-none-match'] !== '*' &&
      ifNoneMatchMatches(etag, request.headers['if-none-match'])
    ) {
      const cacheControl = cacheControlOf(requested)
      const headers = { ...OPEN_HEADERS, etag, vary, 'cache-control': cacheControl }
      reply.hijack()
      sendNotModified(reply.raw, notModifiedHeaders(headers), perClientHeaders(reply))
      observer?.onResult('not_modified')
      return reply
    }
    pending.set(request, { key, current, etag, vary, settle: beginFlight(tasks.of(request, reply), key) })
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const response = pending.get(request)
    if (response === undefined) return payload
    pending.delete(request)
    const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload)
    if (reply.statusCode !== 200 || !(isWhole || payload instanceof Readable)) {
      const isRefused = reply.statusCode === 503
      response.settle(reply.raw.destroyed ? 'abandoned' : isRefused ? 'refused' : 'not cacheable')
      return payload
    }
    const { url: route = '' } = request.routeOptions
    observer?.onResult('miss')
    reply.headers({ etag: response.etag, vary: response.vary })
    const bytes = isWhole ? Buffer.from(payload) : null
    const cached = bytes && toCachedResponse(headersOf(reply), bytes)
    if (cached !== null && maxBytes > 0) {
      responses.set(response.key, cached)
      fastPath.index(request, { key: response.key, current: response.current, route })
    }
    response.settle(cached ?? 'not cacheable')
    if (ifNoneMatchMatches(response.etag, request.headers['if-none-match'])) {
      reply.code(304)
      // Fastify's own handler of HEAD reads the payload.
      return request.method === 'HEAD' ? '' : null
    }
    return cached === null
      ? encodeStream(request, reply, payload as Readable)
      : await encodeBody(request, reply, cached)
  })

  return fastPath

  /** Returns the newest version and the one that a request asks for; null where its response must not be cached. */
  async function requestedVersion(
    request: FastifyRequest,
  ): Promise<{ current: Version; requested: VersionAsOf } | null> {
    const current = await newestVersionOf(request, store)
    const pin = requestedAsOf(request)
    if (store.isUncommitted() || pin === null) return null
    const requested = await versionAsOf(store, current, pin.as_of)
    return requested && { current, requested }
  }

  /** Lets requests with the same key wait for this one's response. */
  function beginFlight(task: TaskGroup, key: string): PendingResponse['settle'] {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const flight = { task, outcome: promise }
    inFlight.set(key, flight)
    return (outcome) => {
      if (inFlight.get(key) === flight) inFlight.delete(key)
      resolve(outcome)
    }
  }
}

/**
 * Returns the cache key: everything that a response depends on. Its URL is the canonical one, and nothing that
 * computes a response can read another (see `canonicalTarget`). No part has a line break in it.
 */
function cacheKeyOf(
  { url, headers }: FastifyRequest,
  varies: readonly string[],
  { version, recorded_at, isImmutable }: VersionAsOf,
): string {
  const varyValues = varies.map((name) => headers[name.toLowerCase()] ?? '')
  return [version, recorded_at, isImmutable, url, ...varyValues].join('\n')
}

/** Headers that are sent to one client alone, and therefore never cached. */
const PER_CLIENT_HEADERS: readonly string[] = ['connection', ...RATE_LIMIT_FIELDS]

/** Returns the rate-limit headers of a reply, names and values in turn. */
function perClientHeaders(reply: FastifyReply): string[] {
  return RATE_LIMIT_FIELDS.flatMap((name) => {
    const value = reply.getHeader(name)
    return value === undefined ? [] : [name, String(value)]
  })
}

function headersOf(reply: FastifyReply): Record<string, string> {
  const headers = Object.entries(reply.getHeaders()).filter(([name]) => !PER_CLIENT_HEADERS.includes(name))
  return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]))
}

async function encodeBody(
  request: FastifyRequest,
  reply: FastifyReply,
  cached: CachedResponse,
): Promise<Buffer> {
  const encoding = selectEncoding(cached, request.headers['accept-encoding'])
  const { body } = await encodeResponse(cached, encoding)
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return body
}

function encodeStream(request: FastifyRequest, reply: FastifyReply, stream: Readable): Readable {
  const encoding = negotiateEncoding(request.headers['accept-encoding'])
  if (encoding === null || !isCompressible(String(reply.getHeader('content-type')))) return stream
  reply.header('content-encoding', encoding)
  return compressStream(stream, encoding)
}
