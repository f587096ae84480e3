import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { assertNothingLost, createMissing } from './create-database.ts'
import { APPLICATION_ID, DatabaseRejected, REMEDY } from './database-error.ts'

export type Connection = Database.Database

/** The longest that a start waits for other starting processes, in milliseconds. */
const PATIENCE_MS = 30_000
const RETRY_MS = 10

/** The size to which the WAL is truncated after a checkpoint. */
export const LOG_BYTES = 4 * 1024 * 1024

/**
 * Opens the database that a `file:` address names, and creates it where it is missing.
 * @throws DatabaseRejected where the file holds something else, is damaged, or cannot be read or made
 */
export function openDatabase(url: string): Connection {
  const path = databasePathOf(url)
  return refusing(path, () => {
    if (isInMemory(url)) return connect(path)
    createMissing(path)
    return connect(path)
  })
}

/**
 * Connects to a database to read it as it is: nothing is made, changed or brought up to date.
 * @throws DatabaseRejected where it cannot be read, or is not ours
 */
export function openReadOnly(path: string): Connection {
  return refusing(path, () => {
    assertNothingLost(path)
    // Not opened for reading alone, because such a connection leaves the log that it makes behind.
    const connection = new Database(path, { fileMustExist: true, timeout: PATIENCE_MS })
    try {
      assertOwnDatabase(connection, path)
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  })
}

/** Runs an action on the database at a path. @throws DatabaseRejected with one line for the operator */
export function refusing<Result>(path: string, use: () => Result): Result {
  try {
    return use()
  } catch (error) {
    if (error instanceof DatabaseRejected) throw error
    const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')
    const remedy = isDamage(error) ? `; ${REMEDY}` : ''
    throw new DatabaseRejected(`${path} cannot be used as the database: ${reason}${remedy}`)
  }
}

/** @throws DatabaseRejected where pages of the database are not as SQLite left them */
export function assertUndamaged(connection: Connection): void {
  const fault = connection.pragma('quick_check(1)', { simple: true })
  if (fault === 'ok') return
  throw new DatabaseRejected(
    `${connection.name} is damaged (${String(fault).replaceAll(/\s+/g, ' ')}); ${REMEDY}`,
  )
}

/** Tells whether an error means that another connection has locked the database. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY')
}

function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Tells whether a URL names an in-memory database. */
export function isInMemory(url: string): boolean {
  return databasePathOf(url) === ':memory:'
}

/** The path of the file that an address names. */
export function databasePathOf(url: string): string {
  return url.replace(/^file:(\/\/)?/, '')
}

/** Connects to the file that has the path: not to one that was moved away while it was waited for. */
function connect(path: string): Connection {
  for (;;) {
    const before = identityOf(path)
    const connection = new Database(path, { timeout: PATIENCE_MS, fileMustExist: path !== ':memory:' })
    try {
      assertOwnDatabase(connection, path)
      if (identityOf(path) === before) {
        prepare(connection)
        return connection
      }
    } catch (error) {
      connection.close()
      throw error
    }
    connection.close()
  }
}

function identityOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true })
  return stat === undefined ? null : `${stat.dev} ${stat.ino}`
}

/** @throws DatabaseRejected where another program made the database */
export function assertOwnDatabase(connection: Connection, path: string): void {
  connection.pragma('trusted_schema = OFF')
  connection.pragma('cell_size_check = ON')
  const isEmpty = connection.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  if (connection.memory && isEmpty) return
  if (connection.pragma('application_id', { simple: true }) === APPLICATION_ID) return
  throw new DatabaseRejected(`${path} is a database of another program; set DATABASE_URL to another file`)
}

function prepare(connection: Connection): void {
  useWriteAheadLog(connection)
  connection.pragma('synchronous = FULL')
  connection.pragma(`journal_size_limit = ${LOG_BYTES}`)
  connection.pragma('foreign_keys = ON')
  // Without it REPLACE deletes rows past the triggers that refuse deletion (sqlite.org/lang_conflict.html).
  connection.pragma('recursive_triggers = ON')
}

/** Switches the file to WAL. SQLite upgrades a read lock for it, to which no busy timeout applies. */
function useWriteAheadLog(connection: Connection): void {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      connection.pragma('journal_mode = WAL')
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}
