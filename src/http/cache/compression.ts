import type { Readable, Transform } from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import Negotiator from 'negotiator'

/** A compromise between size and time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

/** A stream flushes each chunk, so that its client sees progress. */
const STREAMED = { flush: constants.Z_SYNC_FLUSH, level: 5 }
const STREAMED_BROTLI = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  params: { [constants.BROTLI_PARAM_QUALITY]: 4 },
}

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

const ENCODERS = {
  br: {
    whole: (bytes: Uint8Array) => brotli(bytes, BROTLI),
    stream: () => createBrotliCompress(STREAMED_BROTLI),
  },
  gzip: { whole: (bytes: Uint8Array) => gzipped(bytes), stream: () => createGzip(STREAMED) },
} as const

export type Encoding = keyof typeof ENCODERS

/** Smaller bodies do not get smaller. */
const MIN_BYTES = 1_000

const chosen = new LRUCache<string, Encoding | 'identity'>({ max: 500 })

/** Returns the smallest content encoding that the client accepts (RFC 9110, 12.5.3), or null. */
export function negotiateEncoding(accept: string | undefined): Encoding | null {
  if (accept === undefined) return null
  const known = chosen.get(accept)
  const accepted = known ?? negotiated(accept)
  if (known === undefined) chosen.set(accept, accepted)
  return accepted === 'identity' ? null : accepted
}

function negotiated(accept: string): Encoding | 'identity' {
  const accepted = new Negotiator({ headers: { 'accept-encoding': accept } }).encodings(['br', 'gzip'])
  if (accepted.includes('br')) return 'br'
  return accepted.includes('gzip') ? 'gzip' : 'identity'
}

/** Tells whether a media type is worth compressing; pictures and archives are compressed already. */
export function isCompressible(type: string | undefined, length = Number.POSITIVE_INFINITY): boolean {
  return (
    type !== undefined &&
    length >= MIN_BYTES &&
    /^text\/|json|csv|xml|javascript/.test(type) &&
    !/openxmlformats|zip/.test(type)
  )
}

export function compress(bytes: Uint8Array, encoding: Encoding): Promise<Buffer> {
  return ENCODERS[encoding].whole(bytes)
}

/** Compresses a stream; the result ends in an error when the stream does. */
export function compressStream(stream: Readable, encoding: Encoding): Transform {
  const encoder = ENCODERS[encoding].stream()
  stream.once('error', (error) => encoder.destroy(error))
  encoder.once('close', () => stream.destroy())
  return stream.pipe(encoder)
}
