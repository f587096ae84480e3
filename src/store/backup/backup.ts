import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, realpathSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { publishFile, replaceFile, syncFile } from '../connection/atomic-file.ts'
import { openReadOnly } from '../connection/connection.ts'
import { DatabaseRejected } from '../connection/database-error.ts'
import { assertSound } from './integrity-check.ts'

/** The newest version in a copy, and its size. */
export interface Copied {
  readonly version: number
  readonly bytes: number
}

/**
 * Copies a database as it stands to a file, while others read and write. The copy has its name only once it is
 * whole, checked and on the disk.
 * @throws DatabaseRejected where there is such a file, unless it may be replaced
 */
export function backup(path: string, file: string, mayReplace: boolean): Copied {
  if (isSameFile(path, file)) throw new DatabaseRejected(`${file} is the database itself`)
  if (!mayReplace) refuseTaken(file)
  return copying(path, file, (copy) => {
    if (mayReplace) replaceFile(copy, file)
    else if (!publishFile(copy, file)) refuseTaken(file)
  })
}

/**
 * Copies the database to a temporary file beside the target, and checks its integrity before it is published.
 * @param place receives the name of the copy and the newest version in it
 */
export function copying(
  path: string,
  target: string,
  place: (copy: string, version: number) => void,
): Copied {
  const copy = join(dirname(target), `.${basename(target)}.${randomUUID()}`)
  try {
    const version = copyDatabase(path, copy)
    assertSound(copy)
    chmodSync(copy, statSync(path).mode & 0o777)
    syncFile(copy)
    const { size: bytes } = statSync(copy)
    place(copy, version)
    return { version, bytes }
  } finally {
    for (const each of [copy, `${copy}-journal`]) rmSync(each, { force: true })
  }
}

/** Tells whether two paths lead to one file. */
export function isSameFile(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other)
}

/** Unlike SQLite's backup, which begins anew with each foreign write, VACUUM INTO copies one state of it. */
function copyDatabase(path: string, copy: string): number {
  const connection = openReadOnly(path)
  try {
    connection.prepare('VACUUM INTO ?').run(copy)
  } finally {
    connection.close()
  }
  const copied = openReadOnly(copy)
  try {
    return Number(copied.prepare('SELECT coalesce(max(version), 0) FROM versions').pluck().get())
  } finally {
    copied.close()
  }
}

function refuseTaken(file: string): void {
  if (existsSync(file))
    throw new DatabaseRejected(`${file} is there already; name another file, or say --force`)
}
