import { OPEN_HEADERS } from '../protocol/allowed-methods.ts'
import { compressed, type Encoding, encodingFor, isCompressible } from './compression.ts'

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

/** How an answer is compressed for who accepts these encodings. */
export function encodingOf(
  { isWorthCompressing }: Kept,
  accepted: string | undefined,
): Encoding | 'identity' {
  return (isWorthCompressing ? encodingFor(accepted) : null) ?? 'identity'
}

/** An answer as it is sent in an encoding: compressed once, for all who ask. */
export async function encodedFor(answer: Kept, encoding: Encoding | 'identity'): Promise<Sent> {
  const { headers, bytes, sent } = answer
  const known = sent.get(encoding)
  if (known !== undefined) return known
  // A copy, because what is compressed is a view of a piece of memory that is several times as large.
  const body = encoding === 'identity' ? bytes : Buffer.from(await compressed(bytes, encoding))
  const coding = encoding === 'identity' ? {} : { 'content-encoding': encoding }
  const head = Object.entries({ ...headers, ...coding, 'content-length': String(body.length) }).flat()
  const made = { head, body, text: body.length <= LONGEST_TEXT ? body.toString('latin1') : null }
  sent.set(encoding, made)
  return made
}

const NOT_MODIFIED = [...Object.keys(OPEN_HEADERS), 'etag', 'vary', 'cache-control']

/**
 * What a 304 says of an answer: what may update the copy that a cache has (RFC 9110, 15.4.5), names and values in
 * turn.
 */
export function notModifiedHead(headers: Readonly<Record<string, string>>): string[] {
  return NOT_MODIFIED.flatMap((name) => [name, headers[name] ?? ''])
}
