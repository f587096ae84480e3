import { expect, test } from 'vitest'
import { cacheDimensions } from '../../src/results/dimension-cache.ts'
import type { SeriesExtent } from '../../src/store/read/dimensions.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { border, DIMENSIONS, publication, records, statement } from '../support/store/sample-records.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const NOBODY = { author: null, reason: null }
const CROSSINGS = 'attempted_crossings'
const open = (url: string) => openStore({ url, now: () => '2026-06-01T12:00:00.000Z' })
const START = records({ sources: [publication({ id: 'a' })] })

/** What is said of the dimensions at a version, and of the names that can be asked for. */
async function said(store: Store, version: number) {
  return {
    borders: await store.borders(version),
    indicators: await store.indicators(version),
    crossings: await store.bordersWith(CROSSINGS, version),
    apprehensions: await store.bordersWith('apprehensions', version),
    origins: await store.origins(version),
    codes: await store.codes(version),
    extents: bySeries(await store.seriesExtents({ version })),
    published: bySeries(await store.seriesExtents({ version, published_until: '2024-06-30' })),
  }
}

function bySeries(extents: readonly SeriesExtent[]) {
  return new Map(extents.map((extent) => [`${extent.border} ${extent.indicator}`, extent]))
}

test('cached dimensions equal those of the store, also after another process has written', async () => {
  const path = `file:${scratchFolder()}/crossings.sqlite`
  const [store, other] = [await open(path), await open(path)]
  await store.addMissing(START)
  const kept = cacheDimensions(store)
  const [first] = DIMENSIONS.borders
  const writes: Parameters<Store['write']>[1][] = [
    (transaction) => transaction.addObservation(statement({})),
    (transaction) => transaction.putSource(publication({ id: 'b', origin: 'Pozirk' })),
    (transaction) => transaction.putBorder(border('FI', 'RU')),
    (transaction) =>
      transaction.addObservation(statement({ country: 'FI', neighbour: 'RU', indicator: 'apprehensions' })),
    async (transaction) => {
      if (first !== undefined) await transaction.putBorder({ ...first, label: 'Other' })
    },
  ]
  for (const [index, write] of writes.entries()) {
    await (index % 2 === 0 ? other : store).write(NOBODY, write)
    for (let version = index + 2; version > 0; version--)
      expect(await said(kept, version)).toEqual(await said(store, version))
  }
  await other.close()
  await store.close()
})

test('the dimensions of a version are read once', async () => {
  const store = await open('file::memory:')
  await store.addMissing(START)
  const kept = cacheDimensions(store)
  const [one, other] = [await said(kept, 1), await said(kept, 1)]
  for (const key of ['borders', 'indicators', 'crossings', 'apprehensions', 'codes'] as const)
    expect(other[key]).toBe(one[key])
  await store.close()
})

test('nothing is cached of a write that is rolled back, where the store has one connection', async () => {
  const store = await open('file::memory:')
  await store.addMissing(START)
  const kept = cacheDimensions(store)
  await store.write({ ...NOBODY, dryRun: true }, async (transaction) => {
    await transaction.putSource(publication({ id: 'b' }))
    expect((await said(kept, 2)).codes.source).toContain('b')
  })
  expect((await said(kept, 2)).codes.source).toEqual(['a'])
  await store.write(NOBODY, (transaction) => transaction.putSource(publication({ id: 'c' })))
  expect(await said(kept, 2)).toEqual(await said(store, 2))
  await store.close()
})

test('the extent of a series is looked up again only where a write changed it', async () => {
  const plain = await open(`file:${scratchFolder()}/crossings.sqlite`)
  const read: string[] = []
  const store: Store = {
    ...plain,
    seriesExtent(world, series, pause) {
      read.push(`${series.border} ${series.indicator}`)
      return plain.seriesExtent(world, series, pause)
    },
  }
  await store.addMissing(START)
  const kept = cacheDimensions(store)
  const add = (facts: Parameters<typeof statement>[0]) =>
    store.write(NOBODY, (transaction) => transaction.addObservation(statement(facts)))
  const readAt = async (version: number) => {
    read.length = 0
    await kept.seriesExtents({ version })
    return read.toSorted()
  }
  await add({ country: 'PL', source: 'a' })
  await add({ country: 'LV', source: 'a' })
  expect(await readAt(3)).toEqual([`LV-BY ${CROSSINGS}`, `PL-BY ${CROSSINGS}`])
  expect(await readAt(3)).toEqual([])
  await add({ country: 'LV', source: 'a', period_start: '2024-01-02' })
  expect(await readAt(4)).toEqual([`LV-BY ${CROSSINGS}`])
  expect(await readAt(3)).toEqual([])
  await store.close()
})
