import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { Version } from '../store/read-versions.ts'
import { cacheControlOf } from './answer.ts'
import type { Dependencies } from './ask.ts'
import { compressed, compressedStream, type Encoding, encodingFor, isCompressible } from './compressed.ts'
import { isKnown, weakTag } from './etag.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For an answer that is a function of the version and the request: the request headers that it varies with. */
    readonly varies?: readonly ('Accept' | 'Accept-Language')[]
  }
}

/** A whole answer, as bytes. */
interface Kept {
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
  readonly encoded: Map<Encoding, Buffer>
}

/** A request for an answer that is still to be made. */
interface Asked {
  readonly key: string
  readonly etag: string
  /** Told what was made, or null where that is nothing to be kept. */
  readonly made: (kept: Kept | null) => void
}

export interface KeepOptions {
  /** How much is kept; with 0 every answer is made anew. */
  readonly maxBytes: number
  /** What program makes the answers: another one may make others of the same data. */
  readonly build: string
}

/** A larger part of all that is kept than this is no answer that is kept. */
const LARGEST_SHARE = 0.1

/** What an entry takes beside its bytes and their compressed forms, roughly. */
const OVERHEAD_BYTES = 2_000

/**
 * Keeps answers as bytes, under the version that they were made from, so that a write makes the next read
 * anew, whoever wrote. A client that has the answer already gets a 304 before anything is read, and while
 * one is being made, others who ask the same wait for it. Call it after the headers of all answers are set.
 */
export function keepAnswers(
  app: FastifyInstance,
  { store }: Pick<Dependencies, 'store'>,
  { maxBytes, build }: KeepOptions,
): void {
  const kept = new LRUCache<string, Kept>({
    maxSize: Math.max(1, maxBytes),
    maxEntrySize: Math.max(1, Math.floor(maxBytes * LARGEST_SHARE)),
    sizeCalculation: ({ bytes }, key) => 2 * (bytes.length + key.length) + OVERHEAD_BYTES,
  })
  const beingMade = new Map<string, Promise<Kept | null>>()
  const asking = new WeakMap<FastifyRequest, Asked>()

  app.addHook('onRequest', async (request, reply) => {
    const { varies } = request.routeOptions.config
    if (varies === undefined) return
    reply.header('vary', [...varies, 'Accept-Encoding'].join(', '))
    const state = await stateAsked(request.url)
    if (state === null) return
    const key = keyOf(request, varies, state)
    const known = kept.get(key)
    const etag = known?.headers.etag ?? weakTag(build, key)
    if (hasIt(request, etag, known !== undefined)) {
      const cacheControl = cacheControlOf({ isFinal: state.isPinned })
      return reply
        .headers({ etag, 'cache-control': known?.headers['cache-control'] ?? cacheControl })
        .code(304)
        .send()
    }
    const others = beingMade.get(key)
    if (known === undefined && others === undefined) {
      asking.set(request, { key, etag, made: announce(key) })
      return
    }
    const answer = known ?? (await others)
    if (answer == null) asking.set(request, { key, etag, made: () => undefined })
    else return reply.headers(answer.headers).send(await encoded(request, reply, answer))
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const asked = asking.get(request)
    if (asked === undefined) return payload
    asking.delete(request)
    const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload)
    if (reply.statusCode !== 200 || !(isWhole || payload instanceof Readable)) {
      asked.made(null)
      return payload
    }
    reply.header('etag', asked.etag)
    const answer = isWhole
      ? {
          headers: headersOf(reply),
          bytes: typeof payload === 'string' ? Buffer.from(payload) : payload,
          encoded: new Map(),
        }
      : null
    if (answer !== null && maxBytes > 0) kept.set(asked.key, answer)
    asked.made(answer)
    if (isKnown(asked.etag, request.headers['if-none-match'])) {
      reply.code(304)
      return null
    }
    if (answer !== null) return await encoded(request, reply, answer)
    return payload instanceof Readable ? encodedStream(request, reply, payload) : payload
  })

  app.addHook('onResponse', async (request) => asking.get(request)?.made(null))

  /** The version that an answer is of, as far as the address says: the one it names, else the newest. */
  async function stateAsked(url: string): Promise<(Version & { isPinned: boolean }) | null> {
    const current = await store.currentVersion()
    const [, named] = /[?&]as_of=(0|[1-9]\d{0,14})(?:&|$)/.exec(url) ?? []
    if (named === undefined) return { ...current, isPinned: false }
    if (Number(named) > current.version) return null
    return { ...(await store.versionNumbered(Number(named))), isPinned: true }
  }

  /** Lets others wait for an answer that is being made. */
  function announce(key: string): Asked['made'] {
    const { promise, resolve } = Promise.withResolvers<Kept | null>()
    beingMade.set(key, promise)
    return (answer) => {
      beingMade.delete(key)
      resolve(answer)
    }
  }
}

/** Everything that an answer depends on: the state of the data, and the request without what defeats caches. */
function keyOf(
  { url, headers }: FastifyRequest,
  varies: readonly string[],
  { version, recorded_at }: Version,
): string {
  const asked = url.includes('_=')
    ? url.replace(/([?&])_=[^&]*(&|$)/, (_, before, after) => (after === '' ? '' : before))
    : url
  return [version, recorded_at, asked, ...varies.map((name) => headers[name.toLowerCase()] ?? '')].join('\n')
}

/** Whether a client has the answer with this tag; `*` means any that there is. */
function hasIt({ headers }: FastifyRequest, etag: string, isThere: boolean): boolean {
  const known = headers['if-none-match']
  return isKnown(etag, known) && (isThere || known?.trim() !== '*')
}

function headersOf(reply: FastifyReply): Record<string, string> {
  const headers = Object.entries(reply.getHeaders()).filter(([name]) => name !== 'connection')
  return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]))
}

/** An answer as its reader can take it: compressed once, for all who ask. */
async function encoded(request: FastifyRequest, reply: FastifyReply, answer: Kept): Promise<Buffer> {
  const encoding = encodingFor(request.headers['accept-encoding'])
  if (encoding === null || !isCompressible(answer.headers['content-type'], answer.bytes.length))
    return answer.bytes
  reply.header('content-encoding', encoding)
  const bytes = answer.encoded.get(encoding) ?? (await compressed(answer.bytes, encoding))
  answer.encoded.set(encoding, bytes)
  return bytes
}

function encodedStream(request: FastifyRequest, reply: FastifyReply, stream: Readable): Readable {
  const encoding = encodingFor(request.headers['accept-encoding'])
  if (encoding === null || !isCompressible(String(reply.getHeader('content-type')))) return stream
  reply.header('content-encoding', encoding)
  return compressedStream(stream, encoding)
}
