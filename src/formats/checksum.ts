import { createHash } from 'node:crypto'
import type { Written } from './table.ts'

/** How many bytes something is, and their SHA-256 in hexadecimal. */
export interface Tally {
  readonly bytes: number
  readonly sha256: string
}

/** The same pieces, tallied as they pass; the tally is there once all have. */
export function tallied(written: Written): { readonly content: Written; readonly tally: Promise<Tally> } {
  const { promise: tally, resolve } = Promise.withResolvers<Tally>()
  return { content: pieces(), tally }

  async function* pieces(): Written {
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
export async function tallyOf(written: Written): Promise<Tally> {
  const { content, tally } = tallied(written)
  for await (const _ of content);
  return await tally
}
