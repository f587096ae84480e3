import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { hashOf, newKey } from '../../../src/store/api-key.ts'
import { integrityFaults } from '../../../src/store/backup/integrity-check.ts'
import { type Connection, openDatabase } from '../../../src/store/connection/connection.ts'
import { DatabaseRejected } from '../../../src/store/connection/database-error.ts'
import { migrate, readMigrations } from '../../../src/store/connection/migrate.ts'
import { openStore } from '../../../src/store/store.ts'
import { eventually } from '../../support/eventually.ts'
import { insert, makeHistory } from '../../support/store/history.ts'
import { perform, performTogether, startProcesses } from '../../support/store/processes.ts'
import {
  contentOf,
  emptyDatabase,
  messageOf,
  scratchFolder,
  tablesOf,
  textColumn,
} from '../../support/store/scratch.ts'

type Migrations = ReturnType<typeof readMigrations>

const NAMES = readMigrations().map(({ name }) => name)

/** Writes migrations to a folder as drizzle-kit would, each with the position given or that of the list. */
function writeMigrations(list: readonly { name: string; sql: string; idx?: number }[]): URL {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'meta'))
  for (const { name, sql } of list) writeFileSync(join(folder, `${name}.sql`), sql)
  const entries = list.map(({ name, idx }, index) => ({
    idx: idx ?? index,
    version: '6',
    when: 1_000 - index,
    tag: name,
    breakpoints: true,
  }))
  writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ version: '7', entries }))
  return pathToFileURL(`${folder}/`)
}

/** The migrations of the program, and more behind them. */
function withMore(...more: readonly string[]): Migrations {
  const own = readMigrations().map(({ name, sql }) => ({ name, sql }))
  const added = more.map((sql, index) => ({ name: `9${index}_more`, sql }))
  return readMigrations(writeMigrations([...own, ...added]))
}

function journalOf(connection: Connection): unknown[] {
  return connection.prepare('SELECT name, position FROM migrations ORDER BY position').all()
}

/** The database as it was before, the last of a refusal. */
function expectRefused(connection: Connection, migrations: Migrations, reason: RegExp): void {
  const before = contentOf(connection)
  const message = messageOf(() => migrate(connection, migrations))
  expect(message).toMatch(reason)
  expect(message).not.toContain('\n')
  expect(() => migrate(connection, migrations)).toThrow(DatabaseRejected)
  expect(contentOf(connection)).toEqual(before)
  expect(connection.pragma('foreign_keys', { simple: true })).toBe(1)
  expect(connection.inTransaction).toBe(false)
}

describe('the migrations', () => {
  test('are all applied in their order, once', () => {
    const connection = openDatabase('file::memory:')
    expect(migrate(connection)).toEqual(NAMES)
    const content = contentOf(connection)
    expect(journalOf(connection)).toEqual(NAMES.map((name, position) => ({ name, position })))
    expect(migrate(connection)).toEqual([])
    expect(contentOf(connection)).toEqual(content)
    expect(connection.pragma('foreign_keys', { simple: true })).toBe(1)
  })

  test('of the folder are those of its journal, whose positions count up from 0', () => {
    const folder = new URL('../../../migrations/', import.meta.url)
    const files = readdirSync(folder).filter((name) => name.endsWith('.sql'))
    expect(files.toSorted()).toEqual(NAMES.map((name) => `${name}.sql`))
    const journal = JSON.parse(readFileSync(new URL('meta/_journal.json', folder), 'utf8'))
    const entries: { idx: number; when: number }[] = journal.entries
    expect(entries.map(({ idx }) => idx)).toEqual(entries.map((_, index) => index))
    const times = entries.map(({ when }) => when)
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
  })

  test('are read in the order of their positions, whatever the order or the times of the journal', () => {
    const folder = writeMigrations([
      { name: 'c', sql: 'ALTER TABLE a RENAME TO c', idx: 2 },
      { name: 'a', sql: 'CREATE TABLE b (x)', idx: 0 },
      { name: 'b', sql: 'ALTER TABLE b RENAME TO a', idx: 1 },
    ])
    const connection = openDatabase('file::memory:')
    expect(migrate(connection, readMigrations(folder))).toEqual(['a', 'b', 'c'])
    expect(tablesOf(connection)).toEqual(['c', 'migrations'])
  })

  test('that are new are applied behind the old ones, and keep what is there', () => {
    const connection = emptyDatabase()
    connection.exec("INSERT INTO versions (version, recorded_at) VALUES (1, '2024-01-01T00:00:00.000Z')")
    expect(migrate(connection, withMore('CREATE TABLE a (x)', 'CREATE TABLE b (x)'))).toEqual([
      '90_more',
      '91_more',
    ])
    expect(journalOf(connection)).toHaveLength(NAMES.length + 2)
    expect(textColumn(connection, 'SELECT recorded_at FROM versions')).toEqual(['2024-01-01T00:00:00.000Z'])
  })
})

describe('a database is left as it is', () => {
  test('when a migration that it has was changed', () => {
    const [first, ...rest] = readMigrations()
    const changed = readMigrations(
      writeMigrations([{ name: first?.name ?? '', sql: `${first?.sql}\n-- a remark` }, ...rest]),
    )
    const more = withMore('CREATE TABLE a (x)').slice(NAMES.length)
    expectRefused(emptyDatabase(), [...changed, ...more], new RegExp(`${first?.name} was changed`))
  })

  test('when it has a migration that the program does not know, being older', () => {
    const connection = openDatabase('file::memory:')
    migrate(connection, withMore('CREATE TABLE a (x)'))
    expectRefused(connection, readMigrations(), /90_more.*newer/)
  })

  test('when a migration was put before one that it has', () => {
    const own = readMigrations().map(({ name, sql }) => ({ name, sql }))
    const [late = { name: '', sql: '' }, ...earlier] = own.toReversed()
    const between = { name: '0000_between', sql: 'CREATE TABLE a (x)' }
    const migrations = readMigrations(writeMigrations([...earlier.toReversed(), between, late]))
    expectRefused(emptyDatabase(), migrations, new RegExp(late.name))
  })

  test('when a migration that it has is gone, and others follow', () => {
    const migrations = withMore('CREATE TABLE a (x)').filter(({ name }) => name !== NAMES[0])
    expectRefused(emptyDatabase(), migrations, new RegExp(NAMES[0] ?? ''))
  })

  test('when the last of several new migrations fails, by an error within it', () => {
    const connection = emptyDatabase()
    const before = contentOf(connection)
    const migrations = withMore(
      'CREATE TABLE a (x)',
      'ALTER TABLE sources ADD COLUMN x TEXT; CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)',
    )
    expect(messageOf(() => migrate(connection, migrations))).toMatch(/nowhere/)
    expect(contentOf(connection)).toEqual(before)
    expect(connection.inTransaction).toBe(false)
    expect(connection.pragma('foreign_keys', { simple: true })).toBe(1)
    expect(migrate(connection, withMore('CREATE TABLE a (x)'))).toEqual(['90_more'])
  })

  test('when a migration would leave rows that refer to nothing', async () => {
    const { connection } = await seededDatabase()
    const orphan = "DROP TRIGGER sources_refuse_delete; DELETE FROM sources WHERE id = 'pozirk-2024-11-15'"
    expectRefused(connection, withMore('CREATE TABLE a (x)', orphan), /refer to nothing/)
    connection.close()
  })
})

/** A database in a file that holds the seeds, and a connection to it. */
async function seededDatabase() {
  const url = `file:${join(scratchFolder(), 'crossings.sqlite')}`
  const store = await openStore({ url, now: () => '2024-01-01T00:00:00.000Z' })
  await store.addMissing(readSeeds())
  await store.close()
  return { url, connection: openDatabase(url) }
}

describe('rebuilding a table', () => {
  const childrenOf = (connection: Connection) =>
    textColumn(connection, 'SELECT count(*) FROM child UNION ALL SELECT count(*) FROM parent')

  const family = `
    CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE) STRICT;
    INSERT INTO parent VALUES (1), (2), (3);
    INSERT INTO child VALUES (1), (1), (2), (3);`
  const rebuild = `
    PRAGMA foreign_keys=OFF;--> statement-breakpoint
    CREATE TABLE __new_parent (id INTEGER PRIMARY KEY, label TEXT) STRICT;--> statement-breakpoint
    INSERT INTO __new_parent (id) SELECT id FROM parent;--> statement-breakpoint
    DROP TABLE parent;--> statement-breakpoint
    ALTER TABLE __new_parent RENAME TO parent;--> statement-breakpoint
    PRAGMA foreign_keys=ON;`

  test('as drizzle-kit does it keeps the rows that refer to it, even where deletion cascades', () => {
    const connection = openDatabase('file::memory:')
    migrate(connection, withMore(family))
    expect(migrate(connection, withMore(family, rebuild))).toEqual(['91_more'])
    expect(childrenOf(connection)).toEqual(['4', '3'])
    expect(connection.pragma('foreign_key_check')).toEqual([])
    connection.exec('DELETE FROM parent WHERE id = 1')
    expect(childrenOf(connection)).toEqual(['2', '2'])
  })

  test('in the same start that makes it keeps them as well', () => {
    const connection = openDatabase('file::memory:')
    migrate(connection, withMore(family, rebuild))
    expect(childrenOf(connection)).toEqual(['4', '3'])
  })

  test('with fewer rows than are referred to is refused, and the old table stays', () => {
    const connection = openDatabase('file::memory:')
    migrate(connection, withMore(family))
    const careless = rebuild.replace('FROM parent;', 'FROM parent WHERE id > 1;')
    expectRefused(connection, withMore(family, careless), /refer to nothing/)
    expect(childrenOf(connection)).toEqual(['4', '3'])
  })

  test('of the seeded database keeps every row of every table', async () => {
    const { connection } = await seededDatabase()
    const { schema: _, migrations: __, ...before } = contentOf(connection)
    const migrations = withMore(`
      CREATE TABLE __new_events (id TEXT PRIMARY KEY NOT NULL, CHECK (length(id) > 0)) STRICT;
      INSERT INTO __new_events SELECT id FROM events;
      DROP TABLE events;
      ALTER TABLE __new_events RENAME TO events;`)
    migrate(connection, migrations)
    const { schema: ___, migrations: ____, ...after } = contentOf(connection)
    expect(after).toEqual(before)
    expect(connection.pragma('foreign_key_check')).toEqual([])
    connection.close()
  })
})

describe('a database of an older schema', () => {
  /** Puts all rows of one database into another, version by version, as they were recorded. */
  function copyRows(from: Connection, to: Connection): void {
    const rowsOf = (table: string, where = '') =>
      z.array(z.record(z.string(), z.unknown())).parse(from.prepare(`SELECT * FROM ${table} ${where}`).all())
    const tables = tablesOf(to).filter((table) => table !== 'migrations' && table !== 'versions')
    const isVersioned = (table: string) =>
      to.prepare(`SELECT 1 FROM pragma_table_info('${table}') WHERE name = 'version'`).get() !== undefined
    const put = (table: string, rows: Record<string, unknown>[]) => {
      for (const row of rows) insert(to, table, row)
    }
    to.pragma('foreign_keys = OFF')
    for (const table of tables) if (!isVersioned(table)) put(table, rowsOf(table))
    for (const version of rowsOf('versions', 'ORDER BY version')) {
      insert(to, 'versions', version)
      for (const table of tables)
        if (isVersioned(table)) put(table, rowsOf(table, `WHERE version = ${version.version}`))
    }
    to.pragma('foreign_keys = ON')
  }

  test.for(NAMES.slice(1).map((name, index) => [name, index + 1] as const))(
    'that has all before %s keeps every row, and ends as a new one',
    async ([, count]) => {
      const folder = scratchFolder()
      const history = await makeHistory(folder)
      const made = openDatabase(`file:${folder}/history.sqlite`)
      const connection = openDatabase('file::memory:')
      migrate(connection, readMigrations().slice(0, count))
      copyRows(made, connection)
      const { observation_revisions: revisions } = contentOf(connection)
      expect(revisions?.length).toBeGreaterThan(100)
      expect(migrate(connection)).toEqual(NAMES.slice(count))
      expect(contentOf(connection)).toEqual(contentOf(made))
      expect(integrityFaults(connection)).toEqual([])
      await history.close()
      made.close()
    },
  )
})

test('a database with keys keeps them and their kept answers, each key a lineage of its own without a quota', async () => {
  const url = `file:${join(scratchFolder(), 'crossings.sqlite')}`
  const connection = openDatabase(url)
  const count = NAMES.findIndex((name) => name.startsWith('0004_'))
  migrate(connection, readMigrations().slice(0, count))
  const key = newKey()
  const row = { name: 'Newsroom', scope: 'write', created_at: '2026-01-01T00:00:00.000Z' }
  const [expires_at, revoked_at] = ['2027-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z']
  insert(connection, 'api_keys', { ...row, id: 2, hash: hashOf(key), expires_at })
  insert(connection, 'api_keys', { ...row, id: 5, hash: hashOf(newKey()), revoked_at })
  const answer = {
    api_key: 2,
    idempotency_key: 'a',
    fingerprint: 'f',
    answer: '{}',
    recorded_at: row.created_at,
  }
  insert(connection, 'idempotent_answers', answer)
  const answers = contentOf(connection).idempotent_answers
  connection.close()
  const store = await openStore({ url, now: () => '2026-06-01T00:00:00.000Z' })
  const common = { ...row, rows_a_day: null, replaces: null }
  expect(await store.keys()).toEqual([
    { ...common, id: 2, lineage: 2, expires_at, revoked_at: null },
    { ...common, id: 5, lineage: 5, expires_at: null, revoked_at },
  ])
  expect(await store.keyOf(key)).toMatchObject({ id: 2 })
  const added = await store.write({ author: null, reason: null }, async (transaction) => {
    await transaction.addKey({ name: 'New', scope: 'admin', expires_at: null })
    return transaction.rotateKey('2', { overlapMs: 1 })
  })
  expect(added.id).toBe(7)
  await store.close()
  const migrated = openDatabase(url)
  expect(contentOf(migrated).idempotent_answers).toEqual(answers)
  expect(integrityFaults(migrated)).toEqual([])
  migrated.close()
})

describe('processes that start at once', () => {
  test('on an empty place all find the schema there, made once', async () => {
    const folder = scratchFolder()
    const children = startProcesses(4)
    const expected = contentOf(emptyDatabase())
    for (let round = 0; round < 8; round++) {
      const url = `file:${folder}/${round}/crossings.sqlite`
      expect(await performTogether(children, { url, action: 'open' })).toEqual([null, null, null, null])
      const connection = openDatabase(url)
      expect(contentOf(connection)).toEqual(expected)
      connection.close()
    }
  })

  test('wait for one that has just made the database and is still writing to it', async () => {
    const url = `file:${scratchFolder()}/crossings.sqlite`
    const [writer] = startProcesses(1)
    expect(await perform(writer, { url, action: 'write for a while' })).toBe(null)
    const connection = openDatabase(url)
    expect(connection.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(migrate(connection)).toEqual(NAMES)
    connection.close()
  })

  test('wait for one that is writing, however long it takes', async () => {
    const url = `file:${scratchFolder()}/crossings.sqlite`
    const store = await openStore({ url, now: () => '2024-01-01T00:00:00.000Z' })
    const [writer] = startProcesses(1)
    expect(await perform(writer, { url, action: 'write for a while' })).toBe(null)
    expect((await store.addMissing(readSeeds())).observations).toBe(readSeeds().observations.length)
    await store.close()
  })

  test('with seeds to add leave one copy of them, in one version', async () => {
    const folder = scratchFolder()
    const children = startProcesses(4)
    for (let round = 0; round < 2; round++) {
      const url = `file:${folder}/${round}.sqlite`
      expect(await performTogether(children, { url, action: 'seed' })).toEqual([null, null, null, null])
      const connection = openDatabase(url)
      const count = (table: string) => Number(textColumn(connection, `SELECT count(*) FROM ${table}`)[0])
      expect(['versions', 'sources', 'observation_revisions', 'event_revisions'].map(count)).toEqual([
        1,
        readSeeds().sources.length,
        readSeeds().observations.length,
        readSeeds().events.length,
      ])
      connection.close()
    }
  })
})

describe('a process killed in the middle of a migration', () => {
  const largeOf = (rows: number) => `
    CREATE TABLE large (x BLOB NOT NULL) STRICT;
    INSERT INTO large WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
      SELECT zeroblob(1000) FROM n;
    UPDATE large SET x = zeroblob(1001);`

  test('leaves the old schema, and the next start completes it', async () => {
    const path = join(scratchFolder(), 'crossings.sqlite')
    const own = readMigrations().map(({ name, sql }) => ({ name, sql }))
    const folderOf = (rows: number) => writeMigrations([...own, { name: '90_large', sql: largeOf(rows) }])
    // So many that it never ends before it is killed, however late this process has its turn.
    const endless = folderOf(4_000_000)
    const first = openDatabase(`file:${path}`)
    migrate(first)
    const before = contentOf(first)
    first.close()

    for (const leastBytes of [1_000_000, 20_000_000]) {
      const [child] = startProcesses(1)
      child?.send({ url: `file:${path}`, action: 'migrate', migrations: endless.href })
      await eventually(() => sizeOf(`${path}-wal`) >= leastBytes || child?.exitCode !== null)
      child?.kill('SIGKILL')
      if (child) expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
      const connection = openDatabase(`file:${path}`)
      expect(contentOf(connection)).toEqual(before)
      expect(connection.pragma('integrity_check', { simple: true })).toBe('ok')
      connection.close()
    }

    const connection = openDatabase(`file:${path}`)
    expect(migrate(connection, readMigrations(folderOf(40_000)))).toEqual(['90_large'])
    expect(textColumn(connection, 'SELECT count(*) FROM large WHERE length(x) = 1001')).toEqual(['40000'])
    connection.close()
  })
})

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
