import { chmodSync, chownSync, existsSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { linkOrCopy, replaceFile } from '../connection/atomic-file.ts'
import { assertOwnDatabase, type Connection, isBusy } from '../connection/connection.ts'
import { DatabaseRejected } from '../connection/database-error.ts'
import { copying, isSameFile } from './backup.ts'

interface RestoreOptions {
  /** Goes on where the database is too damaged to tell whether a server has it open. */
  readonly isForced: boolean
  /** Returns the name under which the replaced database is kept. */
  readonly aside: string
}

/** The restored version, and the name under which the replaced database is kept; null where there was none. */
export interface Restored {
  readonly version: number
  readonly aside: string | null
}

/**
 * Puts a backup in the place of the database, at once, and keeps what was there under another name.
 * @throws DatabaseRejected where the backup is not sound, or a server has the database open
 */
export function restore(backup: string, path: string, options: RestoreOptions): Restored {
  if (isSameFile(backup, path)) throw new DatabaseRejected(`${backup} is the database itself`)
  const { isForced, aside } = options
  let isKept = false
  const { version } = copying(backup, path, (copy) => {
    const held = holdAlone(path, isForced)
    try {
      isKept = keepAside(path, aside)
      dress(copy, path)
      replaceFile(copy, path)
    } finally {
      held?.close()
    }
  })
  return { version, aside: isKept ? aside : null }
}

/**
 * Opens a connection that locks out all others for as long as it is open. Null where there is no file.
 * @throws DatabaseRejected where another connection exists, or that cannot be determined
 */
function holdAlone(path: string, isForced: boolean): Connection | null {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return null
  const connection = new Database(path, { fileMustExist: true, timeout: 0 })
  try {
    assertOwnDatabase(connection, path)
    connection.pragma('journal_mode = DELETE')
    connection.exec('BEGIN EXCLUSIVE')
    return connection
  } catch (error) {
    connection.close()
    if (isBusy(error)) throw new DatabaseRejected(`${path} is in use; stop the server first`)
    if (isForced) return null
    const reason = error instanceof Error ? error.message : String(error)
    throw new DatabaseRejected(
      `it cannot be told whether a server uses ${path} (${reason}); stop the server, and say --force`,
    )
  }
}

/** Keeps what is there under another name too, and takes away the log, which the backup has nothing to do with. */
function keepAside(path: string, aside: string): boolean {
  const parts = ['', '-wal'].filter((part) => existsSync(path + part))
  for (const part of parts) {
    if (!linkOrCopy(path + part, aside + part)) throw new DatabaseRejected(`${aside + part} is there already`)
  }
  for (const part of ['-wal', '-shm']) rmSync(path + part, { force: true })
  return parts.length > 0
}

/** Gives a file the mode and the owner of the database, so that whoever served that can serve this. */
function dress(copy: string, path: string): void {
  const isThere = existsSync(path)
  const { mode, uid, gid } = statSync(isThere ? path : dirname(path))
  if (isThere) chmodSync(copy, mode & 0o777)
  if (process.getuid?.() === 0) chownSync(copy, uid, gid)
}
