import { OPEN_HEADERS } from '../protocol/allowed-methods.ts'
import { compress, type Encoding, isCompressible, negotiateEncoding } from './compression.ts'

/** A whole response, as bytes. */
export interface CachedResponse {
  readonly headers: Readonly<Record<string, string>>
  /** The headers of a 304 in its place, names and values in turn. */
  readonly notModified: readonly string[]
  readonly bytes: Buffer
  readonly isWorthCompressing: boolean
  /** Its content encodings, each made once. */
  readonly encoded: Map<Encoding | 'identity', EncodedResponse>
}

/** The headers and the body of a response, ready to be sent. */
interface EncodedResponse {
  /** Names and values in turn. */
  readonly head: readonly string[]
  readonly body: Buffer
  /** A short body as text, each character a byte: Node sends that together with the head. */
  readonly text: string | null
}

/** A larger body is sent apart from its headers, since a copy would cost more than it saves. */
const MAX_INLINE_BYTES = 16_384

export function toCachedResponse(headers: Readonly<Record<string, string>>, bytes: Buffer): CachedResponse {
  return {
    headers,
    notModified: notModifiedHeaders(headers),
    bytes,
    isWorthCompressing: isCompressible(headers['content-type'], bytes.length),
    encoded: new Map(),
  }
}

/** Selects the content encoding for a client's `Accept-Encoding`. */
export function selectEncoding(
  { isWorthCompressing }: CachedResponse,
  accepted: string | undefined,
): Encoding | 'identity' {
  return (isWorthCompressing ? negotiateEncoding(accepted) : null) ?? 'identity'
}

/** Returns a response in a content encoding, compressed once for all clients. */
export async function encodeResponse(
  response: CachedResponse,
  encoding: Encoding | 'identity',
): Promise<EncodedResponse> {
  const { headers, bytes, encoded } = response
  const known = encoded.get(encoding)
  if (known !== undefined) return known
  // A copy, because what is compressed is a view of a piece of memory that is several times as large.
  const body = encoding === 'identity' ? bytes : Buffer.from(await compress(bytes, encoding))
  const coding = encoding === 'identity' ? {} : { 'content-encoding': encoding }
  const head = Object.entries({ ...headers, ...coding, 'content-length': String(body.length) }).flat()
  const made = { head, body, text: body.length <= MAX_INLINE_BYTES ? body.toString('latin1') : null }
  encoded.set(encoding, made)
  return made
}

const NOT_MODIFIED = [...Object.keys(OPEN_HEADERS), 'etag', 'vary', 'cache-control']

/** Returns the headers that a 304 repeats (RFC 9110, 15.4.5), names and values in turn. */
export function notModifiedHeaders(headers: Readonly<Record<string, string>>): string[] {
  return NOT_MODIFIED.flatMap((name) => [name, headers[name] ?? ''])
}
