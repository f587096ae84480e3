import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSeeds } from '../../src/cli/seeds.ts'
import type { Filter } from '../../src/domain/filter.ts'
import { openDatabase } from '../../src/store/connection/connection.ts'
import { readMigrations } from '../../src/store/connection/migrate.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { timeOf } from '../support/store/history.ts'
import { publication, records } from '../support/store/sample-records.ts'
import { folderForAll, scratchFolder, textColumn } from '../support/store/scratch.ts'

describe('opening a store', () => {
  test('makes the database with the newest schema', async () => {
    const url = `file:${scratchFolder()}/new/crossings.sqlite`
    const store = await openStore({ url, now: () => timeOf(0) })
    await store.close()
    const connection = openDatabase(url)
    expect(textColumn(connection, 'SELECT name FROM migrations ORDER BY position')).toEqual(
      readMigrations().map(({ name }) => name),
    )
    connection.close()
  })

  test('does not wait for a writer where its schema is the newest', async () => {
    const url = `file:${scratchFolder()}/crossings.sqlite`
    const first = await openStore({ url, now: () => timeOf(0) })
    await first.write({ author: null, reason: null }, async () => {
      const second = await openStore({ url, now: () => timeOf(1) })
      expect(await second.keys()).toEqual([])
      await second.close()
    })
    await first.close()
  })

  test('keeps what an earlier one recorded', async () => {
    const url = `file:${scratchFolder()}/crossings.sqlite`
    const first = await openStore({ url, now: () => timeOf(0) })
    await first.addMissing(readSeeds())
    const rows = await first.observations({ version: 1 })
    await first.close()
    const second = await openStore({ url, now: () => timeOf(1) })
    expect(await second.currentVersion()).toMatchObject({ version: 1, recorded_at: timeOf(0) })
    expect(await second.observations({ version: 1 })).toEqual(rows)
    await second.close()
  })

  test('beside another one shows at once what that one records', async () => {
    const url = `file:${scratchFolder()}/crossings.sqlite`
    const [a, b] = [
      await openStore({ url, now: () => timeOf(0) }),
      await openStore({ url, now: () => timeOf(1) }),
    ]
    await a.addMissing(records({ sources: [publication({ id: 'a' })] }))
    expect((await b.currentVersion()).version).toBe(1)
    await b.addMissing(records({ sources: [publication({ id: 'b' })] }))
    expect((await a.sources({ version: 2 })).map(({ id }) => id)).toEqual(['a', 'b'])
    await a.close()
    await b.close()
  })
})

describe('the plan of SQLite', () => {
  const GROWING = ['observations', 'observation_revisions', 'source_revisions', 'event_revisions', 'versions']
  const folder = folderForAll()
  const url = `file:${folder}/crossings.sqlite`
  const { prepare } = Database.prototype
  const queries: string[] = []
  let store: Store

  beforeAll(async () => {
    store = await openStore({ url, now: () => timeOf(0) })
    await store.addMissing(readSeeds())
    Database.prototype.prepare = function (this: Database.Database, sql: string) {
      queries.push(sql)
      return prepare.call(this, sql)
    } as typeof prepare
  })
  afterAll(async () => {
    Database.prototype.prepare = prepare
    await store.close()
  })

  /** What SQLite does to answer something, step by step. */
  async function planOf(ask: () => Promise<unknown>): Promise<string[]> {
    queries.length = 0
    await ask()
    const asked = queries.filter((sql) => /^\s*(select|with)/i.test(sql))
    expect(asked.length).toBeGreaterThan(0)
    const connection = new Database(`${folder}/crossings.sqlite`, { readonly: true })
    const steps = asked.flatMap((sql) => {
      const values = Array.from(sql.matchAll(/\?/g), () => null)
      return connection.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(values).map(detailOf)
    })
    connection.close()
    expect(steps.some((step) => step.startsWith('SEARCH'))).toBe(true)
    return steps
  }

  /** Which of the tables that grow are read whole, to answer something. */
  async function tablesReadWhole(ask: () => Promise<unknown>): Promise<string[]> {
    const scanned = (await planOf(ask)).flatMap((step) => /^SCAN (?:other_)?(\w+)/.exec(step)?.[1] ?? [])
    return scanned.filter((table) => GROWING.includes(table))
  }

  const page = { after: 100, limit: 100 }
  const first = { after: null, limit: 100 }
  const version = 1

  test.for<[string, Filter]>([
    ['an id', { version, id: [7] }],
    ['ids', { version, id: [7, 8, 9] }],
    ['a border', { version, border: ['PL-BY'] }],
    ['a border of an indicator', { version, border: ['PL-BY'], indicator: ['attempted_crossings'] }],
    ['an indicator', { version, indicator: ['attempted_crossings'] }],
    ['a source', { version, source: ['pozirk-2024-11-15'] }],
    [
      'sources of a border',
      { version, source: ['pozirk-2024-11-15', 'lrt-bns-2021-08-03'], border: ['PL-BY'] },
    ],
    ['the end of a window', { version, to: '2021-12-31' }],
  ])('reads no table whole for the observations of %s', async ([_, filter]) => {
    expect(await tablesReadWhole(() => store.observations(filter))).toEqual([])
    expect(await tablesReadWhole(() => store.observations(filter, first))).toEqual([])
    expect(await tablesReadWhole(() => store.observations(filter, page))).toEqual([])
  })

  test('reads no table whole for a page of observations behind another', async () => {
    expect(await tablesReadWhole(() => store.observations({ version }, page))).toEqual([])
  })

  test.for<[string, Filter]>([
    ['everything', { version }],
    ['an origin', { version, origin: ['VSAT'] }],
    ['a kind', { version, kind: ['official'] }],
    ['a country', { version, country: ['PL'] }],
    ['a neighbour', { version, neighbour: ['BY'] }],
    ['a qualifier', { version, qualifier: ['exact'] }],
    ['a day of publication', { version, published_until: '2024-01-01' }],
    ['a start of a window', { version, from: '2024-01-01' }],
  ])(
    'reads one table whole at most, and the others by their keys, for the observations of %s',
    async ([_, filter]) => {
      const whole = await tablesReadWhole(() => store.observations(filter))
      expect(whole.length).toBeLessThanOrEqual(1)
      expect(whole).not.toContain('observation_revisions')
    },
  )

  test('reads no table whole for sources and events that are named', async () => {
    const source = ['pozirk-2024-11-15']
    const after = 'pozirk-2024-11-15'
    expect(await tablesReadWhole(() => store.sources({ version, source }))).toEqual([])
    expect(await tablesReadWhole(() => store.sources({ version }, { after, limit: 10 }))).toEqual([])
    expect(await tablesReadWhole(() => store.sourceExtents({ version }, source))).toEqual([])
  })

  test('reads no table whole for the borders of an indicator', async () => {
    expect(await tablesReadWhole(() => store.bordersWith('attempted_crossings', version))).toEqual([])
  })

  test('finds the version at a time by an index', async () => {
    expect(await tablesReadWhole(() => store.versionAt(timeOf(5)))).toEqual([])
  })
})

function detailOf(row: unknown): string {
  return row !== null && typeof row === 'object' && 'detail' in row ? String(row.detail) : ''
}
