import { type Connection, openReadOnly } from '../connection/connection.ts'
import { DatabaseRejected } from '../connection/database-error.ts'
import { missingMigrations } from '../connection/migrate.ts'

/** Returns the faults of a database file: damaged pages, and dangling references. */
export function integrityFaults(connection: Connection): string[] {
  const pages = connection.prepare('PRAGMA integrity_check').pluck().all().map(String)
  const strays = connection.prepare('SELECT "table", rowid, parent FROM pragma_foreign_key_check').all()
  return [...pages.filter((fault) => fault !== 'ok').map(inOneLine), ...strays.map(strayFault)]
}

/**
 * Makes sure that a file is a sound database of this program, of this version or an older one.
 * @throws DatabaseRejected in one line where it is not
 */
export function assertSound(path: string): void {
  const connection = openReadOnly(path)
  try {
    missingMigrations(connection)
    const [fault] = integrityFaults(connection)
    if (fault !== undefined) throw new DatabaseRejected(`${path} is damaged (${fault})`)
  } finally {
    connection.close()
  }
}

function strayFault(row: unknown): string {
  const { table, rowid, parent } = row as { table: string; rowid: number | null; parent: string }
  return `${rowid === null ? 'a row' : `row ${rowid}`} of ${table} refers to nothing in ${parent}`
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
