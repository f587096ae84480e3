import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'

export type Connection = Database.Database

/** "BCst" in ASCII, stored in the file's header, so that another program's database is not taken for ours. */
const APPLICATION_ID = 0x42437374

/** Said to the operator: why the database cannot be used, and what to do. */
export class DatabaseRefused extends Error {}

/**
 * Opens the database that a `file:` address names, and creates it where it is missing.
 * @throws DatabaseRefused where the file holds something else, or cannot be read or made
 */
export function openDatabase(url: string): Connection {
  const path = pathOf(url)
  const isNew = isInMemory(url) || !existsSync(path)
  try {
    if (!isInMemory(url)) mkdirSync(dirname(path), { recursive: true })
    const connection = new Database(path, { timeout: 30_000 })
    connection.pragma('trusted_schema = OFF')
    connection.pragma('cell_size_check = ON')
    const id = connection.pragma('application_id', { simple: true })
    if (id === 0 && (isNew || isEmpty(connection))) connection.pragma(`application_id = ${APPLICATION_ID}`)
    else if (id !== APPLICATION_ID) throw new DatabaseRefused(`${path} is a database of another program`)
    connection.pragma('journal_mode = WAL')
    connection.pragma('synchronous = FULL')
    connection.pragma(`journal_size_limit = ${64 * 1024 * 1024}`)
    connection.pragma('foreign_keys = ON')
    // Without it REPLACE deletes rows past the triggers that refuse deletion (sqlite.org/lang_conflict.html).
    connection.pragma('recursive_triggers = ON')
    return connection
  } catch (error) {
    if (error instanceof DatabaseRefused) throw error
    throw new DatabaseRefused(`${path} cannot be used as the database: ${messageOf(error)}`)
  }
}

/** Waits only briefly for another writer from now on, because waiting holds up every reader of this process. */
export function waitBriefly(connection: Connection): void {
  connection.pragma('busy_timeout = 200')
}

/** Whether an address names no file, but a database that is gone with its connection. */
export function isInMemory(url: string): boolean {
  return pathOf(url) === ':memory:'
}

function pathOf(url: string): string {
  return url.replace(/^file:(\/\/)?/, '')
}

function isEmpty(connection: Connection): boolean {
  return connection.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
