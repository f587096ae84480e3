import { readFileSync } from 'node:fs'
import {
  type DrizzleSQLiteSnapshotJSON,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from 'drizzle-kit/api'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Connection, openDatabase } from '../../src/store/connection/connection.ts'
import { readMigrations } from '../../src/store/connection/migrate.ts'
import * as schema from '../../src/store/schema.ts'
import { insert, startVersion, timeOf } from '../support/store/history.ts'
import { contentOf, emptyDatabase, messageOf, tablesOf, textColumn } from '../support/store/scratch.ts'

type Row = Readonly<Record<string, unknown>>

/** A row of each table that is taken, in version 2, after one of each in version 1. */
const GOOD = {
  versions: { version: 3, recorded_at: timeOf(3) },
  indicators: { id: 'sheep' },
  indicator_revisions: { indicator: 'arrests', version: 2, position: 1, label: 'A', definition: 'D' },
  indicator_definitions: { indicator: 'attempts', version: 2, country: 'LT', definition: 'D' },
  borders: { id: 'FI-RU', country: 'FI', neighbour: 'RU' },
  border_revisions: { border: 'LT-BY', version: 2, position: 1, label: 'B' },
  border_members: { border: 'EU-BY', version: 2, member: 'LT-BY' },
  sources: { id: 'c' },
  source_revisions: {
    source: 'b',
    version: 2,
    publisher: 'P',
    origin: 'O',
    kind: 'official',
    title: 'T',
    published_on: '2024-02-29',
    url: 'https://example.org/',
    retraction: 'R',
  },
  observations: {
    id: 7,
    source: 'a',
    border: 'PL-BY',
    indicator: 'attempts',
    period_start: '2024-01-01',
    period_end: '2024-01-31',
  },
  observation_revisions: {
    observation: 1,
    version: 2,
    period_basis: 'stated',
    count: 1,
    qualifier: 'exact',
    note: 'N',
    retraction: 'R',
  },
  events: { id: 'talks' },
  event_revisions: {
    event: 'storming',
    version: 2,
    period_start: '2024-01-01',
    period_end: '2024-01-31',
    precision: 'day',
    title: 'T',
    source: 'a',
    retraction: 'R',
  },
} satisfies Record<string, Row>

type Table = keyof typeof GOOD
const TABLES = Object.keys(GOOD) as Table[]

/** A database with one of everything in version 1, and version 2 begun, with new states of a group. */
function startDatabase(): Connection {
  const connection = emptyDatabase()
  startVersion(connection, timeOf(1))
  const put = (table: string, ...rows: Row[]) => {
    for (const row of rows) insert(connection, table, row)
  }
  put('indicators', { id: 'attempts' }, { id: 'arrests' })
  put('indicator_revisions', { ...GOOD.indicator_revisions, indicator: 'attempts', version: 1 })
  put('indicator_definitions', { ...GOOD.indicator_definitions, version: 1 })
  for (const country of ['PL', 'LT', 'EU', 'EE']) {
    const id = `${country}-BY`
    put('borders', { id, country, neighbour: 'BY' })
    put('border_revisions', { border: id, version: 1, position: 1, label: id })
  }
  put('border_members', { border: 'EU-BY', version: 1, member: 'PL-BY' })
  put('sources', { id: 'a' }, { id: 'b' })
  put('source_revisions', { ...GOOD.source_revisions, source: 'a', version: 1 })
  put('observations', { ...GOOD.observations, id: 1, period_end: '2024-12-31' })
  put('observation_revisions', { ...GOOD.observation_revisions, version: 1 })
  put('events', { id: 'storming' })
  put('event_revisions', { ...GOOD.event_revisions, version: 1 })
  startVersion(connection, timeOf(2))
  put('indicator_revisions', { ...GOOD.indicator_revisions, indicator: 'attempts' })
  put('border_revisions', { border: 'EU-BY', version: 2, position: 1, label: 'Together' })
  return connection
}

let connection: Connection
beforeEach(() => {
  connection = startDatabase()
})

const NOT_DAYS = [
  '2023-02-29',
  '2023-02-30',
  '2100-02-29',
  '2024-13-01',
  '2024-00-10',
  '2024-04-31',
  '2024-1-1',
  '2024-01-01 ',
  '2024-01-01T00:00',
  '0000-01-01',
  '-001-01-01',
  '10000-01-01',
  '20240101',
  'x',
  '',
  '2460000.5',
]

const daysOf = (table: Table, column: string, others: Row = {}) =>
  NOT_DAYS.map((day): Bad => [table, { ...others, [column]: day }, /CHECK/])

/** A row that is refused: what of a good row to change, and what the refusal says. */
type Bad = [table: Table, change: Row, reason: RegExp]

const BAD: Bad[] = [
  ['versions', { version: 4 }, /follow the last one/],
  ['versions', { version: 2 }, /follow the last one|UNIQUE/],
  ['versions', { version: 0 }, /follow the last one/],
  ['versions', { recorded_at: timeOf(1) }, /follow the last one/],
  ['versions', { recorded_at: '2024-11-15T02:59:59.999' }, /follow the last one/],
  ['versions', { recorded_at: '2024-11-15T03:00:00Z' }, /follow the last one/],
  ['versions', { recorded_at: '2025-02-30T00:00:00.000Z' }, /follow the last one/],
  ['versions', { recorded_at: '2025-01-01' }, /follow the last one/],
  ['versions', { recorded_at: 'x' }, /follow the last one/],
  ['versions', { recorded_at: null }, /NOT NULL|follow the last one/],

  ['indicators', { id: '' }, /CHECK/],
  ['indicators', { id: null }, /NOT NULL/],
  ['indicators', { id: 'attempts' }, /UNIQUE/],
  ['indicator_revisions', { indicator: 'nothing' }, /FOREIGN KEY/],
  ['indicator_revisions', { version: 1 }, /version being written/],
  ['indicator_revisions', { version: 9 }, /version being written/],
  ['indicator_revisions', { indicator: 'attempts' }, /UNIQUE/],
  ['indicator_revisions', { position: 0 }, /CHECK/],
  ['indicator_revisions', { position: 'first' }, /TEXT/],
  ['indicator_revisions', { label: '' }, /CHECK/],
  ['indicator_revisions', { label: null }, /NOT NULL/],
  ['indicator_revisions', { definition: '' }, /CHECK/],
  ['indicator_definitions', { indicator: 'nothing' }, /FOREIGN KEY/],
  ['indicator_definitions', { indicator: 'arrests' }, /FOREIGN KEY/],
  ['indicator_definitions', { version: 1, country: 'PL' }, /version being written/],
  ['indicator_definitions', { country: 'Poland' }, /CHECK/],
  ['indicator_definitions', { country: 'pl' }, /CHECK/],
  ['indicator_definitions', { country: '' }, /CHECK/],
  ['indicator_definitions', { definition: '' }, /CHECK/],

  ['borders', { id: 'RU-FI' }, /CHECK/],
  ['borders', { id: 'FIRU' }, /CHECK/],
  ['borders', { id: 'fi-RU', country: 'fi' }, /CHECK/],
  ['borders', { id: 'FIN-RU', country: 'FIN' }, /CHECK/],
  ['borders', { id: 'FI-', neighbour: '' }, /CHECK/],
  ['borders', { id: 'FI-R1', neighbour: 'R1' }, /CHECK/],
  ['borders', { id: 'PL-BY', country: 'PL', neighbour: 'BY' }, /UNIQUE/],
  ['border_revisions', { border: 'FI-RU' }, /FOREIGN KEY/],
  ['border_revisions', { version: 1 }, /version being written|UNIQUE/],
  ['border_revisions', { version: 3 }, /version being written/],
  ['border_revisions', { border: 'EU-BY' }, /UNIQUE/],
  ['border_revisions', { position: 0 }, /CHECK/],
  ['border_revisions', { label: '' }, /CHECK/],
  ['border_members', { member: 'FI-RU' }, /FOREIGN KEY/],
  ['border_members', { member: 'EU-BY' }, /CHECK|a group/],
  ['border_members', { border: 'LT-BY', member: 'PL-BY' }, /FOREIGN KEY/],
  ['border_members', { version: 1 }, /version being written/],

  ['sources', { id: '' }, /CHECK/],
  ['sources', { id: 'a' }, /UNIQUE/],
  ['source_revisions', { source: 'nobody' }, /FOREIGN KEY/],
  ['source_revisions', { version: 1 }, /version being written/],
  ['source_revisions', { version: 3 }, /version being written/],
  ['source_revisions', { publisher: '' }, /CHECK/],
  ['source_revisions', { publisher: null }, /NOT NULL/],
  ['source_revisions', { origin: '' }, /CHECK/],
  ['source_revisions', { origin: 'VSAT,LRT' }, /CHECK/],
  ['source_revisions', { kind: 'rumour' }, /CHECK/],
  ['source_revisions', { kind: 'Official' }, /CHECK/],
  ['source_revisions', { kind: null }, /NOT NULL/],
  ['source_revisions', { title: '' }, /CHECK/],
  ...daysOf('source_revisions', 'published_on'),
  ['source_revisions', { url: '' }, /CHECK/],
  ['source_revisions', { url: 'javascript:alert(1)' }, /CHECK/],
  ['source_revisions', { url: 'data:text/html,https://x' }, /CHECK/],
  ['source_revisions', { url: 'ftp://example.org/' }, /CHECK/],
  ['source_revisions', { url: 'http://' }, /CHECK/],
  ['source_revisions', { url: 'example.org' }, /CHECK/],
  ['source_revisions', { retraction: '' }, /CHECK/],

  ['observations', { id: 1 }, /UNIQUE/],
  ['observations', { id: 0 }, /CHECK/],
  ['observations', { id: -5 }, /CHECK/],
  ['observations', { period_end: '2024-12-31' }, /UNIQUE/],
  ['observations', { source: 'nobody' }, /FOREIGN KEY/],
  ['observations', { border: 'FI-RU' }, /FOREIGN KEY/],
  ['observations', { indicator: 'nothing' }, /FOREIGN KEY/],
  ['observations', { source: null }, /NOT NULL/],
  ['observations', { period_start: '2024-02-01' }, /CHECK/],
  ...daysOf('observations', 'period_start', { period_end: '9999-12-31' }),
  ...daysOf('observations', 'period_end'),
  ['observation_revisions', { observation: 2 }, /FOREIGN KEY/],
  ['observation_revisions', { version: 1 }, /version being written|UNIQUE/],
  ['observation_revisions', { version: 3 }, /version being written/],
  ['observation_revisions', { period_basis: 'guessed' }, /CHECK/],
  ['observation_revisions', { period_basis: null }, /NOT NULL/],
  ['observation_revisions', { count: -1 }, /CHECK/],
  ['observation_revisions', { count: 1.5 }, /REAL/],
  ['observation_revisions', { count: 'many' }, /TEXT/],
  ['observation_revisions', { count: '' }, /TEXT/],
  ['observation_revisions', { count: Buffer.from('1') }, /BLOB/],
  ['observation_revisions', { count: null }, /NOT NULL/],
  ['observation_revisions', { count: 1_000_000_001 }, /CHECK/],
  ['observation_revisions', { count: Number.MAX_SAFE_INTEGER }, /CHECK/],
  ['observation_revisions', { qualifier: 'roughly' }, /CHECK/],
  ['observation_revisions', { qualifier: 'between' }, /CHECK/],
  ['observation_revisions', { qualifier: null }, /NOT NULL/],
  ['observation_revisions', { note: '' }, /CHECK/],
  ['observation_revisions', { retraction: '' }, /CHECK/],

  ['events', { id: '' }, /CHECK/],
  ['events', { id: 'storming' }, /UNIQUE/],
  ['event_revisions', { event: 'nothing' }, /FOREIGN KEY/],
  ['event_revisions', { source: 'nobody' }, /FOREIGN KEY/],
  ['event_revisions', { version: 1 }, /version being written|UNIQUE/],
  ['event_revisions', { version: 3 }, /version being written/],
  ['event_revisions', { period_start: '2024-02-01' }, /CHECK/],
  ...daysOf('event_revisions', 'period_start', { period_end: '9999-12-31' }),
  ...daysOf('event_revisions', 'period_end'),
  ['event_revisions', { precision: 'century' }, /CHECK/],
  ['event_revisions', { title: '' }, /CHECK/],
  ['event_revisions', { title: null }, /NOT NULL/],
  ['event_revisions', { retraction: '' }, /CHECK/],
]

describe('SQL by itself', () => {
  test.for(TABLES)('takes a good row of %s', (table) => {
    insert(connection, table, GOOD[table])
    expect(connection.pragma('foreign_key_check')).toEqual([])
  })

  test.for<[Table, Row]>([
    ['observations', { period_start: '2024-01-31' }],
    ['observations', { period_start: '0001-01-01', period_end: '9999-12-31' }],
    ['observations', { period_start: '2000-02-29', period_end: '2024-02-29' }],
    ['observation_revisions', { count: 0 }],
    ['observation_revisions', { count: 1_000_000_000, note: null, retraction: null }],
    ['source_revisions', { title: null, published_on: null, url: null, retraction: null }],
    ['source_revisions', { url: 'http://x' }],
    ['versions', { recorded_at: timeOf(2) }],
  ])('takes a row of %s at the edge: %j', ([table, change]) => {
    insert(connection, table, { ...GOOD[table], ...change })
  })

  test.for(BAD)('refuses a row of %s with %j', ([table, change, reason]) => {
    const before = contentOf(connection)
    expect(messageOf(() => insert(connection, table, { ...GOOD[table], ...change }))).toMatch(reason)
    expect(contentOf(connection)).toEqual(before)
  })

  test('refuses a group as the member of another, and members to a member', () => {
    const state = { version: 2, position: 1, label: 'x' }
    insert(connection, 'border_members', { border: 'EU-BY', version: 2, member: 'LT-BY' })
    for (const border of ['EE-BY', 'LT-BY']) insert(connection, 'border_revisions', { border, ...state })
    const join = (border: string, member: string) => () =>
      insert(connection, 'border_members', { border, version: 2, member })
    expect(messageOf(join('EE-BY', 'EU-BY'))).toMatch(/cannot be a group/)
    expect(messageOf(join('LT-BY', 'EE-BY'))).toMatch(/cannot be a group/)
  })

  test.for(TABLES)('never changes a row of %s', (table) => {
    const before = contentOf(connection)
    expect(before[table]?.length).toBeGreaterThan(0)
    for (const column of Object.keys(GOOD[table])) {
      const update = `UPDATE ${table} SET ${column} = ${column}`
      expect(messageOf(() => connection.exec(update))).toMatch(/never changed/)
    }
    const [column] = Object.keys(GOOD[table])
    const upsert = `INSERT INTO ${table} SELECT * FROM ${table} WHERE true ON CONFLICT DO UPDATE SET ${column} = ${column}`
    expect(messageOf(() => connection.exec(upsert))).toMatch(/never changed|follow|being written/)
    expect(contentOf(connection)).toEqual(before)
  })

  test.for(TABLES)('never deletes a row of %s', (table) => {
    const before = contentOf(connection)
    expect(messageOf(() => connection.exec(`DELETE FROM ${table}`))).toMatch(/never changed/)
    expect(contentOf(connection)).toEqual(before)
  })

  test.for(TABLES)('never replaces a row of %s, which would be deleting it', (table) => {
    insert(connection, table, GOOD[table])
    const before = contentOf(connection)
    const columns = Object.keys(GOOD[table])
    const replace = connection.prepare(
      `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    )
    expect(messageOf(() => replace.run(Object.values(GOOD[table])))).toMatch(/never changed|follow the last/)
    expect(contentOf(connection)).toEqual(before)
  })

  test('never moves a figure to another natural key by replacing it', () => {
    const replace =
      "INSERT OR REPLACE INTO observations SELECT id, source, border, indicator, '2020-01-01', period_end FROM observations"
    expect(messageOf(() => connection.exec(replace))).toMatch(/never changed/)
  })
})

describe('the tables', () => {
  test('are all STRICT', () => {
    expect(textColumn(connection, 'SELECT name FROM pragma_table_list WHERE strict = 0')).toEqual([
      'sqlite_schema',
      'sqlite_temp_schema',
    ])
  })

  test('hold what stands of a figure under its own key, with no second place to look it up', () => {
    const sql = "SELECT name FROM pragma_table_list WHERE wr = 1 AND schema = 'main'"
    expect(textColumn(connection, sql)).toEqual(['observation_revisions'])
  })

  test('each refuse to change or delete rows if they hold what was recorded', () => {
    const historical = tablesOf(connection).filter((table) => {
      const columns = textColumn(connection, `SELECT name FROM pragma_table_info('${table}')`)
      return columns.includes('version')
    })
    expect(TABLES).toEqual(expect.arrayContaining(historical))
    const triggers = textColumn(connection, "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    for (const table of TABLES) {
      expect(triggers).toEqual(expect.arrayContaining([`${table}_refuse_update`, `${table}_refuse_delete`]))
    }
  })

  test('are as schema.ts says, so that drizzle-kit finds nothing to change', async () => {
    const last = readMigrations().length - 1
    const path = `../../migrations/meta/${String(last).padStart(4, '0')}_snapshot.json`
    const snapshot: DrizzleSQLiteSnapshotJSON = JSON.parse(
      readFileSync(new URL(path, import.meta.url), 'utf8'),
    )
    const current = await generateSQLiteDrizzleJson(schema, snapshot.id)
    expect(await generateSQLiteMigration(snapshot, current)).toEqual([])
  })

  test('are made by the migrations as schema.ts would make them', async () => {
    const statements = await generateSQLiteMigration(
      await generateSQLiteDrizzleJson({}),
      await generateSQLiteDrizzleJson(schema),
    )
    const expected = openDatabase('file::memory:')
    for (const sql of statements) expected.exec(sql)
    expect(shapeOf(connection)).toEqual(shapeOf(expected))
  })
})

/** Everything that SQLite knows of our tables: columns, keys, indexes and checks. */
function shapeOf(connection: Connection) {
  const all = (sql: string) =>
    connection
      .prepare(sql)
      .all()
      .map((row) => JSON.stringify(row))
      .toSorted()
  const tables = tablesOf(connection).filter((table) => table !== 'migrations')
  return tables.map((table) => {
    const [sql = ''] = textColumn(connection, `SELECT sql FROM sqlite_schema WHERE name = '${table}'`)
    const indexes = textColumn(connection, `SELECT name FROM pragma_index_list('${table}') ORDER BY name`)
    return {
      table,
      columns: all(`SELECT name, upper(type), "notnull", dflt_value, pk FROM pragma_table_xinfo('${table}')`),
      keys: all(
        `SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list('${table}')`,
      ),
      indexes: indexes.map((index) => [index, all(`SELECT seqno, name FROM pragma_index_info('${index}')`)]),
      unique: all(`SELECT name, "unique", partial FROM pragma_index_list('${table}')`),
      checks: (sql.match(/CONSTRAINT "\w+" CHECK.*/g) ?? [])
        .map((check) => check.replace(/,$/, ''))
        .toSorted(),
    }
  })
}
