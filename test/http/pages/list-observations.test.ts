import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unqueuedTurn } from '../../../src/concurrency/event-loop-yield.ts'
import { formatDay } from '../../../src/domain/calendar.ts'
import type { ObservationWithStatus } from '../../../src/domain/observation.ts'
import { listObservations } from '../../../src/http/pages/list-observations.ts'
import { cacheSeries } from '../../../src/results/series-cache.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { ROWS_PER_PAGE, type Sort } from '../../../src/web/page/page-model.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'

const COUNT = 1_234
const FIRST_DAY = 15_000

let store: Store
beforeAll(async () => {
  store = await openStore({ url: 'file::memory:', now: () => '2026-06-01T12:00:00.000Z' })
  const ids = ['a', 'b', 'c']
  await store.addMissing({
    indicators: [attemptedCrossings],
    borders: [border('PL-BY', 1), border('LV-BY', 2)],
    sources: ids.map((id) => publication({ id, publisher: `Publisher ${id}` })),
    observations: Array.from({ length: COUNT }, (_, index) => {
      const day = formatDay(FIRST_DAY + (index % 500))
      const facts = { source: ids[Math.floor(index / 500)] ?? 'a', count: (index * 37) % 101 }
      return figure({ ...facts, period_start: day, period_end: day })
    }),
    events: [],
  })
})
afterAll(() => store.close())

const listedBy = async (by: Sort, offset: number, reader: Store = store) => {
  const { version } = await store.currentVersion()
  const filter = { version, indicator: ['attempted_crossings'] }
  const sources = { store: reader, series: cacheSeries(store), turn: unqueuedTurn() }
  return await listObservations(sources, filter, { status: null, sort: { by, isDescending: true }, offset })
}

const keyOf = (row: ObservationWithStatus, by: Sort) =>
  by === 'period' ? row.period_start + row.period_end : (row[by] ?? '')

describe('the figures that a page lists', () => {
  test.for(['period', 'count', 'publisher'] as const)('hold each of many once, sorted by %s', async (by) => {
    const rows: ObservationWithStatus[] = []
    for (let offset = 0; offset < COUNT; offset += ROWS_PER_PAGE) {
      const listed = await listedBy(by, offset)
      expect(listed.count).toBe(COUNT)
      rows.push(...listed.rows)
    }
    expect(new Set(rows.map(({ id }) => id)).size).toBe(COUNT)
    for (const [index, row] of rows.slice(1).entries()) {
      const before = rows[index]
      expect(before && keyOf(before, by) >= keyOf(row, by), `${by} ${index}`).toBe(true)
    }
  })

  test('are read at most 1,000 at once, so that no read blocks the event loop for long', async () => {
    const limits: number[] = []
    const reader: Store = {
      ...store,
      observations(filter, page) {
        limits.push(page?.limit ?? Number.POSITIVE_INFINITY)
        return store.observations(filter, page)
      },
    }
    await listedBy('count', 0, reader)
    expect(limits.length).toBeGreaterThan(1)
    expect(Math.max(...limits)).toBeLessThanOrEqual(1_000)
  })
})
