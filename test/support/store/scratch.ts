import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'
import { type Connection, openDatabase } from '../../../src/store/connection/connection.ts'
import { migrate } from '../../../src/store/connection/migrate.ts'

/** A new folder, removed when the test that asked for it is over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'crossings-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A new folder, removed when all tests around this call are over. */
export function folderForAll(): string {
  const folder = mkdtempSync(join(tmpdir(), 'crossings-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A new database with the newest schema, in memory. */
export function emptyDatabase(): Connection {
  const connection = openDatabase('file::memory:')
  migrate(connection)
  return connection
}

/** Everything that a database holds: its schema, and all rows of all its tables. */
export function contentOf(connection: Connection): Record<string, unknown[]> {
  const schema = connection.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all()
  const rows = tablesOf(connection).map((table) => [
    table,
    connection.prepare(`SELECT * FROM "${table}" ORDER BY ${columnsOf(connection, table)}`).all(),
  ])
  return { schema, ...Object.fromEntries(rows) }
}

function columnsOf(connection: Connection, table: string): string[] {
  return textColumn(connection, `SELECT '"' || name || '"' FROM pragma_table_info('${table}')`)
}

export function tablesOf(connection: Connection): string[] {
  return textColumn(
    connection,
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
  )
}

/** The first column of what a query answers, as text. */
export function textColumn(connection: Connection, sql: string): string[] {
  return connection.prepare(sql).pluck().all().map(String)
}

/** What an action throws, as text on one line or more. */
export function messageOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('nothing was thrown')
}

/** The bytes of a file as hexadecimal text, so that a difference is shown in one line. */
export function bytesOf(path: string): string {
  return readFileSync(path).toString('hex')
}
