import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Day, Window } from '../../src/domain/calendar.ts'
import { countWithin, type DaySet, intersectionOf, unionOf } from '../../src/domain/day-set.ts'

const windows = fc.array(
  fc
    .tuple(fc.integer({ min: -15, max: 15 }), fc.nat(6))
    .map(([start, more]) => ({ start, end: start + more })),
  { maxLength: 8 },
)
const EVERY_DAY = Array.from({ length: 61 }, (_, index) => index - 30)

const holds = (set: readonly Window[], day: Day) => set.some(({ start, end }) => start <= day && day <= end)
const daysOf = (set: readonly Window[]) => EVERY_DAY.filter((day) => holds(set, day))

/** Whether the windows neither overlap nor touch, and stand in order. */
const isDaySet = (set: DaySet) =>
  set.every(({ start, end }, index) => {
    const before = set[index - 1]
    return start <= end && (before === undefined || before.end + 1 < start)
  })

describe('a set of days', () => {
  test('holds the days that are in at least one window', () => {
    fc.assert(
      fc.property(windows, (windows) => {
        const union = unionOf(windows)
        expect(isDaySet(union)).toBe(true)
        expect(daysOf(union)).toEqual(daysOf(windows))
      }),
      { numRuns: 2_000 },
    )
  })

  test('holds in common with others the days that are in all of them', () => {
    fc.assert(
      fc.property(fc.array(windows, { minLength: 1, maxLength: 4 }), (lists) => {
        const common = intersectionOf(lists.map(unionOf))
        expect(isDaySet(common)).toBe(true)
        expect(daysOf(common)).toEqual(EVERY_DAY.filter((day) => lists.every((list) => holds(list, day))))
      }),
      { numRuns: 2_000 },
    )
  })

  test('counts its days within a window', () => {
    fc.assert(
      fc.property(windows, fc.integer({ min: -25, max: 25 }), fc.nat(30), (windows, start, more) => {
        const window = { start, end: start + more }
        const held = daysOf(windows).filter((day) => holds([window], day))
        expect(countWithin(unionOf(windows), { start, end: Math.min(30, window.end) })).toBe(held.length)
      }),
      { numRuns: 2_000 },
    )
  })

  test('makes one window of two that touch, and two of two that do not', () => {
    expect(
      unionOf([
        { start: 4, end: 6 },
        { start: 1, end: 3 },
      ]),
    ).toEqual([{ start: 1, end: 6 }])
    expect(
      unionOf([
        { start: 5, end: 6 },
        { start: 1, end: 3 },
      ]),
    ).toEqual([
      { start: 1, end: 3 },
      { start: 5, end: 6 },
    ])
  })

  test('leaves the windows it is made of as they were', () => {
    const given = [
      { start: 4, end: 9 },
      { start: 1, end: 4 },
    ] as const
    unionOf(given)
    expect(given).toEqual([
      { start: 4, end: 9 },
      { start: 1, end: 4 },
    ])
  })

  test('holds no day where there is nothing to make it of', () => {
    expect(unionOf([])).toEqual([])
    expect(intersectionOf([])).toEqual([])
    expect(intersectionOf([[{ start: 1, end: 2 }], []])).toEqual([])
    expect(countWithin([], { start: 1, end: 9 })).toBe(0)
  })
})
