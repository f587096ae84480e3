import { describe, expect, test } from 'vitest'
import type { Window } from '../../src/domain/calendar.ts'
import type { Filter } from '../../src/domain/filter.ts'
import { extentOfWindows, resolveWindow, selectBorders } from '../../src/domain/resolve-window.ts'
import { days } from '../support/domain/random-observations.ts'
import { border } from '../support/store/sample-records.ts'

const BORDERS = [
  border('PL', 'BY'),
  border('LV', 'BY'),
  border('LT', 'BY'),
  border('EU', 'BY', ['LV-BY', 'LT-BY']),
  border('BY', 'EU'),
  border('PL', 'UA'),
]
const EVERY_ID = BORDERS.map(({ id }) => id)

const meant = (filter: Partial<Filter>, withIndicator: readonly string[] = EVERY_ID) =>
  selectBorders({ version: 1, ...filter }, BORDERS, withIndicator).map(({ id }) => id)

describe('the borders meant', () => {
  test('are by default all that are no groups, in the order of lists', () => {
    expect(meant({})).toEqual(['PL-BY', 'LV-BY', 'LT-BY', 'BY-EU', 'PL-UA'])
  })

  test('are those of the countries named, a group where it is named', () => {
    expect(meant({ country: ['LV', 'PL'] })).toEqual(['PL-BY', 'LV-BY', 'PL-UA'])
    expect(meant({ country: ['EU'] })).toEqual(['EU-BY'])
    expect(meant({ country: ['EU', 'LT'] })).toEqual(['LT-BY', 'EU-BY'])
  })

  test('are those with the neighbours named, of the countries if there are some', () => {
    expect(meant({ neighbour: ['UA', 'EU'] })).toEqual(['BY-EU', 'PL-UA'])
    expect(meant({ country: ['PL'], neighbour: ['BY'] })).toEqual(['PL-BY'])
    expect(meant({ country: ['LT'], neighbour: ['UA'] })).toEqual([])
  })

  test('have the indicator, a group by its own figures or by those of a member', () => {
    expect(meant({}, ['LV-BY', 'BY-EU'])).toEqual(['LV-BY', 'BY-EU'])
    expect(meant({ country: ['EU'] }, ['LT-BY'])).toEqual(['EU-BY'])
    expect(meant({ country: ['EU'] }, ['EU-BY'])).toEqual(['EU-BY'])
    expect(meant({ country: ['EU'] }, ['PL-BY'])).toEqual([])
    expect(meant({}, [])).toEqual([])
  })
})

const EXTENTS = new Map([
  ['PL-BY', days('2023-02-01', '2024-11-15')],
  ['LV-BY', days('2021-08-01', '2022-01-01')],
  ['EU-BY', days('2024-01-01', '2024-06-30')],
])

/** The window of a question about borders, by their ids. */
function windowOf(ids: readonly string[], filter: Partial<Filter> = {}): Window | null {
  const named = BORDERS.filter(({ id }) => ids.includes(id))
  return resolveWindow({ version: 1, ...filter }, named, BORDERS, (id) => EXTENTS.get(id) ?? null)
}

describe('the window meant', () => {
  test('is from one day to another where both are named, whatever is known of them', () => {
    const filter = { from: '2020-01-01', to: '2020-02-29' }
    expect(windowOf(['PL-BY'], filter)).toEqual(days('2020-01-01', '2020-02-29'))
    expect(windowOf([], filter)).toEqual(days('2020-01-01', '2020-02-29'))
    expect(windowOf(['PL-BY'], { from: '2020-01-01', to: '2020-01-01' })).toEqual(days('2020-01-01'))
  })

  test('takes an end that is not named from the extent of all the borders', () => {
    expect(windowOf(['PL-BY'])).toEqual(days('2023-02-01', '2024-11-15'))
    expect(windowOf(['PL-BY', 'LV-BY', 'LT-BY'])).toEqual(days('2021-08-01', '2024-11-15'))
    expect(windowOf(['PL-BY'], { from: '2024-05-01' })).toEqual(days('2024-05-01', '2024-11-15'))
    expect(windowOf(['PL-BY'], { to: '2024-05-01' })).toEqual(days('2023-02-01', '2024-05-01'))
  })

  test('has the members of a group in its extent', () => {
    expect(windowOf(['EU-BY'])).toEqual(days('2021-08-01', '2024-06-30'))
  })

  test('is none where nothing dates an end, or one would lie before the other', () => {
    expect(windowOf(['LT-BY'])).toBeNull()
    expect(windowOf(['LT-BY'], { from: '2024-01-01' })).toBeNull()
    expect(windowOf(['LT-BY'], { to: '2024-01-01' })).toBeNull()
    expect(windowOf([])).toBeNull()
    expect(windowOf(['PL-BY'], { from: '2024-11-16' })).toBeNull()
    expect(windowOf(['PL-BY'], { from: '2024-11-15' })).toEqual(days('2024-11-15'))
  })
})

test('the extent of windows runs from the first day of any to the last of any', () => {
  const windows = [
    { start: 5, end: 9 },
    { start: 1, end: 3 },
    { start: 2, end: 20 },
    { start: 4, end: 4 },
  ]
  expect(extentOfWindows(windows)).toEqual({ start: 1, end: 20 })
  expect(extentOfWindows(windows.toReversed())).toEqual({ start: 1, end: 20 })
  expect(extentOfWindows([])).toBeNull()
})
