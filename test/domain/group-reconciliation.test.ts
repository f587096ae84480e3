import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { proofIn, rangeIn } from '../../src/domain/bounds/bounds.ts'
import { toDay } from '../../src/domain/calendar.ts'
import type { Observation } from '../../src/domain/observation.ts'
import { reconcile, reconcileGroup, sum } from '../../src/domain/reconciliation.ts'
import {
  ceilingOf,
  claimOf,
  enumerateGroup,
  enumerateSeries,
  solveGroup,
  solveSeries,
} from '../support/domain/oracle.ts'
import { daysOf, faultsIn } from '../support/domain/proof-check.ts'
import {
  days,
  horizonOf,
  observe,
  randomGroup,
  type Shape,
  windowsIn,
} from '../support/domain/random-observations.ts'
import {
  acceptedOf,
  byId,
  leastBetween,
  MEMBERS,
  rangesBy,
  rangesOf,
  reconcileAll,
  widenings,
  windowsOfOneDay,
  windowTexts,
} from '../support/domain/reconciled-ranges.ts'

describe('a group', () => {
  const shape: Shape = { days: 8, figures: 8, dailyMax: 5, countMax: 40 }
  const windows = windowsIn(horizonOf(shape))
  const quiet: Shape = { days: 4, figures: 9, dailyMax: 1, countMax: 4 }
  const sets = fc.oneof(randomGroup(shape, MEMBERS), randomGroup(quiet, MEMBERS.slice(0, 2), 5))

  test("has its own range over its members' sum for every window, and both always meet", () => {
    fc.assert(
      fc.property(sets, ({ group, members }) => {
        const { parts, whole } = reconcileAll({ group, members })
        const solved = members.map((observations) => solveSeries(observations, horizonOf(shape)))
        const truth = solveGroup(group, solved)
        expect(truth.isSatisfiable).toBe(true)
        expect(byId(whole.statuses)).toEqual(byId(truth.statuses))
        expect(rangesOf(whole, windows)).toEqual(rangesBy(truth, windows))
        expect(rangesOf(sum(parts), windows)).toEqual(
          windows.map((window) => ({ ...window, ...truth.together(window) })),
        )
        for (const window of windows) {
          const own = truth.own(window)
          const together = truth.together(window)
          expect(Math.max(own.min, together.min)).toBeLessThanOrEqual(Math.min(own.max, together.max))
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('holds every way its members can have gone together, and refuses no figure that one allows', () => {
    const shapes: { shape: Shape; borders: string[] }[] = [
      { shape: { days: 3, figures: 4, dailyMax: 1, countMax: 2 }, borders: ['PL-BY', 'LT-BY'] },
      { shape: { days: 4, figures: 6, dailyMax: 1, countMax: 1 }, borders: ['PL-BY', 'LT-BY'] },
      { shape: { days: 2, figures: 3, dailyMax: 1, countMax: 2 }, borders: MEMBERS },
    ]
    for (const { shape, borders } of shapes) {
      const windows = windowsIn(horizonOf(shape))
      fc.assert(
        fc.property(randomGroup(shape, borders, 3), ({ group, members }) => {
          const { whole } = reconcileAll({ group, members })
          const ceiling = ceilingOf([...group, ...members.flat()], borders.length)
          const truth = enumerateGroup(
            group,
            members.map((observations) => enumerateSeries(observations, horizonOf(shape, 0), ceiling)),
            ({ id }) => whole.statuses.get(id) === 'accepted',
          )
          const refused = group.filter(({ id }) => whole.statuses.get(id) === 'conflicting')
          expect(refused.filter(({ id }) => truth.possible.has(id))).toEqual([])
          if (truth.ways.length === 0) return
          const outside = windows.filter((window) => {
            const range = rangeIn(whole.bounds, window)
            const { min, max } = truth.rangeIn(window)
            return min < range.min || max > range.max
          })
          expect(outside).toEqual([])
        }),
        { numRuns: 400 },
      )
    }
  })

  test('is as right with many figures and large counts', () => {
    const shape: Shape = { days: 40, figures: 60, dailyMax: 5_000_000, countMax: 1_000_000_000 }
    const windows = windowsIn(horizonOf(shape))
    fc.assert(
      fc.property(randomGroup(shape, MEMBERS, 30), fc.nat(6), ({ group, members }, phase) => {
        const { whole } = reconcileAll({ group, members })
        const horizon = horizonOf(shape)
        const truth = solveGroup(
          group,
          members.map((observations) => solveSeries(observations, horizon)),
        )
        expect(byId(whole.statuses)).toEqual(byId(truth.statuses))
        const some = windows.filter((_, index) => index % 7 === phase)
        expect(rangesOf(whole, some)).toEqual(rangesBy(truth, some))
      }),
      { numRuns: 60 },
    )
  })

  test('says the same of many days at once as of every two of them', () => {
    fc.assert(
      fc.property(sets, ({ group, members }) => {
        const { bounds } = reconcileAll({ group, members }).whole
        const { start, end } = horizonOf(shape)
        const nodes = Array.from({ length: end - start + 2 }, (_, index) => start + index)
        expect(leastBetween(bounds, nodes)).toEqual(
          nodes.map((from) => nodes.map((to) => bounds.least(from, to))),
        )
        const some = nodes.filter((_, index) => index % 3 !== 1).reverse()
        expect(leastBetween(bounds, some)).toEqual(
          some.map((from) => some.map((to) => bounds.least(from, to))),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('proves each end of each range, for each of its members', () => {
    const horizon = horizonOf(shape)
    fc.assert(
      fc.property(sets, ({ group, members }) => {
        const { parts, whole } = reconcileAll({ group, members })
        const statuses = new Map([whole, ...parts].flatMap((part) => [...part.statuses]))
        const grounds = {
          observations: [...group, ...members.flat()],
          statuses,
          borders: MEMBERS.slice(0, members.length),
          horizon,
        }
        const faults = windows.flatMap((window) =>
          faultsIn(proofIn(whole.bounds, window), rangeIn(whole.bounds, window), window, grounds),
        )
        expect(faults).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })

  test('holds one course of events that satisfies what it accepted and the sum of its members', () => {
    fc.assert(
      fc.property(sets, ({ group, members }) => {
        const { parts, whole } = reconcileAll({ group, members })
        const { runningCount } = whole.bounds
        const together = sum(parts)
        for (const claim of acceptedOf(whole, group).map(claimOf)) {
          const count = claim && runningCount(claim.end + 1) - runningCount(claim.start)
          expect(count).toBeGreaterThanOrEqual(claim?.lower ?? Number.NaN)
          expect(count).toBeLessThanOrEqual(claim?.upper ?? Number.NaN)
        }
        const boundaries = group.flatMap((o) => [toDay(o.period_start), toDay(o.period_end) + 1])
        const excesses = boundaries.flatMap((from) =>
          boundaries.filter((to) => runningCount(to) - runningCount(from) < together.bounds.least(from, to)),
        )
        expect(excesses).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test('is the same in whatever order its observations and theirs are handed over', () => {
    const shuffled = sets.chain(({ group, members }) =>
      fc.record({
        given: fc.constant({ group, members }),
        shuffled: fc.record({
          group: fc.shuffledSubarray(group, { minLength: group.length }),
          members: fc.tuple(...members.map((some) => fc.shuffledSubarray(some, { minLength: some.length }))),
        }),
      }),
    )
    fc.assert(
      fc.property(shuffled, ({ given, shuffled }) => {
        const one = reconcileAll(given).whole
        const other = reconcileAll(shuffled).whole
        expect(byId(other.statuses)).toEqual(byId(one.statuses))
        expect(other.conflicts).toEqual(one.conflicts)
        expect(other.covered).toEqual(one.covered)
        expect(rangesOf(other, windows)).toEqual(rangesOf(one, windows))
      }),
      { numRuns: 500 },
    )
  })

  test('never widens a range for one more accepted observation of its own or of a member', () => {
    const withSome = sets.chain(({ group, members }) =>
      fc.tuple(fc.constant({ group, members }), fc.subarray([...group, ...members.flat()])),
    )
    fc.assert(
      fc.property(withSome, ([{ group, members }, some]) => {
        const { parts, whole } = reconcileAll({ group, members })
        const statuses = new Map([whole, ...parts].flatMap((part) => [...part.statuses]))
        const keep = (observation: Observation) =>
          statuses.get(observation.id) === 'accepted' && some.includes(observation)
        const fewer = {
          group: group.filter(keep),
          members: members.map((observations) => observations.filter(keep)),
        }
        const less = reconcileAll(fewer)
        expect(new Set(less.whole.statuses.values()).has('conflicting')).toBe(false)
        expect(widenings(whole, less.whole, windows)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('leaves its members as they are', () => {
    fc.assert(
      fc.property(sets, ({ group, members }) => {
        const before = members.map((observations) => rangesOf(reconcile(observations), windows))
        const { parts } = reconcileAll({ group, members })
        expect(parts.map((part) => rangesOf(part, windows))).toEqual(before)
      }),
      { numRuns: 200 },
    )
  })

  test('covers a day that its own figures count, or those of all its members', () => {
    fc.assert(
      fc.property(sets, ({ group, members }) => {
        const { parts, whole } = reconcileAll({ group, members })
        const own = new Set(acceptedOf(whole, group).flatMap(daysOf))
        const each = parts.map(
          (part, index) => new Set(acceptedOf(part, members[index] ?? []).flatMap(daysOf)),
        )
        const covered = windowsOfOneDay(horizonOf(shape)).filter(
          (day) => own.has(day) || each.every((one) => one.has(day)),
        )
        expect(whole.covered.flatMap((window) => windowsOfOneDay(window))).toEqual(covered)
        const conflicting = [...group, ...members.flat()].filter(({ id }) =>
          [whole, ...parts].some(({ statuses }) => statuses.get(id) === 'conflicting'),
        )
        expect(windowTexts(whole.conflicts)).toEqual(
          windowTexts(conflicting.map((o) => days(o.period_start, o.period_end))),
        )
        expect(byId(whole.statuses).map(([id]) => id)).toEqual(
          group.map(({ id }) => id).sort((a, b) => a - b),
        )
      }),
      { numRuns: 500 },
    )
  })

  test('gives what its members cannot have had to the days on which they can', () => {
    const exact = (border: string, id: number, start: number, end: number, count: number) =>
      observe({ id, border, period_start: `2024-06-0${start}`, period_end: `2024-06-0${end}`, count })
    const parts = [reconcile([exact('PL-BY', 1, 2, 2, 0)]), reconcile([exact('LT-BY', 2, 2, 2, 0)])]
    const group = [exact('EU-BY', 3, 1, 2, 5), observe({ ...exact('EU-BY', 4, 1, 1, 0), qualifier: 'about' })]
    const { bounds } = reconcileGroup(group, parts)
    const day = days('2024-06-01')
    expect(rangeIn(bounds, day)).toEqual({ min: 5, max: 5 })
    const proof = proofIn(bounds, day).min.toSorted((a, b) => a.observation - b.observation)
    expect(proof).toEqual([
      { observation: 1, sign: -1 },
      { observation: 2, sign: -1 },
      { observation: 3, sign: 1 },
    ])
  })

  test('judges a figure by the sum of its members between its boundaries, not by each of their days', () => {
    const exact = (border: string, id: number, start: number, end: number, count: number) =>
      observe({ id, border, period_start: `2024-06-0${start}`, period_end: `2024-06-0${end}`, count })
    const parts = [
      reconcile([exact('PL-BY', 1, 1, 2, 1), exact('PL-BY', 2, 2, 3, 1)]),
      reconcile([exact('LT-BY', 3, 1, 1, 0), exact('LT-BY', 4, 3, 3, 0)]),
    ]
    const group = [exact('EU-BY', 5, 1, 1, 0), exact('EU-BY', 6, 3, 3, 1)]
    expect(byId(reconcileGroup(group, parts).statuses)).toEqual([
      [5, 'accepted'],
      [6, 'accepted'],
    ])
  })

  test('without observations of its own is the sum of its members', () => {
    const parts = [
      reconcile([observe({ id: 1, border: 'PL-BY', count: 7 })]),
      reconcile([observe({ id: 2, border: 'LT-BY', count: 5, qualifier: 'at_most' })]),
    ]
    const year = days('2024-01-01', '2024-12-31')
    expect(rangeIn(reconcileGroup([], parts).bounds, year)).toEqual({ min: 7, max: 12 })
    expect(reconcileGroup([], parts).statuses).toEqual(new Map())
  })
})

describe('a sum', () => {
  const shape: Shape = { days: 8, figures: 8, dailyMax: 5, countMax: 40 }
  const windows = windowsIn(horizonOf(shape))

  test('adds the ranges of series that have nothing to do with one another, and proves them', () => {
    fc.assert(
      fc.property(randomGroup(shape, MEMBERS), ({ members }) => {
        const parts = members.map((each) => reconcile(each))
        const whole = sum(parts)
        const solved = members.map((observations) => solveSeries(observations, horizonOf(shape)))
        const grounds = {
          observations: members.flat(),
          statuses: whole.statuses,
          borders: MEMBERS,
          horizon: horizonOf(shape),
        }
        const truth = windows.map((window) => {
          const ranges = solved.map((series) => series.rangeIn(window))
          const min = ranges.reduce((total, range) => total + range.min, 0)
          const max = ranges.reduce((total, range) => total + range.max, 0)
          return { ...window, min, max }
        })
        expect(rangesOf(whole, windows)).toEqual(truth)
        const faults = truth.flatMap((window) =>
          faultsIn(proofIn(whole.bounds, window), window, window, grounds),
        )
        expect(faults).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('takes from a series that says nothing of a window no part of its proof', () => {
    const day = observe({
      id: 1,
      border: 'PL-BY',
      period_start: '2024-06-01',
      period_end: '2024-06-01',
      count: 5,
    })
    const year = observe({ id: 2, border: 'LT-BY', count: 10, qualifier: 'at_most' })
    const { bounds } = sum([reconcile([day]), reconcile([year])])
    expect(rangeIn(bounds, days('2024-06-01'))).toEqual({ min: 5, max: 15 })
    expect(proofIn(bounds, days('2024-06-01'))).toEqual({
      min: [{ observation: 1, sign: 1 }],
      max: [
        { observation: 1, sign: 1 },
        { observation: 2, sign: 1 },
      ],
    })
  })

  test('covers a day only where all of its series do', () => {
    const parts = [
      reconcile([observe({ id: 1, border: 'PL-BY', period_end: '2024-06-30' })]),
      reconcile([observe({ id: 2, border: 'LT-BY', period_start: '2024-06-01' })]),
    ]
    expect(sum(parts).covered).toEqual([days('2024-06-01', '2024-06-30')])
  })
})
