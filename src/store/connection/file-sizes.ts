import { statSync } from 'node:fs'

export interface FileSizes {
  readonly database: number
  readonly log: number
}

/** How many bytes a database and its log take on the disk; what is not there takes none. */
export function fileSizes(path: string): FileSizes {
  return { database: bytesOf(path), log: bytesOf(`${path}-wal`) }
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
