import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Connection } from './connection.ts'
import { DatabaseRejected } from './database-error.ts'

interface Migration {
  readonly name: string
  readonly sql: string
  readonly hash: string
}

const DIRECTORY = new URL('../../../migrations/', import.meta.url)

const journalSchema = z.object({ entries: z.array(z.object({ idx: z.int(), tag: z.string() })) })

/** The migrations of a directory in the order of its journal, as drizzle-kit writes them. */
export function readMigrations(directory: URL = DIRECTORY): Migration[] {
  const read = (name: string) => readFileSync(new URL(name, directory), 'utf8')
  const { entries } = journalSchema.parse(JSON.parse(read('meta/_journal.json')))
  return entries
    .toSorted((a, b) => a.idx - b.idx)
    .map(({ tag }) => {
      const sql = read(`${tag}.sql`)
      return { name: tag, sql, hash: createHash('sha256').update(sql).digest('hex') }
    })
}

/**
 * Migrates the database to the newest schema and returns the names of the migrations that it applied, which commit
 * together or not at all. Without a missing one it takes no lock; processes that start at once wait for one another.
 * Foreign keys are off while tables are rebuilt, which is possible only outside a transaction, and are checked before
 * the commit (drizzle-orm#5782: rebuilding within one deletes child rows).
 * @throws DatabaseRejected where an applied migration is missing here or differs
 */
export function migrate(
  connection: Connection,
  migrations: readonly Migration[] = readMigrations(),
): string[] {
  if (hasTable(connection) && missingOf(connection, migrations).length === 0) return []
  connection.pragma('foreign_keys = OFF')
  try {
    return connection.transaction(() => applyMissing(connection, migrations)).immediate()
  } finally {
    connection.pragma('foreign_keys = ON')
  }
}

function hasTable(connection: Connection): boolean {
  return connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'").get() !== undefined
}

/**
 * The migrations that a database has not.
 * @throws DatabaseRejected where it has others, or never had any
 */
export function missingMigrations(
  connection: Connection,
  migrations: readonly Migration[] = readMigrations(),
): string[] {
  if (!hasTable(connection))
    throw new DatabaseRejected(`${connection.name} holds no schema; it was never used`)
  return missingOf(connection, migrations).map(({ name }) => name)
}

/** The migrations that the database has not, after those that it has. @throws DatabaseRejected where these differ */
function missingOf(connection: Connection, migrations: readonly Migration[]): Migration[] {
  const applied = z
    .array(z.object({ name: z.string(), hash: z.string() }))
    .parse(connection.prepare('SELECT name, hash FROM migrations ORDER BY position').all())
  for (const [position, { name, hash }] of applied.entries()) {
    const expected = migrations[position]
    if (expected?.name !== name) {
      throw new DatabaseRejected(
        `the database has the migration ${name}, which this version of the program does not know; use the version that made it, or a newer one`,
      )
    }
    if (expected.hash !== hash) {
      throw new DatabaseRejected(
        `the migration ${name} was changed after it was applied; restore the file as it was`,
      )
    }
  }
  return migrations.slice(applied.length)
}

function applyMissing(connection: Connection, migrations: readonly Migration[]): string[] {
  connection.exec(
    'CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, position INTEGER NOT NULL UNIQUE, hash TEXT NOT NULL) STRICT',
  )
  const missing = missingOf(connection, migrations)
  const first = migrations.length - missing.length
  const record = connection.prepare('INSERT INTO migrations (name, position, hash) VALUES (?, ?, ?)')
  for (const [offset, { name, sql, hash }] of missing.entries()) {
    connection.exec(sql)
    record.run(name, first + offset, hash)
  }
  const broken = connection.pragma('foreign_key_check')
  if (Array.isArray(broken) && broken.length > 0) {
    throw new DatabaseRejected('a migration would leave rows that refer to nothing; nothing was changed')
  }
  return missing.map(({ name }) => name)
}
