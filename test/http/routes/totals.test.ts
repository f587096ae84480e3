import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ObservationWithStatus } from '../../../src/domain/observation.ts'
import type { GrandTotal, Total } from '../../../src/domain/totals.ts'
import { type Harness, type List, startApp } from '../../support/http/harness.ts'
import { addressOf } from '../../support/http/questions.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'

interface Totals {
  readonly data: Total[]
  readonly total: GrandTotal | null
  readonly observations?: ObservationWithStatus[]
  readonly meta: List<Total>['meta']
}

const UNDATED = {
  period_start: null,
  period_end: null,
  count: null,
  qualifier: 'unknown',
  min: 0,
  max: null,
  days: 0,
  days_reported: 0,
}

let api: Harness
const totals = (question: Record<string, string> = {}, from = api) =>
  from.json<Totals>(addressOf('/v1/totals', question))

beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

describe('the figures of the article of 15 November 2024', () => {
  const article = { from: '2024-01-01', to: '2024-11-15', source: 'pozirk-2024-11-15' }

  test('are 28,668 for Poland, 5,200 for Latvia and 914 for Lithuania, each at least, over 320 days', async () => {
    const { data } = await totals(article)
    expect(data).toEqual(
      [
        ['PL-BY', 28_668],
        ['LV-BY', 5_200],
        ['LT-BY', 914],
      ].map(([id, count]) => ({
        border: id,
        country: String(id).slice(0, 2),
        neighbour: 'BY',
        indicator: 'attempted_crossings',
        period_start: '2024-01-01',
        period_end: '2024-11-15',
        count,
        qualifier: 'at_least',
        min: count,
        max: null,
        days: 320,
        days_reported: 320,
        conflicts: 0,
      })),
    )
  })

  test('make 34,782 at least at the border of the EU', async () => {
    const { total } = await totals(article)
    expect(total).toEqual({
      border: 'EU-BY',
      country: 'EU',
      neighbour: 'BY',
      indicator: 'attempted_crossings',
      period_start: '2024-01-01',
      period_end: '2024-11-15',
      count: 34_782,
      qualifier: 'at_least',
      min: 34_782,
      max: null,
      days: 320,
      days_reported: 320,
      conflicts: 0,
    })
  })

  test('hold also when every other publication is heard', async () => {
    const { data, total } = await totals({ from: '2024-01-01', to: '2024-11-15' })
    expect(total?.min).toBeGreaterThanOrEqual(34_782)
    expect(data.map(({ min }) => min)).toEqual([
      expect.toSatisfy((min: number) => min >= 28_668),
      expect.toSatisfy((min: number) => min >= 5_200),
      expect.toSatisfy((min: number) => min >= 914),
    ])
  })
})

describe('what follows from several publications', () => {
  test('Latvia counted exactly 13,863 in 2023', async () => {
    const { data, total } = await totals({ period: '2023', country: 'LV' })
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({ border: 'LV-BY', count: 13_863, min: 13_863, max: 13_863 })
    expect(data[0]).toMatchObject({ qualifier: 'exact', days: 365, days_reported: 365 })
    expect(total).toEqual(data[0])
  })

  test('the EU counted at least 650 from 1 to 15 November 2024: 34,782 less 34,132', async () => {
    const { data, observations = [] } = await totals({
      from: '2024-11-01',
      to: '2024-11-15',
      country: 'EU',
      explain: 'true',
    })
    expect(data[0]).toMatchObject({ border: 'EU-BY', count: 650, qualifier: 'at_least', min: 650, max: null })
    const terms = (data[0]?.proof?.min.terms ?? []).map(({ observation, weight }) => {
      const row = observations.find(({ id }) => id === observation)
      return { weight, count: row?.count, qualifier: row?.qualifier, period_end: row?.period_end }
    })
    expect(terms.toSorted((a, b) => b.weight - a.weight)).toEqual([
      { weight: 1, count: 34_782, qualifier: 'at_least', period_end: '2024-11-15' },
      { weight: -1, count: 34_132, qualifier: 'exact', period_end: '2024-10-31' },
    ])
    expect(data[0]?.proof?.max).toBeNull()
  })
})

describe('days without reports', () => {
  test('keeps a month that nothing bounds unknown, not 0', async () => {
    const { data } = await totals({ period: '2021-02', country: 'LT' })
    expect(data[0]).toMatchObject({ qualifier: 'unknown', count: null, min: 0, max: null })
    expect(data[0]).toMatchObject({
      period_start: '2021-02-01',
      period_end: '2021-02-28',
      days: 28,
      days_reported: 0,
    })
  })

  test('keeps a day inside a longer figure a range, not a share of it', async () => {
    const { data } = await totals({ period: '2023-07-01', country: 'LV' })
    expect(data[0]).toMatchObject({ days: 1, days_reported: 1, min: 0 })
    expect(data[0]?.max).not.toBe(0)
  })

  test('keeps a reported 0 an exact 0', async () => {
    const own = await startApp({
      records: {
        indicators: [attemptedCrossings],
        borders: [border('PL-BY', 1)],
        sources: [publication({ id: 'guard' })],
        observations: [figure({ source: 'guard', count: 0 })],
      },
    })
    const { data } = await totals({ period: '2024-03' }, own)
    expect(data[0]).toMatchObject({ qualifier: 'exact', count: 0, min: 0, max: 0, days_reported: 31 })
    await own.close()
  })

  test('keeps the rows of borders that the filters leave nothing for, undated and unknown', async () => {
    const { data, total } = await totals({ source: 'pozirk-2024-11-15-claims' })
    expect(data.map((row) => row.border)).toEqual(['PL-BY', 'LV-BY', 'LT-BY'])
    for (const row of data) expect(row).toMatchObject({ ...UNDATED, conflicts: 0 })
    expect(total).toMatchObject({ border: 'EU-BY', ...UNDATED })
  })

  test('dates the rows that the filters leave nothing for where the window is given', async () => {
    const { data } = await totals({ source: 'pozirk-2024-11-15-claims', period: '2024-02' })
    for (const row of data) {
      expect(row).toMatchObject({
        ...UNDATED,
        period_start: '2024-02-01',
        period_end: '2024-02-29',
        days: 29,
      })
    }
  })

  test('says unknown of a window that begins after all that is known', async () => {
    const { data } = await totals({ from: '2100' })
    for (const row of data)
      expect(row).toMatchObject({ qualifier: 'unknown', min: 0, max: null, count: null })
  })

  test('answers no rows and no total where no border matches', async () => {
    for (const question of [{ country: 'BY' }, { neighbour: 'EU' }, { country: 'PL', neighbour: 'EU' }]) {
      expect(await totals(question)).toMatchObject({ data: [], total: null })
    }
  })

  test('answers no rows and no total of a version before the first', async () => {
    expect(await totals({ as_of: '0' })).toMatchObject({
      data: [],
      total: null,
      meta: { version: 0, as_of: 0 },
    })
  })
})

describe('the window', () => {
  const extent = async (query: string) => {
    const rows = await api.pages<ObservationWithStatus>(
      `/v1/observations?indicator=attempted_crossings&${query}`,
    )
    return {
      period_start: rows.map((row) => row.period_start).reduce((a, b) => (a < b ? a : b)),
      period_end: rows.map((row) => row.period_end).reduce((a, b) => (a > b ? a : b)),
    }
  }

  test('is by default the extent of all matching observations, the same in every row', async () => {
    const { data, total } = await totals()
    const whole = await extent('country=PL,LV,LT')
    for (const row of [...data, total]) expect(row).toMatchObject(whole)
  })

  test('of a group by default includes the observations of its members', async () => {
    const { data } = await totals({ country: 'EU' })
    expect(data[0]).toMatchObject(await extent('country=EU,PL,LV,LT'))
  })

  test('is by default the extent of what the evidence filters leave', async () => {
    for (const filter of [
      'origin=VSAT',
      'kind=analysis',
      'period_basis=inferred',
      'published_until=2023-06-30',
    ]) {
      const { data } = await api.json<Totals>(`/v1/totals?country=PL,LV,LT&${filter}`)
      const judged = await extent(`country=PL,LV,LT&${filter}`)
      for (const row of data) expect(row, filter).toMatchObject(judged)
    }
  })

  test('takes a missing end from the extent and the other one as it is given', async () => {
    const { period_start, period_end } = await extent('country=LV')
    const { data: open } = await totals({ country: 'LV', from: '2023-Q2' })
    expect(open[0]).toMatchObject({ period_start: '2023-04-01', period_end })
    const { data: begun } = await totals({ country: 'LV', to: '2023-W02' })
    expect(begun[0]).toMatchObject({ period_start, period_end: '2023-01-15' })
  })

  test('takes days, months, quarters, ISO weeks and years, the first day of from and the last of to', async () => {
    for (const [name, first, last] of [
      ['2024-11-15', '2024-11-15', '2024-11-15'],
      ['2024-02', '2024-02-01', '2024-02-29'],
      ['2024-Q4', '2024-10-01', '2024-12-31'],
      ['2020-W53', '2020-12-28', '2021-01-03'],
      ['2024-W01', '2024-01-01', '2024-01-07'],
      ['2023', '2023-01-01', '2023-12-31'],
    ] as const) {
      const expected = { period_start: first, period_end: last }
      expect((await totals({ period: name })).total, name).toMatchObject(expected)
      expect((await totals({ from: name, to: name })).total, name).toMatchObject(expected)
    }
  })

  test('holds up to the first and the last day of the calendar', async () => {
    const { data } = await totals({ from: '0001', to: '9999', country: 'LV' })
    expect(data[0]).toMatchObject({ period_start: '0001-01-01', period_end: '9999-12-31', days: 3_652_059 })
    expect(data[0]?.qualifier).toBe('at_least')
  })
})

describe('total', () => {
  const borderOf = async (question: Record<string, string>) => {
    const { total } = await totals(question)
    return total && [total.border, total.country, total.neighbour]
  }

  test('is the own figure of a group that the borders are exactly', async () => {
    const { total } = await totals({ country: 'LT,PL,LV', period: '2024' })
    const { data } = await totals({ country: 'EU', period: '2024' })
    expect(total).toEqual(data[0])
    expect(await borderOf({ country: 'EU' })).toEqual(['EU-BY', 'EU', 'BY'])
    expect(await borderOf({ country: 'EU,PL' })).toEqual(['EU-BY', 'EU', 'BY'])
    expect(await borderOf({ country: 'EU,PL,LV,LT' })).toEqual(['EU-BY', 'EU', 'BY'])
    expect(await borderOf({ neighbour: 'BY' })).toEqual(['EU-BY', 'EU', 'BY'])
  })

  test('is the own figure of a single border', async () => {
    const { data, total } = await totals({ country: 'PL', period: '2023-05' })
    expect(total).toEqual(data[0])
    expect(await borderOf({ indicator: 'migrant_deaths' })).toEqual(['BY-EU', 'BY', 'EU'])
  })

  test('is the plain sum of other borders, and names none', async () => {
    const { data, total } = await totals({ country: 'PL,LT', period: '2024-04' })
    expect(data.map((row) => row.border)).toEqual(['PL-BY', 'LT-BY'])
    expect(total).toMatchObject({ border: null, country: null, neighbour: null })
    expect(total?.min).toBe((data[0]?.min ?? 0) + (data[1]?.min ?? 0))
    expect(total?.max).toBe((data[0]?.max ?? Number.NaN) + (data[1]?.max ?? Number.NaN))
    expect(total?.conflicts).toBe((data[0]?.conflicts ?? 0) + (data[1]?.conflicts ?? 0))
  })

  test('has no upper bound where one of its borders has none', async () => {
    const { data, total } = await totals({ country: 'PL,LV', period: '2024-11' })
    expect(data.some((row) => row.max === null)).toBe(true)
    expect(total?.max).toBeNull()
  })

  test('never adds a group to its members', async () => {
    const { data, total } = await totals({ country: 'EU,PL', period: '2023' })
    expect(data.map((row) => row.border)).toEqual(['PL-BY', 'EU-BY'])
    expect({ ...total }).toEqual(data[1])
  })

  test('adds a group of some of the borders to the others', async () => {
    const own = await startApp({
      records: {
        indicators: [attemptedCrossings],
        borders: [
          border('PL-BY', 1),
          border('LV-BY', 2),
          border('LT-BY', 3),
          border('XB-BY', 4, ['LV-BY', 'LT-BY']),
        ],
        sources: [publication({ id: 'guard' })],
        observations: [
          figure({ source: 'guard', count: 10 }),
          figure({ source: 'guard', count: 5, country: 'LV', qualifier: 'at_least' }),
          figure({ source: 'guard', count: 1, country: 'LT', qualifier: 'at_least' }),
          figure({ source: 'guard', count: 9, country: 'XB' }),
        ],
      },
    })
    const of = async (country: string) => (await totals({ country }, own)).total
    expect(await of('XB')).toMatchObject({ border: 'XB-BY', min: 9, max: 9 })
    expect(await of('LV,LT')).toMatchObject({ border: 'XB-BY', min: 9, max: 9 })
    expect(await of('XB,LV')).toMatchObject({ border: 'XB-BY', min: 9, max: 9 })
    expect(await of('PL,XB')).toMatchObject({ border: null, min: 19, max: 19 })
    expect(await of('PL,XB,LT')).toMatchObject({ border: null, min: 19, max: 19 })
    expect(await of('PL,LV')).toMatchObject({ border: null, min: 15, max: 18 })
    await own.close()
  })

  test('of a group without figures of its own is the sum of its members', async () => {
    const { data } = await totals({ indicator: 'humanitarian_admissions', country: 'EU', period: '2022' })
    const { data: member } = await totals({ indicator: 'humanitarian_admissions', period: '2022' })
    expect(member.map((row) => row.border)).toEqual(['LV-BY'])
    expect(data[0]).toMatchObject({ border: 'EU-BY', min: member[0]?.min, max: null, days_reported: 0 })
  })
})
