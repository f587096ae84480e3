import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { dirname } from 'node:path'

/**
 * Gives a finished file its name, where nothing has that name yet; then it is on the disk under it.
 * @returns whether it did; where something has the name, that stays and the file is gone
 */
export function publishFile(finished: string, path: string): boolean {
  const isPlaced = linkOrCopy(finished, path)
  rmSync(finished)
  syncFile(dirname(path))
  return isPlaced
}

/** Gives a finished file its name in place of what has it, at once and for good. */
export function replaceFile(finished: string, path: string): void {
  renameSync(finished, path)
  syncFile(dirname(path))
}

/**
 * Gives a file a second name; a copy, where the file system knows no second names.
 * @returns false where something has that name already
 */
export function linkOrCopy(path: string, name: string): boolean {
  try {
    linkSync(path, name)
    return true
  } catch (error) {
    if (isThere(error)) return false
  }
  try {
    copyFileSync(path, name, constants.COPYFILE_EXCL)
    syncFile(name)
    return true
  } catch (error) {
    if (isThere(error)) return false
    throw error
  }
}

/** Waits until what was written to a file, or the names in a folder, are on the disk. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function isThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}
