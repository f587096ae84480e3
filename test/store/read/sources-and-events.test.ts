import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Filter } from '../../../src/domain/filter.ts'
import { type History, isPublishedBy, makeHistory } from '../../support/store/history.ts'
import { randomFilters } from '../../support/store/random-filters.ts'
import { folderForAll } from '../../support/store/scratch.ts'

const folder = folderForAll()
let history: History
beforeAll(async () => {
  history = await makeHistory(folder)
})
afterAll(() => history.close())

/** All rows of a list, read a page at a time. */
async function readPages<Row extends { readonly id: string }>(
  limit: number,
  read: (page: { after: string | null; limit: number }) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = []
  for (let after: string | null = null; ; ) {
    const page = await read({ after, limit })
    rows.push(...page)
    if (page.length < limit || rows.length > 1_000) return rows
    after = page.at(-1)?.id ?? null
  }
}

describe('sources', () => {
  const meant = ({ version, source, origin, publisher, kind, published_until }: Filter) =>
    history
      .sources(version)
      .filter(
        (row) =>
          (source?.includes(row.id) ?? true) &&
          (origin?.includes(row.origin) ?? true) &&
          (publisher?.includes(row.publisher) ?? true) &&
          (kind?.includes(row.kind) ?? true) &&
          isPublishedBy(row, published_until),
      )

  test('are as every version left them, in the order of their ids', async () => {
    for (let version = 0; version <= history.newest; version++) {
      expect(await history.store.sources({ version })).toEqual(history.sources(version))
    }
    expect(history.sources(0)).toEqual([])
    expect(history.sources(1).map(({ id }) => id)).toEqual(['a', 'a-b', 'a0', 'a_b', 'b', 'c', 'd'])
    expect(history.sources(3).length).toBeLessThan(7)
  })

  test('that a filter means are those that plain code finds among all, at once and page by page', async () => {
    const limit = fc.integer({ min: 1, max: 9 })
    await fc.assert(
      fc.asyncProperty(randomFilters(history.newest), limit, async (filter, limit) => {
        const rows = await history.store.sources(filter)
        expect(rows).toEqual(meant(filter))
        expect(await readPages(limit, (page) => history.store.sources(filter, page))).toEqual(rows)
      }),
      { numRuns: 200 },
    )
  })
})

describe('events', () => {
  const meant = ({ version, source, from, to }: Filter) =>
    history
      .events(version)
      .filter(
        (row) =>
          (source?.includes(row.source) ?? true) &&
          (from === undefined || row.period_end >= from) &&
          (to === undefined || row.period_start <= to),
      )

  test('are as every version left them, in the order of their days', async () => {
    for (let version = 0; version <= history.newest; version++) {
      expect(await history.store.events({ version })).toEqual(history.events(version))
    }
    expect(history.events(0)).toEqual([])
    expect(history.events(1)).toHaveLength(3)
    const states = [1, 2, 3, 4, 5, 6, 7].map((version) => JSON.stringify(history.events(version)))
    expect(new Set(states).size).toBeGreaterThan(4)
  })

  test('that a filter means are those that plain code finds among all, at once and page by page', async () => {
    const limit = fc.integer({ min: 1, max: 6 })
    await fc.assert(
      fc.asyncProperty(randomFilters(history.newest), limit, async (filter, limit) => {
        const rows = await history.store.events(filter)
        expect(rows).toEqual(meant(filter))
        expect(await readPages(limit, (page) => history.store.events(filter, page))).toEqual(rows)
      }),
      { numRuns: 200 },
    )
  })
})
