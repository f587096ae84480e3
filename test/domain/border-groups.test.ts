import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Border } from '../../src/domain/border.ts'
import {
  bordersNeeded,
  membersOf,
  reconciledIndicator,
  reconcileIndicator,
  seriesOf,
} from '../../src/domain/border-groups.ts'
import { finish } from '../../src/domain/bounds/work.ts'
import { figureOf } from '../../src/domain/figure.ts'
import { componentOf } from '../../src/domain/joint/component.ts'
import { reconcileJointly } from '../../src/domain/joint/reconcile-jointly.ts'
import { days, observe } from '../support/domain/random-observations.ts'
import { border } from '../support/store/sample-records.ts'

/** Each border counted a number of its own in 2024, so that a sum says what was added up; groups fix what members leave open. */
const COUNTS = { 'PL-BY': 1, 'LV-BY': 20, 'LT-BY': 300, 'EU-BY': 54_000, 'BA-BY': 50_000, 'BY-EU': 600_000 }
const YEAR = days('2024-01-01', '2024-12-31')
const BALTIC = border('BA', 'BY', ['LT-BY', 'LV-BY'])
const BORDERS = [
  border('PL', 'BY'),
  border('LV', 'BY'),
  border('LT', 'BY'),
  border('EU', 'BY', ['PL-BY', 'LV-BY', 'LT-BY']),
  BALTIC,
  border('BY', 'EU'),
]

const named = (...ids: string[]) => ids.flatMap((id) => BORDERS.filter((each) => each.id === id))
const idsOf = (borders: readonly Border[]) => borders.map(({ id }) => id)

/** The figure of each border: single ones counted at least so many, groups exactly so many. */
const figures = (counts: Readonly<Record<string, number>>) =>
  new Map(
    Object.entries(counts).map(([id, count], index) => {
      const qualifier = id.endsWith('-EU') || id < 'F' ? 'exact' : 'at_least'
      return [id, [observe({ id: index + 1, border: id, count, qualifier })]] as const
    }),
  )

const reconciled = reconcileIndicator(BORDERS, figures(COUNTS))

/** What some borders are together: the one that they are, if any, and their count. */
function together(...ids: string[]) {
  const { border, reconciliation } = reconciled.together(named(...ids))
  return [border?.id ?? null, figureOf(reconciliation, YEAR).min]
}

describe('borders together', () => {
  test('are a single border with its own series, or a group with its own', () => {
    expect(together('LV-BY')).toEqual(['LV-BY', 20])
    expect(together('EU-BY')).toEqual(['EU-BY', 54_000])
    expect(together('BY-EU')).toEqual(['BY-EU', 600_000])
  })

  test('are a group where they are all its members, in whatever order, with it or with others of its kind', () => {
    expect(together('PL-BY', 'LV-BY', 'LT-BY')).toEqual(['EU-BY', 54_000])
    expect(together('LT-BY', 'PL-BY', 'LV-BY')).toEqual(['EU-BY', 54_000])
    expect(together('LV-BY', 'LT-BY')).toEqual(['BA-BY', 50_000])
    expect(together('EU-BY', 'PL-BY')).toEqual(['EU-BY', 54_000])
    expect(together('BA-BY', 'PL-BY')).toEqual(['EU-BY', 54_000])
    expect(together('BA-BY', 'EU-BY')).toEqual(['EU-BY', 54_000])
  })

  test('are else the sum of their series, a group standing for its members and none counted twice', () => {
    expect(together('PL-BY', 'LV-BY')).toEqual([null, 4_020])
    expect(together('BA-BY', 'BY-EU')).toEqual([null, 650_000])
    expect(together('BA-BY', 'LV-BY', 'BY-EU')).toEqual([null, 650_000])
    expect(together('EU-BY', 'LV-BY', 'BY-EU')).toEqual([null, 654_000])
  })

  test('of which two groups share a member are the sum of all their members', () => {
    expect(together('EU-BY', 'BA-BY', 'BY-EU')).toEqual([null, 654_000])
  })

  test('of which two groups share none are the sum of the groups', () => {
    const south = border('SO', 'BY', ['PL-BY'])
    const all = [...BORDERS.filter(({ id }) => id !== 'EU-BY'), south]
    const of = reconcileIndicator(all, figures({ 'LV-BY': 20, 'BA-BY': 50_000, 'BY-EU': 7, 'EO-BY': 0 }))
    const { border: none, reconciliation } = of.together([BALTIC, south])
    expect([none, figureOf(reconciliation, YEAR).min]).toEqual([null, 50_000])
  })

  test('have no observations and no border where there are none', () => {
    const { border, reconciliation } = reconciled.together([])
    expect(border).toBeNull()
    expect(figureOf(reconciliation, YEAR)).toMatchObject({ min: 0, days_reported: 0, conflicts: 0 })
  })

  test('each have their own series, and none is made up for one that has none', () => {
    expect([...reconciled.of(BALTIC).statuses.keys()]).toEqual([5])
    expect(() => reconciled.of(border('XX', 'BY'))).toThrow(
      new RangeError('the series of XX-BY is not reconciled'),
    )
  })
})

describe('a group', () => {
  test('has the members that are there, in the order of lists; a border of its own has itself', () => {
    expect(idsOf(membersOf(BALTIC, BORDERS))).toEqual(['LV-BY', 'LT-BY'])
    expect(idsOf(membersOf(border('PL', 'BY'), BORDERS))).toEqual(['PL-BY'])
  })
})

describe('the borders needed', () => {
  test.for<[string[], string[]]>([
    [['PL-BY'], ['PL-BY']],
    [
      ['PL-BY', 'LT-BY'],
      ['PL-BY', 'LT-BY'],
    ],
    [['BA-BY'], ['LV-BY', 'LT-BY', 'BA-BY']],
    [
      ['LV-BY', 'LT-BY'],
      ['LV-BY', 'LT-BY', 'BA-BY'],
    ],
    [
      ['BA-BY', 'PL-BY'],
      ['PL-BY', 'LV-BY', 'LT-BY', 'EU-BY', 'BA-BY'],
    ],
    [[], []],
  ])('for %j are %j', ([ids, needed]) => {
    expect(idsOf(bordersNeeded(named(...ids), BORDERS))).toEqual(needed)
  })

  test('are all that an answer for each of the named and for all of them looks at, with their members', () => {
    const series = BORDERS.map((each) => seriesOf(each, []))
    const connected = finish(reconcileJointly(series.filter(({ border }) => border !== 'BY-EU')))
    const alone = finish(reconcileJointly(series.filter(({ border }) => border === 'BY-EU')))
    fc.assert(
      fc.property(fc.subarray(BORDERS), (some) => {
        const looked = new Set<string>()
        const spying = reconciledIndicator(BORDERS, (id) => {
          looked.add(id)
          return componentOf(named(id)[0] ?? BALTIC, BORDERS).length === 1 ? alone : connected
        })
        for (const each of some) spying.of(each)
        spying.together(some)
        const needed = idsOf(bordersNeeded(some, BORDERS))
        expect([...looked].filter((id) => !needed.includes(id))).toEqual([])
        const members = named(...looked).flatMap(({ members }) => members)
        expect(members.filter((id) => !needed.includes(id))).toEqual([])
      }),
    )
  })
})
