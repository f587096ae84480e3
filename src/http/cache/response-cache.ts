import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TaskGroup } from '../../concurrency/task.ts'
import type { Version } from '../../store/read/versions.ts'
import { RATE_LIMIT_FIELDS, type RateLimits } from '../limits/rate-limit.ts'
import type { RequestTasks } from '../limits/request-tasks.ts'
import { Overloaded } from '../problems/problem.ts'
import { OPEN_HEADERS } from '../protocol/allowed-methods.ts'
import type { Closing } from '../protocol/graceful-shutdown.ts'
import { hasBody } from '../protocol/has-body.ts'
import type { Dependencies } from '../query/resolve-query.ts'
import { type VersionAsOf, versionAsOf } from '../query/version-as-of.ts'
import { cacheControlOf } from '../responses/json-response.ts'
import { type Again, answerAgain } from './cache-fast-path.ts'
import { encodedFor, encodingOf, type Kept, keptAnswer, notModifiedHead } from './cached-response.ts'
import { compressedStream, encodingFor, isCompressible } from './compression.ts'
import { isKnown, weakTag } from './etag.ts'
import { pinnedBy } from './pinned-by.ts'
import { keptSender, sendNotModified } from './send-cached.ts'
import { sizeClassedLru } from './size-classed-lru.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For an answer that is a function of the version and the request: the request headers that it varies with. */
    readonly varies?: readonly ('Accept' | 'Accept-Language')[]
  }
}

/** A request for an answer that is still to be made. */
interface Asked {
  readonly key: string
  /** The newest version when it was asked. */
  readonly current: Version
  readonly etag: string
  readonly vary: string
  /** Told how the computation ended. */
  readonly made: (outcome: Outcome) => void
}

/** The end of a computation that others may wait for: after an abandoned one the next of them begins anew. */
type Outcome = Kept | 'not cacheable' | 'refused' | 'abandoned'

export interface KeepOptions {
  /** How much is kept; with 0 every answer is made anew. */
  readonly maxBytes: number
  /** The program and the settings that make the answers: others may make other answers of the same data. */
  readonly build: string
  /** The tasks of requests: one that waits for the answer to another joins that one's. */
  readonly tasks: RequestTasks
  readonly limits: RateLimits
  readonly closing: Closing
  /** Told how answers come about. */
  readonly observer?: KeptObserver | undefined
}

export interface KeptObserver {
  /** Given once how to see what is held. */
  readonly holds: (held: () => { readonly entries: number; readonly bytes: number }) => void
  /** Says which route an answer belongs to, before it is sent: not all come past a hook. */
  readonly routed: (response: ServerResponse, route: string) => void
  readonly answered: (result: 'hit' | 'made' | 'not_modified') => void
}

/** A larger part of all that is kept than this is no answer that is kept. */
const LARGEST_SHARE = 0.1

/** What an entry takes beside its bytes and their compressed forms, roughly. */
const OVERHEAD_BYTES = 2_000

/**
 * Keeps answers as bytes, under the version that they were made from, so that a write makes the next read
 * anew, whoever wrote. A client that has the answer already gets a 304 before anything is read, and while
 * one is being made, others who ask the same wait for it. Call it before whatever makes answers.
 * @returns what answers the same question again, in front of the framework
 */
export function keepAnswers(
  app: FastifyInstance,
  { store }: Pick<Dependencies, 'store'>,
  { maxBytes, build, tasks, limits, closing, observer }: KeepOptions,
): Again {
  const kept = sizeClassedLru<Kept>({
    maxSize: maxBytes,
    maxEntrySize: Math.floor(maxBytes * LARGEST_SHARE),
    sizeOf: ({ bytes }, key) => 2 * (bytes.length + key.length) + OVERHEAD_BYTES,
  })
  observer?.holds(() => ({ entries: kept.count, bytes: kept.totalSize }))
  const inFlight = new Map<string, { readonly task: TaskGroup; readonly outcome: Promise<Outcome> }>()
  const asking = new WeakMap<FastifyRequest, Asked>()

  const sendKept = keptSender(closing, observer)
  const again = answerAgain({ store, keptUnder: (key) => kept.get(key), limits, closing, sendKept })

  app.addHook('onRequest', async (request, reply) => {
    const { config, url: route = '' } = request.routeOptions
    const { varies } = config
    if (varies === undefined || hasBody(request)) return
    const state = await stateAsked(request)
    if (state === null) return
    const { current, asked } = state
    const key = keyOf(request, varies, asked)
    let known = kept.get(key) ?? null
    // No await may stand between the end of this loop and the announcement, else several would make the same.
    for (let other = inFlight.get(key); known === null && other !== undefined; other = inFlight.get(key)) {
      other.task.join(tasks.of(request, reply))
      const outcome = await other.outcome
      if (outcome === 'refused') throw new Overloaded()
      if (outcome === 'not cacheable') break
      if (outcome !== 'abandoned') known = outcome
    }
    if (known !== null) {
      again.remember(request, { key, current, route })
      reply.hijack()
      const { method, headers } = request
      await sendKept(
        { response: reply.raw, headers, isHead: method === 'HEAD', route, own: ownFields(reply) },
        known,
      )
      return reply
    }
    const etag = weakTag(build, key)
    const vary = [...varies, 'Accept-Encoding'].join(', ')
    if (request.headers['if-none-match'] !== '*' && isKnown(etag, request.headers['if-none-match'])) {
      const cacheControl = cacheControlOf(asked)
      const headers = { ...OPEN_HEADERS, etag, vary, 'cache-control': cacheControl }
      reply.hijack()
      sendNotModified(reply.raw, notModifiedHead(headers), ownFields(reply))
      observer?.answered('not_modified')
      return reply
    }
    asking.set(request, { key, current, etag, vary, made: announce(tasks.of(request, reply), key) })
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const asked = asking.get(request)
    if (asked === undefined) return payload
    asking.delete(request)
    const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload)
    if (reply.statusCode !== 200 || !(isWhole || payload instanceof Readable)) {
      const isRefused = reply.statusCode === 503
      asked.made(reply.raw.destroyed ? 'abandoned' : isRefused ? 'refused' : 'not cacheable')
      return payload
    }
    const { url: route = '' } = request.routeOptions
    observer?.answered('made')
    reply.headers({ etag: asked.etag, vary: asked.vary })
    const bytes = isWhole ? Buffer.from(payload) : null
    const answer = bytes && keptAnswer(headersOf(reply), bytes)
    if (answer !== null && maxBytes > 0) {
      kept.set(asked.key, answer)
      again.remember(request, { key: asked.key, current: asked.current, route })
    }
    asked.made(answer ?? 'not cacheable')
    if (isKnown(asked.etag, request.headers['if-none-match'])) {
      reply.code(304)
      // Fastify's own handler of HEAD reads the payload.
      return request.method === 'HEAD' ? '' : null
    }
    return answer === null
      ? encodedStream(request, reply, payload as Readable)
      : await encodedWhole(request, reply, answer)
  })

  return again

  /** Returns the newest version and the one that a request asks for; null where there is no such version for good. */
  async function stateAsked(
    request: FastifyRequest,
  ): Promise<{ current: Version; asked: VersionAsOf } | null> {
    const current = await store.currentVersion()
    const pin = pinnedBy(request)
    if (store.isUncommitted() || pin === null) return null
    const asked = await versionAsOf(store, current, pin.as_of)
    return asked && { current, asked }
  }

  /** Lets others wait for an answer that is being made. */
  function announce(task: TaskGroup, key: string): Asked['made'] {
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
 * Returns the cache key: all that an answer depends on. The address is the canonical one, whole; nothing that makes
 * an answer can read another (see `canonicalTarget`). No part has a line break in it.
 */
function keyOf(
  { url, headers }: FastifyRequest,
  varies: readonly string[],
  { version, recorded_at, isFinal }: VersionAsOf,
): string {
  const minded = varies.map((name) => headers[name.toLowerCase()] ?? '')
  return [version, recorded_at, isFinal, url, ...minded].join('\n')
}

/** What is said to one client alone. */
const OWN_FIELDS: readonly string[] = ['connection', ...RATE_LIMIT_FIELDS]

/** What its limits have put on an answer, name and value in turn. */
function ownFields(reply: FastifyReply): string[] {
  return RATE_LIMIT_FIELDS.flatMap((name) => {
    const value = reply.getHeader(name)
    return value === undefined ? [] : [name, String(value)]
  })
}

function headersOf(reply: FastifyReply): Record<string, string> {
  const headers = Object.entries(reply.getHeaders()).filter(([name]) => !OWN_FIELDS.includes(name))
  return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]))
}

async function encodedWhole(request: FastifyRequest, reply: FastifyReply, answer: Kept): Promise<Buffer> {
  const encoding = encodingOf(answer, request.headers['accept-encoding'])
  const { body } = await encodedFor(answer, encoding)
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return body
}

function encodedStream(request: FastifyRequest, reply: FastifyReply, stream: Readable): Readable {
  const encoding = encodingFor(request.headers['accept-encoding'])
  if (encoding === null || !isCompressible(String(reply.getHeader('content-type')))) return stream
  reply.header('content-encoding', encoding)
  return compressedStream(stream, encoding)
}
