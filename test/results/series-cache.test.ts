import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unqueuedTurn } from '../../src/concurrency/event-loop-yield.ts'
import { finish } from '../../src/domain/bounds/work.ts'
import type { Window } from '../../src/domain/calendar.ts'
import type { Filter } from '../../src/domain/filter.ts'
import { type Reconciliation, reconciliationOf } from '../../src/domain/joint/border-reconciliation.ts'
import type { SeriesReader } from '../../src/results/load-series.ts'
import { cacheSeries } from '../../src/results/series-cache.ts'
import { transactionSeries } from '../../src/results/transaction-series.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { days, windowsIn } from '../support/domain/random-observations.ts'
import { runs } from '../support/run-count.ts'
import { border, publication, records, statement } from '../support/store/sample-records.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const NOBODY = { author: null, reason: null }
const WINDOWS = windowsIn(days('2024-01-01', '2024-01-06'))
const BORDERS = ['PL-BY', 'LV-BY', 'LT-BY', 'EU-BY']
const INDICATORS = ['attempted_crossings', 'apprehensions']
const START = records({ sources: ['a', 'b', 'c'].map((id) => publication({ id })) })

function openOn(path: string): Promise<Store> {
  return openStore({ url: `file:${path}`, now: () => '2026-06-01T12:00:00.000Z' })
}

/** The store, with a count of how often the observations of a series were read. */
function counting(store: Store) {
  const counted = { store, reads: 0 }
  counted.store = {
    ...store,
    evidence(filter, after) {
      counted.reads++
      return store.evidence(filter, after)
    },
  }
  return counted
}

async function ask(
  store: Store,
  series: SeriesReader,
  id: string,
  indicator: string,
  evidence: Filter,
): Promise<Said> {
  const borders = await store.borders(evidence.version)
  const border = borders.find((each) => each.id === id)
  if (border === undefined) throw new RangeError(`no border ${id}`)
  const { joint, extents } = await series.read({ border, borders, indicator, evidence }, unqueuedTurn())
  return { reconciliation: reconciliationOf(joint, id), extent: extents.get(id) ?? null }
}

interface Said {
  readonly reconciliation: Reconciliation
  readonly extent: Window | null
}

function said({ reconciliation, extent }: Said) {
  const { ranges, covered, conflicts, statuses } = reconciliation
  return {
    extent,
    ranges: WINDOWS.map((window) => finish(ranges.range(window))),
    covered,
    conflicts: conflicts.toSorted((a, b) => a.start - b.start || a.end - b.end),
    statuses: [...statuses].sort(([a], [b]) => a - b),
  }
}

type Deed = (store: Store) => Promise<unknown>

const someDay = fc.integer({ min: 1, max: 6 })
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        source: fc.constantFrom('a', 'b', 'c'),
        border: fc.constantFrom(...BORDERS),
        indicator: fc.constantFrom(...INDICATORS),
        start: someDay,
        more: fc.nat(3),
        count: fc.nat(9),
        qualifier: fc.constantFrom('exact' as const, 'at_least' as const, 'at_most' as const),
      })
      .map(
        ({ border, start, more, ...figure }): Deed =>
          (store) =>
            store.write(NOBODY, (transaction) =>
              transaction.addObservation(
                statement({
                  ...figure,
                  country: border.slice(0, 2),
                  period_start: `2024-01-0${start}`,
                  period_end: `2024-01-0${Math.min(6, start + more)}`,
                }),
              ),
            ),
      ),
  },
  fc
    .record({ pick: fc.nat(), count: fc.nat(9), retraction: fc.constantFrom(null, null, 'wrong') })
    .map(({ pick, count, retraction }): Deed => {
      return async (store) => {
        const { version } = await store.currentVersion()
        const held = await store.observations({ version })
        const figure = held[pick % Math.max(1, held.length)]
        if (figure === undefined) return
        const { id, period_basis, qualifier, note } = figure
        await store.write(NOBODY, (transaction) =>
          transaction.reviseObservation(id, { period_basis, qualifier, note, count }, retraction),
        )
      }
    }),
  fc
    .record({
      id: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('official' as const, 'claim' as const),
      published_on: fc.constantFrom(null, '2024-01-03', '2024-01-09'),
    })
    .map((facts): Deed => {
      return (store) => store.write(NOBODY, (transaction) => transaction.putSource(publication(facts)))
    }),
  fc.subarray(BORDERS.slice(0, 3), { minLength: 2 }).map((members): Deed => {
    return async (store) => {
      const { version } = await store.currentVersion()
      const group = (await store.borders(version)).find(({ id }) => id === 'EU-BY')
      if (group !== undefined)
        await store.write(NOBODY, (transaction) => transaction.putBorder({ ...group, members }))
    }
  }),
)

const questions = fc.record({
  by: fc.nat(1),
  border: fc.constantFrom(...BORDERS),
  indicator: fc.constantFrom(...INDICATORS),
  /** How many versions ago. */
  past: fc.constantFrom(0, 0, 0, 1, 2, 5),
  evidence: fc.constantFrom<Omit<Filter, 'version'>>(
    {},
    {},
    { published_until: '2024-01-05' },
    { kind: ['official'] },
    { source: ['a'] },
    { source: ['a', 'b'] },
    { origin: ['Straż Graniczna'] },
    { period_basis: ['inferred'] },
  ),
})

const steps = fc.array(fc.tuple(fc.nat(1), deeds, fc.array(questions, { maxLength: 4 })), {
  minLength: 1,
  maxLength: 20,
})

describe('cached series', () => {
  test('say what the store says, whatever is written by two on one file, now and of the past', async () => {
    const folder = scratchFolder()
    let run = 0
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(3, 40, 1_000), async (steps, limit) => {
        const path = `${folder}/${run++}.sqlite`
        const stores = [await openOn(path), await openOn(path)] as const
        await stores[0].addMissing(START)
        const kept = stores.map((store) => cacheSeries(store, { limit }))
        for (const [by, deed, asked] of steps) {
          await deed(stores[by === 0 ? 0 : 1])
          for (const { by, border, indicator, past, evidence } of asked) {
            const store = stores[by === 0 ? 0 : 1]
            const version = Math.max(1, (await store.currentVersion()).version - past)
            const filter = { ...evidence, version }
            const series = kept[by]
            if (series === undefined) throw new RangeError('no such store')
            const fresh = await ask(store, transactionSeries(store), border, indicator, filter)
            expect(said(await ask(store, series, border, indicator, filter))).toEqual(said(fresh))
          }
        }
        for (const store of stores) await store.close()
      }),
      { numRuns: runs(40) },
    )
  })

  test('are read again only where a write changed a series of their component', async () => {
    const path = `${scratchFolder()}/crossings.sqlite`
    const other = await openOn(path)
    const counted = counting(await openOn(path))
    const { store } = counted
    await store.addMissing({ ...START, borders: [...START.borders, border('FI', 'RU')] })
    const series = cacheSeries(store)
    const readsFor = async (border: string, indicator = 'attempted_crossings', past = 0) => {
      const before = counted.reads
      const { version } = await store.currentVersion()
      await ask(store, series, border, indicator, { version: version - past })
      return counted.reads - before
    }
    const add = (by: Store, facts: Parameters<typeof statement>[0]) =>
      by.write(NOBODY, (transaction) => transaction.addObservation(statement(facts)))
    await add(store, { country: 'PL' })
    await add(store, { country: 'LV', source: 'b' })
    expect([await readsFor('EU-BY'), await readsFor('PL-BY'), await readsFor('LV-BY')]).toEqual([4, 0, 0])
    await add(other, { country: 'PL', period_start: '2024-01-02' })
    expect([await readsFor('LV-BY'), await readsFor('PL-BY', 'apprehensions')]).toEqual([4, 4])
    expect([await readsFor('EU-BY'), await readsFor('PL-BY')]).toEqual([0, 0])
    expect([await readsFor('EU-BY', undefined, 1), await readsFor('PL-BY', undefined, 1)]).toEqual([0, 0])
    await other.write(NOBODY, (transaction) => transaction.putSource(publication({ id: 'b', kind: 'claim' })))
    expect([await readsFor('PL-BY'), await readsFor('LV-BY'), await readsFor('EU-BY')]).toEqual([4, 0, 0])
    expect([await readsFor('FI-RU'), await readsFor('FI-RU')]).toEqual([1, 0])
    await add(other, { country: 'FI', neighbour: 'RU' })
    expect([await readsFor('PL-BY'), await readsFor('FI-RU')]).toEqual([0, 1])
    await other.close()
    await store.close()
  })

  test('are reconciled once for concurrent requests', async () => {
    const counted = counting(await openStore({ url: 'file::memory:', now: () => '2026-06-01T12:00:00.000Z' }))
    const { store } = counted
    await store.addMissing(START)
    const series = cacheSeries(store)
    const all = Array.from({ length: 9 }, () =>
      ask(store, series, 'EU-BY', 'attempted_crossings', { version: 1 }),
    )
    const results = await Promise.all(all)
    expect(new Set(results.map(({ reconciliation }) => reconciliation.statuses)).size).toBe(1)
    expect(counted.reads).toBe(4)
    await store.close()
  })

  test('that are too large are refused each time, and read once', async () => {
    const plain = await openStore({ url: 'file::memory:', now: () => '2026-06-01T12:00:00.000Z' })
    await plain.addMissing(START)
    await plain.write(NOBODY, (transaction) => transaction.addObservation(statement({})))
    const counted = counting({
      ...plain,
      async evidence(filter, after) {
        const { rows } = await plain.evidence(filter)
        return { rows: Array(10_001).fill(rows[0]), next: (after ?? 0) + 1 }
      },
    })
    const series = cacheSeries(counted.store)
    for (const _ of [1, 2, 3]) {
      await expect(
        ask(counted.store, series, 'PL-BY', 'attempted_crossings', { version: 2 }),
      ).rejects.toMatchObject({ parameter: 'country' })
    }
    expect(counted.reads).toBe(5)
    await plain.close()
  })

  test('keep nothing of a write that is rolled back, where the store has one connection', async () => {
    const store = await openStore({ url: 'file::memory:', now: () => '2026-06-01T12:00:00.000Z' })
    await store.addMissing(START)
    const series = cacheSeries(store)
    const most = async (version: number) =>
      finish(
        (await ask(store, series, 'PL-BY', 'attempted_crossings', { version })).reconciliation.ranges.range(
          days('2024-01-01', '2024-01-31'),
        ),
      ).max
    const seen = await store.write({ ...NOBODY, dryRun: true }, async (transaction) => {
      await transaction.addObservation(statement({ count: 7 }))
      return await most(2)
    })
    expect(seen).toBe(7)
    await store.write(NOBODY, (transaction) => transaction.addObservation(statement({ count: 8 })))
    expect(await most(2)).toBe(8)
    await store.close()
  })
})
