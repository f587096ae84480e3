import { describe, expect, test } from 'vitest'
import type { Border } from '../../src/domain/border.ts'
import { reconciledIndicator } from '../../src/domain/border-groups.ts'
import { grandTotalSchema, type TotalsQuestion, totalSchema, totals } from '../../src/domain/totals.ts'
import { days, observe } from '../support/domain/random-observations.ts'
import { reconciledAlone } from '../support/domain/reconciled-series.ts'
import { border } from '../support/store/sample-records.ts'

const PL_BY = border('PL', 'BY')
const LV_BY = border('LV', 'BY')
const BORDERS = [PL_BY, LV_BY, border('BY', 'EU')]
const reconciled = reconciledIndicator(BORDERS, (id) =>
  reconciledAlone(
    [
      observe({
        id: 1 + BORDERS.findIndex((each) => each.id === id),
        border: id,
        count: 5,
        qualifier: 'at_least',
      }),
    ],
    id,
  ),
)

const ask = (borders: readonly Border[], facts: Partial<TotalsQuestion> = {}) =>
  totals(reconciled, {
    indicator: 'apprehensions',
    borders,
    window: days('2024-01-01', '2024-12-31'),
    explain: false,
    ...facts,
  })

const YEAR = { period_start: '2024-01-01', period_end: '2024-12-31', days: 366, days_reported: 366 }
const AT_LEAST_5 = { count: 5, qualifier: 'at_least', min: 5, max: null, conflicts: 0 }
const PL_ROW = { border: 'PL-BY', country: 'PL', neighbour: 'BY', indicator: 'apprehensions' }
const NO_BORDER = { border: null, country: null, neighbour: null, indicator: 'apprehensions' }

describe('totals', () => {
  test('have a row for each border in the order given, and one for all of them', () => {
    const { data, total } = ask([LV_BY, PL_BY])
    expect(data).toEqual([
      { ...PL_ROW, border: 'LV-BY', country: 'LV', ...YEAR, ...AT_LEAST_5 },
      { ...PL_ROW, ...YEAR, ...AT_LEAST_5 },
    ])
    expect(total).toEqual({ ...NO_BORDER, ...YEAR, ...AT_LEAST_5, count: 10, min: 10 })
    expect(totalSchema.array().parse(data)).toEqual(data)
    expect(grandTotalSchema.parse(total)).toEqual(total)
  })

  test('name the border where it is only one', () => {
    expect(ask([PL_BY]).total).toEqual({ ...PL_ROW, ...YEAR, ...AT_LEAST_5 })
  })

  test('of no border have no row, and no figure that could be read as 0', () => {
    expect(ask([])).toEqual({ data: [], total: null })
  })

  test('without a window are unknown, every one', () => {
    const { data, total } = ask([LV_BY, PL_BY], { window: null })
    const unknown = { period_start: null, days: 0, count: null, qualifier: 'unknown', min: 0, max: null }
    expect([...data, total]).toMatchObject([unknown, unknown, unknown])
  })

  test('come with their proofs where these are asked for', () => {
    const { data, total } = ask([LV_BY, PL_BY], { explain: true })
    const [polish, latvian] = [
      { observation: 1, weight: 1 },
      { observation: 2, weight: 1 },
    ]
    expect([...data, total].map((row) => row?.proof)).toEqual([
      { min: { divisor: 1, terms: [latvian] }, max: null },
      { min: { divisor: 1, terms: [polish] }, max: null },
      { min: { divisor: 1, terms: [polish, latvian] }, max: null },
    ])
  })

  test('name a border in each row, if not in the sum', () => {
    const { total } = ask([LV_BY, PL_BY])
    expect(grandTotalSchema.safeParse(total).success).toBe(true)
    expect(totalSchema.safeParse(total).success).toBe(false)
  })
})
