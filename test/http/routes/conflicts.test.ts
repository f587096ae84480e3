import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toDay } from '../../../src/domain/calendar.ts'
import type { Conflict } from '../../../src/domain/conflict.ts'
import { type ObservationWithStatus, rangeOf } from '../../../src/domain/observation.ts'
import type { Total } from '../../../src/domain/totals.ts'
import { faultsIn } from '../../support/domain/proof-check.ts'
import { type Harness, type List, startApp } from '../../support/http/harness.ts'
import { MEMBERS } from '../../support/http/proofs.ts'
import { addressOf, type Question } from '../../support/http/questions.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'

interface Conflicts extends List<Conflict> {
  readonly observations: ObservationWithStatus[]
}

let api: Harness
let all: Conflicts
const conflicts = (question: Question = {}) =>
  api.json<Conflicts>(addressOf('/v1/conflicts', question, { limit: '10000' }))

beforeAll(async () => {
  api = await startApp()
  all = await conflicts()
})
afterAll(async () => {
  await api.close()
})

test('Pozirk’s Latvian 4,593 and Lithuanian 1,267 to 7 July 2024 contradict the border guards', async () => {
  const { data } = await conflicts({ source: 'pozirk-2024-07-09' })
  expect(data).toHaveLength(2)
  expect(data[0]).toMatchObject({ border: 'LV-BY', count: 4_593, period_end: '2024-07-07' })
  expect(data[1]).toMatchObject({ border: 'LT-BY', count: 1_267, period_end: '2024-07-07' })
  for (const row of data) {
    expect(row).toMatchObject({
      period_start: '2024-01-01',
      status: 'conflicting',
      difference: expect.any(Number),
    })
    expect(row.difference).toBe(row.count - Number(row.accepted_max))
    expect(row.difference).toBeGreaterThan(0)
    expect(row.proof.terms.length).toBeGreaterThan(0)
  }
})

test('Lrytas’ Lithuanian 2,643 to 17 October 2025 contradicts them too', async () => {
  const { data } = await conflicts({ source: 'lrytas-2025-10-18' })
  expect(data).toHaveLength(1)
  expect(data[0]).toMatchObject({
    border: 'LT-BY',
    count: 2_643,
    period_start: '2025-01-01',
    period_end: '2025-10-17',
    status: 'conflicting',
  })
  expect(data[0]?.difference).toBeGreaterThan(0)
  expect(data[0]?.proof.terms.length).toBeGreaterThan(0)
})

test('exactly six figures for the EU contradict others', async () => {
  const { data } = await conflicts({ country: 'EU' })
  expect(data).toHaveLength(6)
  expect(new Set(data.map(({ border: id }) => id))).toEqual(new Set(['EU-BY']))
})

test('the list is that of the conflicting observations, in their order, each with its fields first', async () => {
  const observations = await api.pages<ObservationWithStatus>('/v1/observations?status=conflicting')
  expect(all.data.map(({ accepted_min, accepted_max, difference, proof, ...row }) => row)).toEqual(
    observations,
  )
  const added = ['accepted_min', 'accepted_max', 'difference', 'proof']
  for (const row of all.data) {
    expect(Object.keys(row)).toEqual([...Object.keys(observations[0] ?? {}), ...added])
  }
})

describe('the accepted range', () => {
  test('is the figure that totals give for the same border and period', async () => {
    for (const row of all.data) {
      const { country, neighbour, indicator, period_start: from, period_end: to } = row
      const address = addressOf('/v1/totals', { country, neighbour, indicator, from, to })
      const { data } = await api.json<List<Total>>(address)
      expect(data[0]).toMatchObject({ min: row.accepted_min, max: row.accepted_max })
    }
  })

  test('never meets the range of the observation, and difference is how far they are apart', () => {
    for (const row of all.data) {
      const stated = rangeOf(row)
      const max = row.accepted_max ?? Number.POSITIVE_INFINITY
      expect(stated).not.toBeNull()
      if (stated === null) continue
      const isAbove = stated.min > max
      expect(isAbove || stated.max < row.accepted_min).toBe(true)
      expect(row.difference).toBe(isAbove ? stated.min - max : stated.max - row.accepted_min)
      expect(Math.sign(row.difference)).toBe(isAbove ? 1 : -1)
    }
  })

  test('counts from the first possible value of figures with more than or at most', async () => {
    const own = await startApp({
      records: {
        indicators: [attemptedCrossings],
        borders: [border('PL-BY', 1)],
        sources: [publication({ id: 'guard' }), publication({ id: 'paper', kind: 'analysis' })],
        observations: [
          figure({ source: 'guard', count: 10 }),
          figure({ source: 'guard', count: 4, period_start: '2024-07-01', qualifier: 'at_least' }),
          figure({ source: 'paper', count: 10, qualifier: 'more_than' }),
          figure({ source: 'paper', count: 3, period_start: '2024-06-01', qualifier: 'at_most' }),
          figure({ source: 'paper', count: 7, period_end: '2024-06-30', qualifier: 'at_least' }),
          figure({ source: 'paper', count: 99, period_start: '2024-05-01', qualifier: 'about' }),
        ],
      },
    })
    const { data } = await own.json<Conflicts>('/v1/conflicts')
    expect(data.map((row) => [row.qualifier, row.accepted_min, row.accepted_max, row.difference])).toEqual([
      ['at_least', 0, 6, 1],
      ['more_than', 10, 10, 1],
      ['at_most', 4, 10, -1],
    ])
    await own.close()
  })
})

test('the proof adds up to the nearest end of the accepted range, and covers the period', () => {
  for (const row of all.data) {
    const window = { start: toDay(row.period_start), end: toDay(row.period_end) }
    const days = all.observations.flatMap((each) => [toDay(each.period_start), toDay(each.period_end)])
    const grounds = {
      observations: all.observations,
      statuses: new Map(all.observations.map(({ id, status }) => [id, status])),
      borders: MEMBERS[row.border] ?? [row.border],
      groups: MEMBERS,
      horizon: { start: Math.min(...days, window.start), end: Math.max(...days, window.end) },
    }
    const isAbove = row.difference > 0
    const proof = isAbove ? { min: { divisor: 1, terms: [] }, max: row.proof } : { min: row.proof, max: null }
    const range = isAbove
      ? { min: 0, max: Number(row.accepted_max) }
      : { min: row.accepted_min, max: Number.POSITIVE_INFINITY }
    expect(faultsIn(proof, range, window, grounds), `observation ${row.id}`).toEqual([])
  }
})

describe('the answer lists the observations that proofs name', () => {
  const namedBy = ({ data }: Conflicts) =>
    [...new Set(data.flatMap(({ proof }) => proof.terms.map((term) => term.observation)))].toSorted(
      (a, b) => a - b,
    )
  const listed = ({ observations }: Conflicts) => observations.map(({ id }) => id).toSorted((a, b) => a - b)

  test('all of them and no others, each once and accepted', () => {
    expect(listed(all)).toEqual(namedBy(all))
    expect(new Set(all.observations.map(({ status }) => status))).toEqual(new Set(['accepted']))
  })

  test('on each page those of that page', async () => {
    let next: string | null = null
    const rows: Conflict[] = []
    do {
      const cursor: Question = next === null ? {} : { cursor: next }
      const page: Conflicts = await api.json(addressOf('/v1/conflicts', { limit: '4' }, cursor))
      expect(listed(page)).toEqual(namedBy(page))
      rows.push(...page.data)
      next = page.meta.next
    } while (next !== null)
    expect(rows).toEqual(all.data)
  })
})

describe('filters', () => {
  test('only choose rows: conflicts are found against all observations of the vintage', async () => {
    for (const [name, of] of [
      ['country', (row: Conflict) => row.country],
      ['origin', (row: Conflict) => row.origin],
      ['source', (row: Conflict) => row.source],
      ['kind', (row: Conflict) => row.kind],
      ['period_basis', (row: Conflict) => row.period_basis],
      ['qualifier', (row: Conflict) => row.qualifier],
      ['indicator', (row: Conflict) => row.indicator],
    ] as const) {
      for (const value of new Set(all.data.map(of))) {
        const { data } = await conflicts({ [name]: value })
        expect(data, `${name}=${value}`).toEqual(all.data.filter((row) => of(row) === value))
      }
    }
  })

  test('from and to leave those that overlap the window', async () => {
    const { data } = await conflicts({ from: '2024-12-31', to: '2025-01-01' })
    const met = all.data.filter((row) => row.period_end >= '2024-12-31' && row.period_start <= '2025-01-01')
    expect(data).toEqual(met)
    expect(met.length).toBeLessThan(all.data.length)
  })

  test('published_until and as_of choose the world in which figures contradict each other', async () => {
    const { data } = await conflicts({ published_until: '2024-07-09', country: 'LV,LT' })
    expect(data.map(({ id }) => id)).not.toContain(
      all.data.find(({ source, country }) => source === 'pozirk-2024-07-09' && country === 'LV')?.id,
    )
    expect((await conflicts({ as_of: '0' })).data).toEqual([])
  })

  test('an indicator without contradictions has an empty list', async () => {
    expect(await conflicts({ indicator: 'apprehensions' })).toMatchObject({ data: [], observations: [] })
  })
})

test('CSV holds the same rows, save for the proofs', async () => {
  const csv = await api.csv('/v1/conflicts')
  const [first] = all.data
  const { proof: _proof, ...row } = first ?? { proof: [] }
  expect(csv.split('\r\n')[0]).toBe(Object.keys(row).join(','))
})
