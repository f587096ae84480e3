import { statSync } from 'node:fs'

export interface FileSizes {
  readonly database: number
  readonly log: number
}

/** Returns the sizes of a database and its WAL in bytes; 0 where a file does not exist. */
export function fileSizes(path: string): FileSizes {
  return { database: bytesOf(path), log: bytesOf(`${path}-wal`) }
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
