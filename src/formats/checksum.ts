import { createHash } from 'node:crypto'
import type { Chunks } from './table.ts'

/** A size in bytes, and the SHA-256 in hexadecimal. */
export interface Checksum {
  readonly bytes: number
  readonly sha256: string
}

/** Passes chunks on, and computes their checksum, available after the last. */
export function withChecksum(written: Chunks): {
  readonly content: Chunks
  readonly checksum: Promise<Checksum>
} {
  const { promise: checksum, resolve } = Promise.withResolvers<Checksum>()
  return { content: pieces(), checksum }

  async function* pieces(): Chunks {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const piece of written) {
      bytes += Buffer.byteLength(piece)
      hash.update(piece)
      yield piece
    }
    resolve({ bytes, sha256: hash.digest('hex') })
  }
}

/** The tally of what is written, which goes nowhere else. */
export async function checksumOf(written: Chunks): Promise<Checksum> {
  const { content, checksum } = withChecksum(written)
  for await (const _ of content);
  return await checksum
}
