import { expect, test } from 'vitest'
import type { Statement } from '../../../src/domain/observation.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import type { Transaction } from '../../../src/store/write/transaction.ts'
import { publication, records, statement } from '../../support/store/sample-records.ts'

const CROSSINGS = 'attempted_crossings'
const NOBODY = { author: null, reason: null }
const STATE = { period_basis: 'stated', qualifier: 'exact', note: null } as const

/** Seven versions: three sources, figures of three series, and changes of one figure, two sources and a border. */
async function written(): Promise<Store> {
  const store = await openStore({ url: 'file::memory:', now: () => '2026-06-01T12:00:00.000Z' })
  await store.addMissing(records({ sources: ['a', 'b', 'c'].map((id) => publication({ id })) }))
  const write = (work: (transaction: Transaction) => Promise<unknown>) => store.write(NOBODY, work)
  const add = (facts: Partial<Statement>) => write((each) => each.addObservation(statement(facts)))
  await add({ country: 'PL', source: 'a' })
  await write(async (transaction) => {
    await transaction.addObservation(statement({ country: 'LV', source: 'b' }))
    await transaction.addObservation(statement({ country: 'PL', source: 'b', indicator: 'apprehensions' }))
  })
  await write((transaction) => transaction.reviseObservation(1, { ...STATE, count: 2 }))
  await write((transaction) => transaction.putSource(publication({ id: 'b', kind: 'claim' })))
  await write((transaction) => transaction.putSource(publication({ id: 'c', kind: 'claim' })))
  const [first] = await store.borders(6)
  if (first !== undefined) await write((transaction) => transaction.putBorder({ ...first, label: 'Other' }))
  return store
}

test('a series changes with its figures and with the sources that state them, and with nothing else', async () => {
  const store = await written()
  const versions = (border: string, indicator = CROSSINGS, until = 9) =>
    store.versionsOfSeries(border, indicator, until)
  expect(await versions('PL-BY')).toEqual([1, 2, 4])
  expect(await versions('PL-BY', CROSSINGS, 3)).toEqual([1, 2])
  expect(await versions('LV-BY')).toEqual([1, 3, 5])
  expect(await versions('LV-BY', CROSSINGS, 4)).toEqual([1, 3])
  expect(await versions('PL-BY', 'apprehensions')).toEqual([1, 3, 5])
  expect(await versions('LT-BY')).toEqual([])
  await store.close()
})

test('the changes after a version are those of each series, in the order of versions', async () => {
  const store = await written()
  const changes = await store.seriesChanges(2, 9)
  expect(changes.map(({ version }) => version)).toEqual([3, 3, 4, 5, 5])
  expect(changes.map(({ border, indicator, version }) => `${version} ${border} ${indicator}`).sort()).toEqual(
    [
      '3 LV-BY attempted_crossings',
      '3 PL-BY apprehensions',
      '4 PL-BY attempted_crossings',
      '5 LV-BY attempted_crossings',
      '5 PL-BY apprehensions',
    ],
  )
  expect(await store.seriesChanges(3, 4)).toEqual([{ border: 'PL-BY', indicator: CROSSINGS, version: 4 }])
  expect(await store.seriesChanges(5, 9)).toEqual([])
  await store.close()
})

test('the evidence of a filter is what its observations say', async () => {
  const store = await written()
  const filter = { version: 7, border: ['PL-BY'], indicator: [CROSSINGS] }
  const [observation] = await store.observations(filter)
  const { rows, next } = await store.evidence(filter)
  expect([rows.length, next]).toEqual([1, null])
  expect(observation).toMatchObject(rows[0] ?? {})
  expect(rows[0]).toMatchObject({ id: 1, count: 2, source: 'a', kind: 'official' })
  expect((await store.evidence({ version: 7, kind: ['claim'] })).rows).toHaveLength(2)
  expect((await store.evidence({ version: 4, kind: ['claim'] })).rows).toEqual([])
  await store.close()
})
