import { beforeAll, describe, expect, test } from 'vitest'
import {
  bordersOf,
  caveatsOf,
  figureKey,
  figureNamed,
  observationsBehind,
  partsOf,
  subjectsOf,
  type View,
} from '../../../src/web/view/view.ts'
import { fewRecords, onDay, viewOf } from '../../support/web/sample-view.ts'

let view: View
beforeAll(async () => {
  view = await viewOf(
    { interval: 'day', from: '2024-01-01', to: '2024-01-06' },
    fewRecords([
      onDay(1, { count: 5 }),
      onDay(1, { count: 9, source: 'claim' }),
      onDay(2, { count: 7, source: 'claim' }),
      onDay(3, { count: 3, period_basis: 'inferred' }),
      onDay(5, { count: 2, country: 'LV' }),
    ]),
  )
})

const markOf = (name: string) => {
  const named = figureNamed(view, name)
  return named === null ? null : caveatsOf(named.figure, view)
}

describe('a figure by its name', () => {
  test('is that of its subject: for the whole window, a period, or since 1 January', () => {
    expect(figureNamed(view, 'PL-BY')?.figure).toBe(view.totals.get('PL-BY'))
    expect(figureNamed(view, 'PL-BY:2024-01-02')?.figure.min).toBe(7)
    expect(figureNamed(view, 'PL-BY:2024-01-02:cumulative')?.figure.min).toBe(12)
    expect(figureNamed(view, 'EU-BY')?.subject.key).toBe('EU-BY')
  })

  test.for([
    '',
    ':',
    'LT-BY',
    'PL-BY:',
    'PL-BY:2024',
    'PL-BY:2024-01-02:',
    'PL-BY:2024-01-02:total',
    'PL-BY:2024-01-02:cumulative:x',
    '__proto__',
    'pl-by',
    'PL-BY::cumulative',
    'together',
  ])('is null where nothing has that name: %s', (name) => {
    expect(figureNamed(view, name)).toBeNull()
  })

  test('is found again by the name that it is given, whichever it is', () => {
    for (const subject of subjectsOf(view)) {
      expect(figureNamed(view, figureKey(subject))?.figure).toBe(view.totals.get(subject.key))
      for (const [rows, isCumulative] of [
        [view.series, false],
        [view.cumulative, true],
      ] as const)
        for (const row of rows.get(subject.key) ?? [])
          expect(figureNamed(view, figureKey(subject, row.period, isCumulative))?.figure).toBe(row)
    }
  })
})

describe('the marks of a figure', () => {
  test('say that published figures disagree, that it rests on a claim, or on an inferred period', () => {
    expect(markOf('PL-BY:2024-01-01')).toEqual(['contested'])
    expect(markOf('PL-BY:2024-01-02')).toEqual(['claimed'])
    expect(markOf('PL-BY:2024-01-03')).toEqual(['inferred'])
    expect(markOf('PL-BY')).toEqual(['contested', 'claimed', 'inferred'])
  })

  test('are empty where nothing is known, or nothing is doubtful', () => {
    expect(markOf('PL-BY:2024-01-04')).toEqual([])
    expect(markOf('LV-BY:2024-01-05')).toEqual([])
  })
})

test('the grounds of a figure are the observations of its proof, each once', () => {
  const named = figureNamed(view, 'PL-BY')
  const grounds = named === null ? [] : observationsBehind(named.figure, view)
  expect(grounds.map(({ count }) => count).sort()).toEqual([3, 5, 7])
})

describe('what a view is of', () => {
  test('is shown as what it is together, then its parts', () => {
    expect(subjectsOf(view).map(({ key }) => key)).toEqual(['EU-BY', 'PL-BY', 'LV-BY'])
    expect(partsOf(view).map(({ key }) => key)).toEqual(['PL-BY', 'LV-BY'])
    expect(bordersOf(view).map(({ id }) => id)).toEqual(['EU-BY', 'PL-BY', 'LV-BY'])
  })

  test('is itself its only part where it is one', async () => {
    const one = await viewOf({ country: ['EU'] }, fewRecords([onDay(1, { count: 5 })]))
    expect(partsOf(one).map(({ key }) => key)).toEqual(['EU-BY'])
    expect(subjectsOf(one).map(({ key }) => key)).toEqual(['EU-BY'])
  })

  test('is nothing where no border matches', async () => {
    const none = await viewOf({ country: ['LV'], neighbour: ['LT'] }, fewRecords([onDay(1, { count: 5 })]))
    expect([subjectsOf(none), partsOf(none), none.together]).toEqual([[], [], null])
  })
})
