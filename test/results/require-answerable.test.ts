import { describe, expect, onTestFinished, test } from 'vitest'
import { readSeeds } from '../../src/cli/seeds.ts'
import { unqueuedTurn } from '../../src/concurrency/event-loop-yield.ts'
import { formatDay, toDay } from '../../src/domain/calendar.ts'
import type { Statement } from '../../src/domain/observation.ts'
import { requireAnswerable, Unanswerable } from '../../src/results/require-answerable.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import type { Transaction } from '../../src/store/write/transaction.ts'

const { borders, ...rest } = readSeeds()
const apart = borders.slice(0, 1).map((border) => ({ ...border, id: 'UA-BY', country: 'UA', members: [] }))
const seeds = { ...rest, borders: [...borders, ...apart], observations: [] }
const NOBODY = { author: null, reason: null }

/** Exact figures, each of another day or source. */
function daily(country: string, count: number): Statement[] {
  const sources = seeds.sources.slice(0, 20).map(({ id }) => id)
  return Array.from({ length: count }, (_, index) => {
    const day = formatDay(toDay('2000-01-01') + Math.floor(index / sources.length))
    return {
      ...{ source: sources[index % sources.length] ?? '', country, neighbour: 'BY' },
      ...{ indicator: 'attempted_crossings', period_start: day, period_end: day, period_basis: 'stated' },
      ...{ count: 1, qualifier: 'at_least', note: null },
    }
  })
}

async function storeWith(observations: readonly Statement[]): Promise<Store> {
  const store = await openStore({ url: 'file::memory:', now: () => '2026-06-01T12:00:00.000Z' })
  onTestFinished(() => store.close())
  await store.addMissing({ ...seeds, observations })
  return store
}

async function writing(store: Store, work: (transaction: Transaction) => Promise<unknown>): Promise<void> {
  await store.write(NOBODY, async (transaction) => {
    const { version: before } = await transaction.currentVersion()
    await work(transaction)
    await requireAnswerable({ transaction, before, turn: unqueuedTurn() })
  })
}

describe('a write', () => {
  test('is refused with the figure beyond the limit of its component, by name and with a remedy', async () => {
    const store = await storeWith([...daily('PL', 30_000), ...daily('LV', 19_999)])
    const [first, second] = daily('LT', 2)
    if (first === undefined || second === undefined) throw new Error('no figures')
    const { version } = await store.currentVersion()
    const error = await writing(store, async (transaction) => {
      await transaction.addObservation(first)
      await transaction.addObservation(second)
    }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Unanswerable)
    expect(error).toMatchObject({
      message: 'Readers would be refused every answer about LT-BY.',
      detail: expect.stringMatching(
        /^LT-BY and its connected borders \(PL-BY, LV-BY, EU-BY\) would have more than 50,000 figures together, in attempted_crossings; .*retract/,
      ),
    })
    expect(await store.currentVersion()).toMatchObject({ version })
    await writing(store, (transaction) => transaction.addObservation(first).then(() => undefined))
  })

  test('is refused where it joins borders that are too large together', async () => {
    const store = await storeWith([...daily('UA', 30_000), ...daily('PL', 30_000)])
    const { version } = await store.currentVersion()
    const group = (await store.borders(version)).find(({ id }) => id === 'EU-BY')
    if (group === undefined) throw new Error('no group')
    await expect(
      writing(store, (transaction) =>
        transaction.putBorder({ ...group, members: [...group.members, 'UA-BY'] }),
      ),
    ).rejects.toThrow(Unanswerable)
  })
})
