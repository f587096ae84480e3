import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import type { Chunks } from './table.ts'

/** One file of an archive. */
export interface ZipEntry {
  readonly path: string
  readonly content: Chunks | readonly string[]
}

/** The times of files are left at the first that an archive can hold, so that the same files are the same bytes. */
const NO_TIME = { mtime: new Date(1980, 0, 1), forceDosTimestamp: true }

/** Files as a zip archive, each read only once the one before it is written, and as slowly as the archive is taken. */
export async function* writeZip(entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>): Chunks {
  const archive = new ZipFile()
  const output = archive.outputStream as Readable
  let file: Readable | undefined
  output.once('close', () => file?.destroy())
  archive.on('error', (error: Error) => output.destroy(error))
  fill().catch((error: Error) => output.destroy(error))
  yield* output

  async function fill(): Promise<void> {
    for await (const { path, content } of entries) {
      file = Readable.from(content, { objectMode: false })
      archive.addReadStream(file, path, NO_TIME)
      await finished(file)
    }
    archive.end()
  }
}
