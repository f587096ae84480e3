import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { openStore } from '../../src/store/store.ts'
import { type History, insert, makeHistory, meant, startVersion, timeOf } from './history.ts'
import { randomFilters } from './random-filters.ts'
import { DIMENSIONS, publication, records, statement } from './sample-records.ts'
import { folderForAll, scratchFolder } from './scratch.ts'

describe('observations', () => {
  const folder = folderForAll()
  let history: History
  beforeAll(async () => {
    history = await makeHistory(folder)
  })
  afterAll(() => history.close())

  test('of version 0 are none', async () => {
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
      { numRuns: 400 },
    )
    expect(found).toBeGreaterThan(100)
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

  test('page by page are the same as all at once, whatever the page', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomFilters(history.newest),
        fc.integer({ min: 1, max: 40 }),
        async (filter, limit) => {
          const rows = []
          for (let after: number | null = null; ; ) {
            const page = await history.store.observations(filter, { after, limit })
            rows.push(...page)
            expect(page.length).toBeLessThanOrEqual(limit)
            if (page.length < limit || rows.length > 1_000) break
            after = page.at(-1)?.id ?? null
          }
          expect(rows).toEqual(await history.store.observations(filter))
        },
      ),
      { numRuns: 150 },
    )
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

  test('are none behind an id that nothing has', async () => {
    expect(await history.store.observations({ version: 4 }, { after: 99_999, limit: 10 })).toEqual([])
  })
})

test('observations follow the positions that their borders had at the version asked for', async () => {
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
