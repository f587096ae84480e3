import { describe, expect, test } from 'vitest'
import { FIGURE_QUALIFIERS, figureOf, figureSchema, qualifierOf, termsOf } from '../../src/domain/figure.ts'
import type { Observation } from '../../src/domain/observation.ts'
import { days, observe } from '../support/domain/random-observations.ts'
import { reconciledSeries } from '../support/domain/reconciled-series.ts'

const OPEN = Number.POSITIVE_INFINITY
const YEAR = days('2024-01-01', '2024-12-31')

const reconciled = (...observations: Partial<Observation>[]) =>
  reconciledSeries(
    observations.map((facts, index) => observe({ id: index + 1, source: `s${index}`, ...facts })),
  )

describe('a range', () => {
  test.for([
    [0, 0, 'exact'],
    [7, 7, 'exact'],
    [1, 2, 'between'],
    [1, OPEN, 'at_least'],
    [0, 1, 'at_most'],
    [0, OPEN, 'unknown'],
  ] as const)('from %d to %d is %s', ([min, max, qualifier]) => {
    expect(qualifierOf({ min, max })).toBe(qualifier)
  })

  test('is read in one of five ways', () => {
    expect(FIGURE_QUALIFIERS).toEqual(['exact', 'between', 'at_least', 'at_most', 'unknown'])
  })
})

describe('a figure', () => {
  test.for<[string, Partial<Observation>[], object]>([
    ['exact', [{ count: 5 }], { count: 5, qualifier: 'exact', min: 5, max: 5 }],
    ['a reported 0', [{ count: 0 }], { count: 0, qualifier: 'exact', min: 0, max: 0 }],
    [
      'between',
      [
        { count: 5, qualifier: 'at_least' },
        { count: 9, qualifier: 'at_most' },
      ],
      { count: 5, qualifier: 'between', min: 5, max: 9 },
    ],
    [
      'at least',
      [{ count: 5, qualifier: 'at_least' }],
      { count: 5, qualifier: 'at_least', min: 5, max: null },
    ],
    ['at most', [{ count: 5, qualifier: 'at_most' }], { count: null, qualifier: 'at_most', min: 0, max: 5 }],
    ['unknown', [], { count: null, qualifier: 'unknown', min: 0, max: null }],
  ])('quotes only a number that may be quoted: %s', ([, observations, expected]) => {
    const figure = figureOf(reconciled(...observations), YEAR)
    expect(figure).toMatchObject({ period_start: '2024-01-01', period_end: '2024-12-31', ...expected })
    expect(figureSchema.parse(figure)).toEqual(figure)
  })

  test('says how many days it is of, how many are covered, and how many conflicts touch them', () => {
    const march = { period_start: '2024-03-01', period_end: '2024-03-31' }
    const reconciliation = reconciled(
      { ...march, count: 10 },
      { ...march, count: 11, kind: 'claim' },
      { ...march, period_start: '2024-03-31', count: 12, kind: 'claim' },
    )
    expect(figureOf(reconciliation, YEAR)).toMatchObject({ days: 366, days_reported: 31, conflicts: 2 })
    const spring = days('2024-03-30', '2024-04-02')
    expect(figureOf(reconciliation, spring)).toMatchObject({ days: 4, days_reported: 2, conflicts: 2 })
    expect(figureOf(reconciliation, days('2024-03-30'))).toMatchObject({ days: 1, conflicts: 1 })
    expect(figureOf(reconciliation, days('2024-04-01'))).toMatchObject({ days_reported: 0, conflicts: 0 })
  })

  test('without a window is unknown, never 0, and dated by nothing', () => {
    const unknown = {
      period_start: null,
      period_end: null,
      count: null,
      qualifier: 'unknown',
      min: 0,
      max: null,
      days: 0,
      days_reported: 0,
      conflicts: 0,
    }
    const reconciliation = reconciled({ count: 5 })
    expect(figureOf(reconciliation, null)).toEqual(unknown)
    expect(figureOf(reconciliation, null, { explain: false })).toEqual(unknown)
    const explained = figureOf(reconciliation, null, { explain: true })
    expect(explained).toEqual({ ...unknown, proof: { min: { divisor: 1, terms: [] }, max: null } })
    expect(figureSchema.parse(explained)).toEqual(explained)
  })

  test('comes with the proof of its ends where one is asked for, and names its terms', () => {
    const reconciliation = reconciled({ count: 5, qualifier: 'at_least' }, { count: 9, qualifier: 'at_most' })
    const explained = figureOf(reconciliation, YEAR, { explain: true })
    expect(explained.proof).toEqual({
      min: { divisor: 1, terms: [{ observation: 1, weight: 1 }] },
      max: { divisor: 1, terms: [{ observation: 2, weight: 1 }] },
    })
    expect(termsOf(explained)).toEqual([
      { observation: 1, weight: 1 },
      { observation: 2, weight: 1 },
    ])
    for (const plain of [figureOf(reconciliation, YEAR), figureOf(reconciliation, YEAR, {})]) {
      expect(plain).not.toHaveProperty('proof')
      expect(termsOf(plain)).toEqual([])
    }
    const subtracted = { min: { divisor: 2, terms: [{ observation: 3, weight: -1 }] }, max: null }
    expect(termsOf({ proof: subtracted })).toEqual(subtracted.min.terms)
    expect(figureSchema.shape.proof.parse(subtracted)).toEqual(subtracted)
  })

  test.for<object>([
    { min: -1 },
    { max: -1 },
    { count: -1 },
    { days: -1 },
    { days_reported: -1 },
    { conflicts: -1 },
    { qualifier: 'about' },
    { proof: { min: [{ observation: 1, sign: 2 }], max: null } },
    { period_start: '2024' },
    { period_end: '2024' },
  ])('cannot have %j', (facts) => {
    expect(figureSchema.safeParse({ ...figureOf(reconciled(), YEAR), ...facts }).success).toBe(false)
  })
})
