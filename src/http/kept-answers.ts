import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { Version } from '../store/read-versions.ts'
import { cacheControlOf } from './answer.ts'
import type { Dependencies } from './ask.ts'
import type { SeeOut } from './closing.ts'
import { compressed, compressedStream, type Encoding, encodingFor, isCompressible } from './compressed.ts'
import { isKnown, weakTag } from './etag.ts'
import { hasBody } from './has-body.ts'
import { OPEN_HEADERS } from './methods.ts'
import { RATE_LIMIT_FIELDS } from './rate-limit.ts'

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
  /** It as it is sent, by how it is compressed. */
  readonly sent: Map<Encoding | 'identity', Sent>
}

/** The head and the body of an answer, ready to be sent. */
interface Sent {
  readonly head: readonly string[]
  readonly body: Buffer
  /** A short body as text, each character a byte: Node sends that together with the head. */
  readonly text: string | null
}

/** A request for an answer that is still to be made. */
interface Asked {
  readonly key: string
  readonly etag: string
  readonly vary: string
  /** Told what was made, or null where that is nothing to be kept. */
  readonly made: (kept: Kept | null) => void
}

export interface KeepOptions {
  /** How much is kept; with 0 every answer is made anew. */
  readonly maxBytes: number
  /** What program makes the answers: another one may make others of the same data. */
  readonly build: string
  /** Told of each answer that is sent past the others, so that it is sent to its end. */
  readonly seeOut: SeeOut
  /** Told how answers come about. */
  readonly observer?: KeptObserver | undefined
}

export interface KeptObserver {
  /** Given once how to see what is held. */
  readonly holds: (held: () => { readonly entries: number; readonly bytes: number }) => void
  readonly answered: (result: 'hit' | 'made' | 'not_modified') => void
}

/** A larger part of all that is kept than this is no answer that is kept. */
const LARGEST_SHARE = 0.1

/** A longer body is sent beside its head, since a copy would cost more than it saves. */
const LONGEST_TEXT = 16_384

/** What an entry takes beside its bytes and their compressed forms, roughly. */
const OVERHEAD_BYTES = 2_000

/**
 * Keeps answers as bytes, under the version that they were made from, so that a write makes the next read
 * anew, whoever wrote. A client that has the answer already gets a 304 before anything is read, and while
 * one is being made, others who ask the same wait for it. Call it before whatever makes answers.
 */
export function keepAnswers(
  app: FastifyInstance,
  { store }: Pick<Dependencies, 'store'>,
  { maxBytes, build, seeOut, observer }: KeepOptions,
): void {
  const kept = new LRUCache<string, Kept>({
    maxSize: Math.max(1, maxBytes),
    maxEntrySize: Math.max(1, Math.floor(maxBytes * LARGEST_SHARE)),
    sizeCalculation: ({ bytes }, key) => 2 * (bytes.length + key.length) + OVERHEAD_BYTES,
  })
  observer?.holds(() => ({ entries: kept.size, bytes: kept.calculatedSize }))
  const beingMade = new Map<string, Promise<Kept | null>>()
  const asking = new WeakMap<FastifyRequest, Asked>()

  app.addHook('onRequest', async (request, reply) => {
    const { varies } = request.routeOptions.config
    if (varies === undefined || hasBody(request)) return
    const state = await stateAsked(request.url)
    if (state === null) return
    const key = keyOf(request, varies, state)
    const others = beingMade.get(key)
    const known = kept.get(key) ?? (others === undefined ? null : await others)
    if (known !== null) {
      await sendKept(request, reply, known, seeOut)
      observer?.answered(reply.raw.statusCode === 304 ? 'not_modified' : 'hit')
      return reply
    }
    const etag = weakTag(build, key)
    const vary = [...varies, 'Accept-Encoding'].join(', ')
    if (request.headers['if-none-match'] !== '*' && isKnown(etag, request.headers['if-none-match'])) {
      observer?.answered('not_modified')
      const cacheControl = cacheControlOf({ isFinal: state.isPinned })
      // A 304 changes what a cache holds (RFC 9111, 4.3.4), so it says no policy: a page has another than data.
      return sendNotModified(reply, { ...OPEN_HEADERS, etag, vary, 'cache-control': cacheControl })
    }
    asking.set(request, { key, etag, vary, made: announce(key) })
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
    observer?.answered('made')
    reply.headers({ etag: asked.etag, vary: asked.vary })
    const bytes = isWhole ? Buffer.from(payload) : null
    const answer = bytes && { headers: headersOf(reply), bytes, sent: new Map() }
    if (answer !== null && maxBytes > 0) kept.set(asked.key, answer)
    asked.made(answer)
    if (isKnown(asked.etag, request.headers['if-none-match'])) {
      reply.code(304)
      return null
    }
    return answer === null
      ? encodedStream(request, reply, payload as Readable)
      : await encodedWhole(request, reply, answer)
  })

  /** The version that an answer is of, as far as the address says: the one it names, else the newest. */
  async function stateAsked(url: string): Promise<(Version & { isPinned: boolean }) | null> {
    const current = await store.currentVersion()
    if (store.isUncommitted()) return null
    const [, named] = /[?&]as_of=(0|[1-9]\d{0,14})(?:&|$)/.exec(url) ?? []
    if (named === undefined) return { ...current, isPinned: false }
    if (Number(named) > current.version) return null
    return { ...(await store.versionNumbered(Number(named))), isPinned: true }
  }

  /** Lets others wait for an answer that is being made. */
  function announce(key: string): Asked['made'] {
    if (beingMade.has(key)) return () => undefined
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

/**
 * Sends an answer as it was made, past all that made it: everything that its head says is kept with it,
 * and this is what a burst of readers costs.
 */
async function sendKept(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Kept,
  seeOut: SeeOut,
): Promise<FastifyReply> {
  const { etag = '' } = answer.headers
  if (isKnown(etag, request.headers['if-none-match'])) return sendNotModified(reply, answer.headers)
  const { head, body, text } = await sentTo(request, answer)
  const response = reply.raw.writeHead(200, [...head, ...ownFields(reply)])
  reply.hijack()
  seeOut(response)
  if (request.method === 'HEAD') response.end()
  else if (text === null) response.end(body)
  else response.end(text, 'latin1')
  return reply
}

/** What a 304 says: what the answer would that the client has (RFC 9110, 15.4.5). */
function sendNotModified(reply: FastifyReply, headers: Readonly<Record<string, string>>): FastifyReply {
  const { 'content-type': _, ...head } = headers
  reply
    .hijack()
    .raw.writeHead(304, [...Object.entries(head).flat(), ...ownFields(reply)])
    .end()
  return reply
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

/** An answer as its reader can take it: compressed once, for all who ask. */
async function sentTo(request: FastifyRequest, { headers, bytes, sent }: Kept): Promise<Sent> {
  const isWorthIt = isCompressible(headers['content-type'], bytes.length)
  const encoding = (isWorthIt ? encodingFor(request.headers['accept-encoding']) : null) ?? 'identity'
  const known = sent.get(encoding)
  if (known !== undefined) return known
  const body = encoding === 'identity' ? bytes : await compressed(bytes, encoding)
  const coding = encoding === 'identity' ? {} : { 'content-encoding': encoding }
  const head = Object.entries({ ...headers, ...coding, 'content-length': String(body.length) }).flat()
  const made = { head, body, text: body.length <= LONGEST_TEXT ? body.toString('latin1') : null }
  sent.set(encoding, made)
  return made
}

async function encodedWhole(request: FastifyRequest, reply: FastifyReply, answer: Kept): Promise<Buffer> {
  const { head, body } = await sentTo(request, answer)
  const coding = head.indexOf('content-encoding')
  if (coding >= 0) reply.header('content-encoding', head[coding + 1])
  return body
}

function encodedStream(request: FastifyRequest, reply: FastifyReply, stream: Readable): Readable {
  const encoding = encodingFor(request.headers['accept-encoding'])
  if (encoding === null || !isCompressible(String(reply.getHeader('content-type')))) return stream
  reply.header('content-encoding', encoding)
  return compressedStream(stream, encoding)
}
