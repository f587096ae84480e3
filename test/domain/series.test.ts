import { beforeEach, describe, expect, test } from 'vitest'
import { type ReconciledIndicator, reconciledIndicator } from '../../src/domain/border-groups.ts'
import type { Window } from '../../src/domain/calendar.ts'
import type { Reconciliation } from '../../src/domain/joint/border-reconciliation.ts'
import { periodOf, periodsIn } from '../../src/domain/period.ts'
import {
  periodFigure,
  placeSchema,
  type SeriesQuestion,
  series,
  seriesRowSchema,
} from '../../src/domain/series.ts'
import { days, observe } from '../support/domain/random-observations.ts'
import { reconciledAlone, reconciledSeries } from '../support/domain/reconciled-series.ts'
import { border } from '../support/store/sample-records.ts'

const BORDERS = [border('PL', 'BY'), border('LV', 'BY')]

/** One crossing a day on each border, from 30 December 2023 to 2 March 2024. */
let oneADay: Reconciliation
let reconciled: ReconciledIndicator
beforeEach(() => {
  const dates = [...periodsIn(days('2023-12-30', '2024-03-02'), 'day')].map(({ label }) => label)
  const observations = dates.map((date, index) =>
    observe({ id: index + 1, period_start: date, period_end: date, count: 1 }),
  )
  oneADay = reconciledSeries(observations)
  reconciled = reconciledIndicator(BORDERS, (id) => reconciledAlone(observations, id))
})

const rows = (window: Window | null, facts: Partial<SeriesQuestion> = {}) => [
  ...series(reconciled, {
    indicator: 'attempted_crossings',
    borders: BORDERS,
    window,
    interval: 'month',
    cumulative: false,
    explain: false,
    after: null,
    ...facts,
  }),
]

/** What tells rows apart, a line each. */
const linesOf = (...args: Parameters<typeof rows>) =>
  rows(...args).map(
    ({ border, period, period_start, period_end, partial, min }) =>
      `${border} ${period}: ${period_start}–${period_end}${partial ? ', partial' : ''}, ${min}`,
  )

describe('a series', () => {
  test('has a row for each period that meets the window and each border, clipped to the window', () => {
    expect(linesOf(days('2023-12-31', '2024-02-29'))).toEqual([
      'PL-BY 2023-12: 2023-12-31–2023-12-31, partial, 1',
      'LV-BY 2023-12: 2023-12-31–2023-12-31, partial, 1',
      'PL-BY 2024-01: 2024-01-01–2024-01-31, 31',
      'LV-BY 2024-01: 2024-01-01–2024-01-31, 31',
      'PL-BY 2024-02: 2024-02-01–2024-02-29, 29',
      'LV-BY 2024-02: 2024-02-01–2024-02-29, 29',
    ])
    expect(linesOf(days('2024-01-01', '2024-01-30'), { borders: BORDERS.slice(1) })).toEqual([
      'LV-BY 2024-01: 2024-01-01–2024-01-30, partial, 30',
    ])
  })

  test('counts from 1 January where it is cumulative, or from the window’s start if that is later', () => {
    const question = { cumulative: true, borders: BORDERS.slice(0, 1) }
    expect(linesOf(days('2023-12-30', '2024-02-10'), question)).toEqual([
      'PL-BY 2023-12: 2023-12-30–2023-12-31, partial, 2',
      'PL-BY 2024-01: 2024-01-01–2024-01-31, 31',
      'PL-BY 2024-02: 2024-01-01–2024-02-10, partial, 41',
    ])
    expect(linesOf(days('2024-01-10', '2024-02-29'), question)).toEqual([
      'PL-BY 2024-01: 2024-01-10–2024-01-31, partial, 22',
      'PL-BY 2024-02: 2024-01-10–2024-02-29, 51',
    ])
  })

  test('goes on behind any row as it would have from the first', () => {
    const window = days('2024-01-10', '2024-02-29')
    for (const interval of ['day', 'week', 'month', 'year'] as const) {
      const all = rows(window, { interval })
      for (const [index, { period, border }] of all.entries()) {
        const rest = rows(window, { interval, after: { period, border } })
        expect(rest).toEqual(all.slice(index + 1))
      }
    }
  })

  test('has no row without a window', () => {
    expect(rows(null)).toEqual([])
  })

  test('is made as it is read', () => {
    const { value } = series(reconciled, {
      indicator: 'x',
      borders: BORDERS,
      window: days('0001-01-01', '9999-12-31'),
      interval: 'day',
      cumulative: false,
      explain: false,
      after: null,
    }).next()
    expect(value).toMatchObject({
      period: '0001-01-01',
      border: 'PL-BY',
      indicator: 'x',
      qualifier: 'unknown',
    })
  })

  test('has rows that are rows of a series, with a proof where it is asked for', () => {
    const [plain, explained] = [false, true].map((explain) =>
      rows(days('2024-01-01'), { interval: 'day', explain }),
    )
    expect(plain?.[0]).toEqual({
      border: 'PL-BY',
      country: 'PL',
      neighbour: 'BY',
      indicator: 'attempted_crossings',
      period: '2024-01-01',
      period_start: '2024-01-01',
      period_end: '2024-01-01',
      partial: false,
      count: 1,
      qualifier: 'exact',
      min: 1,
      max: 1,
      days: 1,
      days_reported: 1,
      conflicts: 0,
    })
    const proof = { divisor: 1, terms: [{ observation: 3, weight: 1 }] }
    expect(explained).toEqual(plain?.map((row) => ({ ...row, proof: { min: proof, max: proof } })))
    expect(seriesRowSchema.array().parse(explained)).toEqual(explained)
  })
})

describe('a period in a window', () => {
  test.for([
    ['2024-01-01', '2024-01-31', false],
    ['2023-01-01', '2025-01-31', false],
    ['2024-01-02', '2024-01-31', true],
    ['2024-01-01', '2024-01-30', true],
  ] as const)('from %s to %s of which January is partial: %s', ([start, end, partial]) => {
    const question = { window: days(start, end), cumulative: false, explain: false }
    expect(periodFigure(oneADay, periodOf(days('2024-01-10').start, 'month'), question).partial).toBe(partial)
  })
})

test('a place is a period and a border, and nothing else', () => {
  const place = { period: '2024-11', border: 'PL-BY' }
  expect(placeSchema.parse(place)).toEqual(place)
  for (const facts of [{ border: 'PL' }, { period: 11 }, { id: 1 }]) {
    expect(placeSchema.safeParse({ ...place, ...facts }).success).toBe(false)
  }
})
