import { createHash, randomUUID } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Bytes as they were received, in a file that is gone once it is closed, or the program ends. */
export interface Spooled {
  readonly size: number
  /** The SHA-256 of the bytes, in hexadecimal. */
  readonly digest: string
  bytes(): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** Thrown where a body exceeds the limit. */
export class BodyTooLarge extends Error {}

/** A chunk takes a few milliseconds to process. */
const PIECE_BYTES = 16 * 1024

/**
 * Puts all bytes aside before anything is done with them, so that a slow sender holds up nobody.
 * @throws TooManyBytes as soon as there are more than may be
 */
export async function spool(bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Spooled> {
  const path = join(tmpdir(), `crossings-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    await unlink(path)
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of bytes) {
      size += chunk.length
      if (size > maxBytes) throw new BodyTooLarge(`more than ${maxBytes} bytes`)
      hash.update(chunk)
      await file.writeFile(chunk)
    }
    return {
      size,
      digest: hash.digest('hex'),
      bytes: () => file.createReadStream({ start: 0, autoClose: false, highWaterMark: PIECE_BYTES }),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}
