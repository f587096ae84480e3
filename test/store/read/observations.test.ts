import { drizzle } from 'drizzle-orm/better-sqlite3'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Filter, PUBLICATION_FILTERS } from '../../../src/domain/filter.ts'
import { type Connection, openDatabase } from '../../../src/store/connection/connection.ts'
import { observationReader } from '../../../src/store/read/observations.ts'
import { openStore } from '../../../src/store/store.ts'
import { runs } from '../../support/run-count.ts'
import {
  type History,
  insert,
  makeHistory,
  meant,
  startVersion,
  timeOf,
} from '../../support/store/history.ts'
import { randomFilters } from '../../support/store/random-filters.ts'
import { DIMENSIONS, publication, records, statement } from '../../support/store/sample-records.ts'
import { folderForAll, scratchFolder } from '../../support/store/scratch.ts'

describe('observations', () => {
  const folder = folderForAll()
  let history: History
  beforeAll(async () => {
    history = await makeHistory(folder)
  })
  afterAll(() => history.close())

  test('are none in version 0', async () => {
    expect(await history.store.observations({ version: 0 })).toEqual([])
  })

  test('are as every version left them: added, revised, retracted with their source, reinstated', async () => {
    const seen = new Set<string>()
    for (let version = 0; version <= history.newest; version++) {
      const expected = history.observations(version)
      expect(await history.store.observations({ version })).toEqual(expected)
      seen.add(JSON.stringify(expected))
    }
    expect(seen.size).toBe(history.newest + 1)
    expect(await history.store.observations({ version: 1_000 })).toEqual(history.observations(history.newest))
  })

  test('that a filter means are those that plain code finds among all', async () => {
    let found = 0
    await fc.assert(
      fc.asyncProperty(randomFilters(history.newest), async (filter) => {
        const rows = await history.store.observations(filter)
        found += Math.min(1, rows.length)
        expect(rows).toEqual(meant(history.observations(filter.version), filter))
      }),
      { numRuns: runs(400) },
    )
    expect(found).toBeGreaterThan(runs(100))
  })

  test.for(['indicator', 'border', 'country', 'neighbour', 'origin', 'source', 'kind', 'qualifier'] as const)(
    'are split by %s without rest or overlap',
    async (name) => {
      const all = history.observations(4)
      const values = [...new Set(all.map((row) => row[name]))]
      expect(values.length).toBeGreaterThan(1)
      const parts = await Promise.all(
        values.map((value) => history.store.observations({ version: 4, [name]: [value] })),
      )
      expect(parts.flat().toSorted((a, b) => a.id - b.id)).toEqual(all.toSorted((a, b) => a.id - b.id))
    },
  )

  test('are none where a list of a filter is empty', async () => {
    for (const name of ['id', 'indicator', 'border', 'source', 'qualifier']) {
      expect(await history.store.observations({ version: 4, [name]: [] })).toEqual([])
    }
  })

  test('without a day of publication are left out of what was published until a day', async () => {
    const all = history.observations(4)
    const rows = await history.store.observations({ version: 4, published_until: '9999-12-31' })
    expect(rows).toEqual(all.filter(({ published_on }) => published_on !== null))
    expect(rows.length).toBeLessThan(all.length)
    expect(rows.length).toBeGreaterThan(0)
  })

  test.for([
    ['few are gathered', 2_000],
    ['many are met in their order', 1],
  ] as const)('page by page are the same as all at once, whatever the page, where %s', async ([, few]) => {
    const connection = openDatabase(`file:${folder}/history.sqlite`)
    const reader = observationReader(drizzle(connection), { few })
    await fc.assert(
      fc.asyncProperty(
        randomFilters(history.newest),
        fc.integer({ min: 1, max: 40 }),
        async (filter, limit) => {
          const rows = []
          for (let after: number | null = null; ; ) {
            const page = await reader.observations(filter, { after, limit })
            rows.push(...page)
            expect(page.length).toBeLessThanOrEqual(limit)
            if (page.length < limit || rows.length > 1_000) break
            after = page.at(-1)?.id ?? null
          }
          expect(rows).toEqual(await history.store.observations(filter))
        },
      ),
      { numRuns: runs(150) },
    )
    connection.close()
  })

  test('go on behind a row that the filter no longer means', async () => {
    const all = history.observations(4)
    const [place] = all.filter(({ border }) => border === 'LV-BY').slice(5)
    const filter = { version: 4, border: ['PL-BY'] }
    const rows = await history.store.observations(filter, { after: place?.id ?? 0, limit: 1_000 })
    const behind = all.slice(all.findIndex(({ id }) => id === place?.id))
    expect(rows).toEqual(meant(behind, filter))
    expect(rows.length).toBeGreaterThan(5)
  })

  test('are none after the last id', async () => {
    expect(await history.store.observations({ version: 4 }, { after: 99_999, limit: 10 })).toEqual([])
  })
})

describe('a page of observations', () => {
  const folder = folderForAll()
  let connection: Connection
  beforeAll(async () => {
    const { close } = await makeHistory(folder)
    await close()
    connection = openDatabase(`file:${folder}/history.sqlite`)
  })
  afterAll(() => connection.close())

  /** How SQLite goes about the last query of what is read. */
  async function stepsOfReading(
    read: (reader: ReturnType<typeof observationReader>) => Promise<unknown>,
    few = 2_000,
  ) {
    const queries: { sql: string; values: unknown[] }[] = []
    const logger = { logQuery: (sql: string, values: unknown[]) => queries.push({ sql, values }) }
    await read(observationReader(drizzle(connection, { logger }), { few }))
    const { sql = '', values = [] } = queries.at(-1) ?? {}
    const steps = connection.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]
    return steps.map(({ detail }) => detail)
  }

  const stepsOf = (filter: Filter, { few = 2_000, after = null as number | null } = {}) =>
    stepsOfReading((reader) => reader.observations(filter, { after, limit: 1 }), few)

  const BY_ID = /^SEARCH observations USING INTEGER PRIMARY KEY/
  const IN_ORDER = /^(?:SCAN|SEARCH) observations USING COVERING INDEX observations_by_period/
  const LEADS = [
    ...(Object.keys(PUBLICATION_FILTERS) as (keyof typeof PUBLICATION_FILTERS)[]),
    ...(['id', 'indicator', 'border', 'country', 'neighbour'] as const),
  ]

  test('comes from observations to what stands of them, and to them by their ids where they are few', async () => {
    await fc.assert(
      fc.asyncProperty(randomFilters(4), fc.constantFrom(null, 5), async (filter, after) => {
        const steps = await stepsOf(filter, { after })
        const searched = steps.flatMap(
          (step) => /^SEARCH (?!other_|observations )(\w+)/.exec(step)?.[1] ?? [],
        )
        expect(searched).toEqual(['border_revisions', 'source_revisions', 'observation_revisions', 'borders'])
        const own = steps.filter((step) => /^\w+ observations /.test(step))
        const isLed = LEADS.some((part) => filter[part] !== undefined)
        expect(own).toEqual([expect.stringMatching(isLed ? BY_ID : IN_ORDER)])
      }),
      { numRuns: runs(200) },
    )
  })

  test.for([
    { few: 1, rowsPerStatement: 2, scannedPerStatement: 1 },
    { few: 1, rowsPerStatement: 1, scannedPerStatement: 7 },
    { few: 9, rowsPerStatement: 3, scannedPerStatement: 4 },
  ])('is the same from however many statements: %j', async (sizes) => {
    const whole = observationReader(drizzle(connection))
    const pieces = observationReader(drizzle(connection), sizes)
    await fc.assert(
      fc.asyncProperty(
        randomFilters(4),
        fc.constantFrom(null, 5, 11),
        fc.constantFrom(1, 3, 10, 10_000),
        async (filter, after, limit) => {
          let pauses = 0
          const pause = async () => {
            pauses++
          }
          const rows = await pieces.observations(filter, { after, limit }, pause)
          expect(rows).toEqual(await whole.observations(filter, { after, limit }))
          expect(pauses).toBeGreaterThanOrEqual(Math.ceil(rows.length / sizes.rowsPerStatement) - 1)
        },
      ),
      { numRuns: 60 },
    )
  })

  test.for([1, 3, 1_000])('gives the same evidence in pieces of %d as at once', async (evidenceRows) => {
    const reader = observationReader(drizzle(connection), { evidenceRows })
    await fc.assert(
      fc.asyncProperty(randomFilters(4), async (filter) => {
        const ids: number[] = []
        let after: number | null = null
        do {
          const { rows, next }: Awaited<ReturnType<typeof reader.evidence>> = await reader.evidence(
            filter,
            after,
          )
          expect(rows.length).toBeLessThanOrEqual(evidenceRows)
          ids.push(...rows.map(({ id }) => id))
          after = next
        } while (after !== null)
        const expected = (await reader.observations(filter)).map(({ id }) => id)
        expect(ids.toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b))
      }),
      { numRuns: 40 },
    )
  })

  test.for([1, 3])(
    'names the sources of all that it means, looked for in pieces of %d',
    async (evidenceRows) => {
      const reader = observationReader(drizzle(connection), { evidenceRows })
      await fc.assert(
        fc.asyncProperty(randomFilters(4), async (filter) => {
          let pauses = 0
          const pause = async () => {
            pauses++
          }
          const sources = await reader.sourcesOf(filter, pause)
          const meant = await reader.observations(filter)
          expect(sources.map(({ id }) => id)).toEqual([...new Set(meant.map(({ source }) => source))].sort())
          expect(pauses).toBeGreaterThanOrEqual(Math.ceil(meant.length / evidenceRows) - 1)
        }),
        { numRuns: 40 },
      )
    },
  )

  test('and the evidence of a series comes by the series, whatever its sources are to be', async () => {
    const series = { version: 4, indicator: ['attempted_crossings'], border: ['PL-BY'] }
    for (const chosen of [
      {},
      { kind: ['official' as const] },
      { origin: ['Pozirk'] },
      { published_until: '2024-12-31' },
    ]) {
      const steps = await stepsOfReading((reader) => reader.evidence({ ...series, ...chosen }, 1))
      const own = steps.filter((step) => /^\w+ observations /.test(step))
      expect(own).toEqual([
        'SEARCH observations USING INDEX observations_by_series (indicator=? AND border=? AND rowid>?)',
      ])
    }
  })

  test('reads many in the order of an index, for any filter', async () => {
    for (const after of [null, 5]) {
      const parts = { indicator: ['attempted_crossings'], kind: ['official' as const], to: '2024-02-01' }
      const steps = await stepsOf({ version: 4, ...parts }, { few: 1, after })
      expect(steps.filter((step) => /^\w+ observations /.test(step))).toEqual([
        expect.stringMatching(IN_ORDER),
      ])
      expect(steps).not.toContain('USE TEMP B-TREE FOR ORDER BY')
    }
  })
})

test('observations follow the positions of their borders in the requested version', async () => {
  const url = `file:${scratchFolder()}/crossings.sqlite`
  const store = await openStore({ url, now: () => timeOf(0) })
  const observations = DIMENSIONS.borders.map(({ country, neighbour }) => statement({ country, neighbour }))
  await store.addMissing(records({ sources: [publication({})], observations }))
  const connection = openDatabase(url)
  const version = startVersion(connection, timeOf(1))
  insert(connection, 'border_revisions', { border: 'LT-BY', version, position: 1, label: 'Lithuania first' })
  connection.close()

  const bordersAt = async (version: number) => {
    const pages = []
    for (let after: number | null = null; pages.length < 5; ) {
      const [row] = await store.observations({ version }, { after, limit: 1 })
      pages.push(row?.border)
      after = row?.id ?? null
    }
    expect(pages).toEqual((await store.observations({ version })).map(({ border }) => border))
    return pages
  }
  expect(await bordersAt(1)).toEqual(['PL-BY', 'LV-BY', 'LT-BY', 'EU-BY', 'BY-EU'])
  expect(await bordersAt(2)).toEqual(['LT-BY', 'PL-BY', 'LV-BY', 'EU-BY', 'BY-EU'])
  await store.close()
})
