import type { ServerResponse } from 'node:http'
import { compressed, type Encoding, encodingFor, isCompressible } from './compressed.ts'
import { isKnown } from './etag.ts'
import { OPEN_HEADERS } from './methods.ts'

/** A whole answer, as bytes. */
export interface Kept {
  readonly headers: Readonly<Record<string, string>>
  /** What a 304 says in its place, names and values in turn. */
  readonly notModified: readonly string[]
  readonly bytes: Buffer
  readonly isWorthCompressing: boolean
  /** It as it is sent, by how it is compressed. */
  readonly sent: Map<Encoding | 'identity', Sent>
}

/** The head and the body of an answer, ready to be sent. */
interface Sent {
  /** Names and values in turn. */
  readonly head: readonly string[]
  readonly body: Buffer
  /** A short body as text, each character a byte: Node sends that together with the head. */
  readonly text: string | null
}

/** To whom an answer is sent. */
export interface Reader {
  readonly response: ServerResponse
  readonly headers: {
    readonly 'if-none-match'?: string | undefined
    readonly 'accept-encoding'?: string | undefined
  }
  /** Whether the head alone is asked for. */
  readonly isHead: boolean
}

/** A longer body is sent beside its head, since a copy would cost more than it saves. */
const LONGEST_TEXT = 16_384

/** An answer to be kept. */
export function keptAnswer(headers: Readonly<Record<string, string>>, bytes: Buffer): Kept {
  return {
    headers,
    notModified: notModifiedHead(headers),
    bytes,
    isWorthCompressing: isCompressible(headers['content-type'], bytes.length),
    sent: new Map(),
  }
}

/**
 * Sends an answer as it was made, past all that made it: everything that its head says is kept with it,
 * and this is what a burst of readers costs.
 * @param own what is said to this client alone, names and values in turn
 * @returns the status that was sent
 */
export async function sendKept(
  { response, headers, isHead }: Reader,
  answer: Kept,
  own: readonly string[],
): Promise<200 | 304> {
  if (isKnown(answer.headers.etag ?? '', headers['if-none-match'])) {
    sendNotModified(response, answer.notModified, own)
    return 304
  }
  const encoding = encodingOf(answer, headers['accept-encoding'])
  const { head, body, text } = answer.sent.get(encoding) ?? (await encode(answer, encoding))
  response.writeHead(200, [...head, ...own])
  if (isHead) response.end()
  else if (text === null) response.end(body)
  else response.end(text, 'latin1')
  return 200
}

/** An answer as its reader can take it, with how it is compressed. */
export async function encodedFor(
  accepted: string | undefined,
  answer: Kept,
): Promise<{ body: Buffer; encoding: Encoding | 'identity' }> {
  const encoding = encodingOf(answer, accepted)
  const { body } = answer.sent.get(encoding) ?? (await encode(answer, encoding))
  return { body, encoding }
}

function encodingOf({ isWorthCompressing }: Kept, accepted: string | undefined): Encoding | 'identity' {
  return (isWorthCompressing ? encodingFor(accepted) : null) ?? 'identity'
}

/** Compresses an answer once, for all who ask. */
async function encode({ headers, bytes, sent }: Kept, encoding: Encoding | 'identity'): Promise<Sent> {
  const body = encoding === 'identity' ? bytes : await compressed(bytes, encoding)
  const coding = encoding === 'identity' ? {} : { 'content-encoding': encoding }
  const head = Object.entries({ ...headers, ...coding, 'content-length': String(body.length) }).flat()
  const made = { head, body, text: body.length <= LONGEST_TEXT ? body.toString('latin1') : null }
  sent.set(encoding, made)
  return made
}

/** Tells a client that it has the answer already. */
export function sendNotModified(
  response: ServerResponse,
  head: readonly string[],
  own: readonly string[],
): void {
  response.writeHead(304, [...head, ...own]).end()
}

const NOT_MODIFIED = [...Object.keys(OPEN_HEADERS), 'etag', 'vary', 'cache-control']

/**
 * What a 304 says of an answer: what may update the copy that a cache has (RFC 9110, 15.4.5), names and values in
 * turn.
 */
export function notModifiedHead(headers: Readonly<Record<string, string>>): string[] {
  return NOT_MODIFIED.flatMap((name) => [name, headers[name] ?? ''])
}
