import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'

export type Connection = Database.Database

/** "BCst" in ASCII, stored in the file's header, so that another program's database is not taken for ours. */
const APPLICATION_ID = 0x42437374

/** How long a start waits for other processes that start at once, in milliseconds. */
const PATIENCE_MS = 30_000
const RETRY_MS = 10

/** Said to the operator: why the database cannot be used, and what to do. */
export class DatabaseRefused extends Error {}

/**
 * Opens the database that a `file:` address names, and creates it where it is missing.
 * @throws DatabaseRefused where the file holds something else, is damaged, or cannot be read or made
 */
export function openDatabase(url: string): Connection {
  const path = pathOf(url)
  return refusing(path, () => {
    if (!isInMemory(url)) mkdirSync(dirname(path), { recursive: true })
    const connection = new Database(path, { timeout: PATIENCE_MS })
    try {
      prepare(connection, path)
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  })
}

/** Does something with the database at a path; where that fails, the operator is told in one line. */
export function refusing<Result>(path: string, use: () => Result): Result {
  try {
    return use()
  } catch (error) {
    if (error instanceof DatabaseRefused) throw error
    const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')
    throw new DatabaseRefused(`${path} cannot be used as the database: ${reason}`)
  }
}

/** Whether an error says that another connection holds the database. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')
}

/** Whether an address names no file, but a database that is gone with its connection. */
export function isInMemory(url: string): boolean {
  return pathOf(url) === ':memory:'
}

/** The path of the file that an address names. */
export function pathOf(url: string): string {
  return url.replace(/^file:(\/\/)?/, '')
}

function prepare(connection: Connection, path: string): void {
  connection.pragma('trusted_schema = OFF')
  connection.pragma('cell_size_check = ON')
  const isEmpty = connection.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  const id = connection.pragma('application_id', { simple: true })
  if (isEmpty && id === 0) connection.pragma(`application_id = ${APPLICATION_ID}`)
  else if (id !== APPLICATION_ID) {
    throw new DatabaseRefused(`${path} is a database of another program`)
  }
  useWriteAheadLog(connection)
  connection.pragma('synchronous = FULL')
  connection.pragma(`journal_size_limit = ${64 * 1024 * 1024}`)
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
