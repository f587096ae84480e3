import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bounds, proofIn, rangeIn } from '../../src/domain/bounds/bounds.ts'
import { finish } from '../../src/domain/bounds/work.ts'
import { type Day, toDay, type Window } from '../../src/domain/calendar.ts'
import type { Observation } from '../../src/domain/observation.ts'
import { type Reconciliation, reconcile, reconcileGroup, sum } from '../../src/domain/reconciliation.ts'
import {
  type Answer,
  ceilingOf,
  claimOf,
  enumerateGroup,
  enumerateSeries,
  fewestFigures,
  isSatisfiable,
  solveGroup,
  solveSeries,
} from '../support/domain/oracle.ts'
import { daysOf, faultsIn } from '../support/domain/proof-check.ts'
import {
  days,
  FIRST,
  horizonOf,
  observe,
  randomGroup,
  randomObservations,
  type Shape,
  windowsIn,
} from '../support/domain/random-observations.ts'
import { runs } from '../support/run-count.ts'

const TINY: Shape = { days: 5, figures: 7, dailyMax: 1, countMax: 4 }
const SMALL: Shape = { days: 10, figures: 16, dailyMax: 9, countMax: 60 }
const LARGE: Shape[] = [
  { days: 60, figures: 120, dailyMax: 15_000_000, countMax: 1_000_000_000 },
  { days: 45, figures: 120, dailyMax: 300, countMax: 9_000 },
  { days: 30, figures: 40, dailyMax: 2, countMax: 30 },
]
const MEMBERS = ['PL-BY', 'LV-BY', 'LT-BY']

const rangesBy = (answer: Answer, windows: readonly Window[]) =>
  windows.map((window) => ({ ...window, ...answer.rangeIn(window) }))

const rangesOf = ({ bounds }: Reconciliation, windows: readonly Window[]) =>
  windows.map((window) => ({ ...window, ...rangeIn(bounds, window) }))

const leastBetween = (bounds: Bounds, days: readonly Day[]) =>
  finish(bounds.leastBetween(Int32Array.from(days))).map((row) => [...row])

const acceptedOf = ({ statuses }: Reconciliation, observations: readonly Observation[]) =>
  observations.filter(({ id }) => statuses.get(id) === 'accepted')

const byId = (statuses: ReadonlyMap<number, unknown>) => [...statuses].sort(([a], [b]) => a - b)

function reconcileAll({ group, members }: { group: Observation[]; members: Observation[][] }) {
  const parts = members.map((each) => reconcile(each))
  return { parts, whole: reconcileGroup(group, parts) }
}

/** The ways in which one of two ranges lies outside the other. */
function widenings(narrow: Reconciliation, wide: Reconciliation, windows: readonly Window[]): Window[] {
  return windows.filter((window) => {
    const inner = rangeIn(narrow.bounds, window)
    const outer = rangeIn(wide.bounds, window)
    return inner.min < outer.min || inner.max > outer.max
  })
}

describe('what a few figures say', () => {
  const all = days('2024-01-01', '2024-12-31')
  const range = (observations: Observation[], window: Window) =>
    rangeIn(reconcile(observations).bounds, window)

  test('keeps a day nobody reported unknown, not 0', () => {
    const observations = [observe({ period_start: '2024-03-01', period_end: '2024-03-01', count: 7 })]
    expect(range(observations, days('2024-03-02'))).toEqual({ min: 0, max: Number.POSITIVE_INFINITY })
    expect(range([], all)).toEqual({ min: 0, max: Number.POSITIVE_INFINITY })
  })

  test('keeps a reported 0 a 0', () => {
    const observations = [observe({ period_start: '2024-03-01', period_end: '2024-03-03', count: 0 })]
    expect(range(observations, days('2024-03-02'))).toEqual({ min: 0, max: 0 })
  })

  test('never counts a day twice that a day, a month and a year to date all count', () => {
    const observations = [
      observe({ id: 1, period_start: '2024-03-05', period_end: '2024-03-05', count: 10 }),
      observe({ id: 2, period_start: '2024-03-01', period_end: '2024-03-31', count: 100 }),
      observe({ id: 3, period_start: '2024-01-01', period_end: '2024-03-31', count: 250 }),
    ]
    expect(range(observations, days('2024-01-01', '2024-03-31'))).toEqual({ min: 250, max: 250 })
    expect(range(observations, days('2024-01-01', '2024-02-29'))).toEqual({ min: 150, max: 150 })
    expect(range(observations, days('2024-03-01', '2024-03-04'))).toEqual({ min: 0, max: 90 })
  })

  test('finds what two years to date leave for the days between their ends', () => {
    const observations = [
      observe({
        id: 1,
        source: 'article',
        period_end: '2024-11-15',
        count: 34_782,
        qualifier: 'at_least',
      }),
      observe({ id: 2, source: 'guard', period_end: '2024-10-31', count: 34_132 }),
    ]
    const { bounds, statuses } = reconcile(observations)
    const november = days('2024-11-01', '2024-11-15')
    expect(rangeIn(bounds, november)).toEqual({ min: 650, max: Number.POSITIVE_INFINITY })
    const proof = proofIn(bounds, november)
    expect(proof.max).toBeNull()
    expect(proof.min.toSorted((a, b) => a.observation - b.observation)).toEqual([
      { observation: 1, sign: 1 },
      { observation: 2, sign: -1 },
    ])
    expect([...statuses.values()]).toEqual(['accepted', 'accepted'])
  })

  test('reads each qualifier as the range it stands for', () => {
    const ranges = (['exact', 'at_least', 'more_than', 'at_most', 'about'] as const).map((qualifier) =>
      range([observe({ count: 5, qualifier })], all),
    )
    expect(ranges).toEqual([
      { min: 5, max: 5 },
      { min: 5, max: Number.POSITIVE_INFINITY },
      { min: 6, max: Number.POSITIVE_INFINITY },
      { min: 0, max: 5 },
      { min: 0, max: Number.POSITIVE_INFINITY },
    ])
  })

  test('uses the nearest figure inside for the least, and the nearest outside for the most', () => {
    const observations = [
      observe({
        id: 1,
        period_start: '2024-03-05',
        period_end: '2024-03-10',
        count: 10,
        qualifier: 'at_least',
      }),
      observe({
        id: 2,
        period_start: '2024-03-01',
        period_end: '2024-03-31',
        count: 100,
        qualifier: 'at_most',
      }),
    ]
    expect(range(observations, days('2024-03-04', '2024-03-11'))).toEqual({ min: 10, max: 100 })
    expect(range(observations, days('2024-03-05', '2024-03-09'))).toEqual({ min: 0, max: 100 })
  })

  test('shows the less authoritative of two that cannot both be true as conflicting, and leaves it out', () => {
    const observations = [
      observe({ id: 1, source: 'newsroom', kind: 'analysis', count: 12 }),
      observe({ id: 2, source: 'guard', kind: 'official', count: 10 }),
      observe({ id: 3, source: 'rumour', kind: 'claim', count: 9_000, qualifier: 'about' }),
    ]
    const { bounds, statuses, conflicts } = reconcile(observations)
    expect(rangeIn(bounds, all)).toEqual({ min: 10, max: 10 })
    expect(byId(statuses)).toEqual([
      [1, 'conflicting'],
      [2, 'accepted'],
      [3, 'approximate'],
    ])
    expect(conflicts).toEqual([all])
  })

  test('accepts a figure that meets what is known in a single number', () => {
    const observations = [
      observe({ id: 1, source: 'a', count: 10, qualifier: 'at_most' }),
      observe({ id: 2, source: 'b', count: 10, qualifier: 'at_least' }),
      observe({ id: 3, source: 'c', count: 10, qualifier: 'more_than' }),
    ]
    const { bounds, statuses } = reconcile(observations)
    expect(rangeIn(bounds, all)).toEqual({ min: 10, max: 10 })
    expect(byId(statuses)).toEqual([
      [1, 'accepted'],
      [2, 'accepted'],
      [3, 'conflicting'],
    ])
  })

  test('finds a contradiction that only many figures together make', () => {
    const months = [31, 29, 31].map((length, index) => {
      const month = `2024-0${index + 1}`
      return observe({
        id: index + 1,
        period_start: `${month}-01`,
        period_end: `${month}-${length}`,
        count: 10,
      })
    })
    const quarter = observe({ id: 4, kind: 'claim', period_end: '2024-03-31', count: 31 })
    expect(reconcile([...months, quarter]).statuses.get(4)).toBe('conflicting')
    expect(reconcile([...months, { ...quarter, count: 30 }]).statuses.get(4)).toBe('accepted')
  })

  test('gives the 251 left over once, whichever members it could be in', () => {
    const member = (border: string, id: number, count: number) =>
      reconcile([observe({ id, border, period_end: '2024-06-30', count, qualifier: 'at_least' })])
    const parts = [member('PL-BY', 1, 500), member('LT-BY', 2, 249)]
    const group = observe({ id: 3, border: 'EU-BY', period_end: '2024-06-30', count: 1_000 })
    const whole = reconcileGroup([group], parts)
    const half = days('2024-01-01', '2024-06-30')
    expect(rangeIn(whole.bounds, half)).toEqual({ min: 1_000, max: 1_000 })
    expect(parts.map(({ bounds }) => rangeIn(bounds, half).min)).toEqual([500, 249])
    const tooFew = reconcileGroup([{ ...group, count: 748 }], parts)
    expect(tooFew.statuses.get(3)).toBe('conflicting')
    expect(rangeIn(tooFew.bounds, half)).toEqual({ min: 749, max: Number.POSITIVE_INFINITY })
  })
})

describe('a series', () => {
  const tinyWindows = windowsIn(horizonOf(TINY))
  const smallWindows = windowsIn(horizonOf(SMALL))

  test('has the tightest range for every window, of all ways the days can have gone', () => {
    fc.assert(
      fc.property(randomObservations(TINY), (observations) => {
        const truth = enumerateSeries(observations, horizonOf(TINY, 0))
        const found = reconcile(observations)
        expect(byId(found.statuses)).toEqual(byId(truth.statuses))
        expect(rangesOf(found, tinyWindows)).toEqual(rangesBy(truth, tinyWindows))
      }),
      { numRuns: runs(1_500) },
    )
  })

  test('has the range of the longest paths between all days for every window', () => {
    fc.assert(
      fc.property(randomObservations(SMALL), (observations) => {
        const truth = solveSeries(observations, horizonOf(SMALL))
        const found = reconcile(observations)
        expect(byId(found.statuses)).toEqual(byId(truth.statuses))
        expect(rangesOf(found, smallWindows)).toEqual(rangesBy(truth, smallWindows))
      }),
      { numRuns: runs(1_500) },
    )
  })

  test('is as right with many figures and large counts', () => {
    for (const shape of LARGE) {
      const windows = windowsIn(horizonOf(shape))
      fc.assert(
        fc.property(randomObservations(shape), fc.nat(6), (observations, phase) => {
          const truth = solveSeries(observations, horizonOf(shape))
          const found = reconcile(observations)
          const grounds = {
            observations,
            statuses: found.statuses,
            borders: ['PL-BY'],
            horizon: horizonOf(shape),
          }
          expect(byId(found.statuses)).toEqual(byId(truth.statuses))
          expect(rangesOf(found, windows)).toEqual(rangesBy(truth, windows))
          const faults = windows
            .filter((_, index) => index % 61 === phase)
            .flatMap((window) =>
              faultsIn(proofIn(found.bounds, window), truth.rangeIn(window), window, grounds),
            )
          expect(faults).toEqual([])
        }),
        { numRuns: 60 },
      )
    }
  })

  test('says the same of many days at once as of every two of them', () => {
    fc.assert(
      fc.property(randomObservations(SMALL), (observations) => {
        const { start, end } = horizonOf(SMALL)
        const { bounds } = reconcile(observations)
        const nodes = Array.from({ length: end - start + 2 }, (_, index) => start + index)
        expect(leastBetween(bounds, nodes)).toEqual(
          nodes.map((from) => nodes.map((to) => bounds.least(from, to))),
        )
        const some = nodes.filter((_, index) => index % 3 !== 1).reverse()
        expect(leastBetween(bounds, some)).toEqual(
          some.map((from) => some.map((to) => bounds.least(from, to))),
        )
      }),
      { numRuns: 1_000 },
    )
  })

  test('proves each end of each range, with as few figures as can be', () => {
    const horizon = horizonOf(SMALL)
    fc.assert(
      fc.property(randomObservations(SMALL), (observations) => {
        const truth = solveSeries(observations, horizon)
        const { bounds, ...found } = reconcile(observations)
        const grounds = { observations, statuses: truth.statuses, borders: ['PL-BY'], horizon }
        const fewest = fewestFigures(acceptedOf({ bounds, ...found }, observations), horizon)
        const proofs = smallWindows.map((window) => ({ window, proof: proofIn(bounds, window) }))
        const faults = proofs.flatMap(({ window, proof }) =>
          faultsIn(proof, truth.rangeIn(window), window, grounds),
        )
        expect(faults).toEqual([])
        expect(proofs.map(({ window, proof }) => ({ ...window, figures: proof.min.length }))).toEqual(
          smallWindows.map((window) => ({ ...window, figures: fewest(window) })),
        )
      }),
      { numRuns: 1_000 },
    )
  })

  test('accepts only what can be true together, and holds one course of events in which it is', () => {
    fc.assert(
      fc.property(randomObservations(SMALL), (observations) => {
        const { start, end } = horizonOf(SMALL)
        const found = reconcile(observations)
        expect(isSatisfiable(solveSeries(observations, horizonOf(SMALL)).least)).toBe(true)
        const { runningCount } = found.bounds
        for (const claim of acceptedOf(found, observations).map(claimOf)) {
          const count = claim && runningCount(claim.end + 1) - runningCount(claim.start)
          expect(count).toBeGreaterThanOrEqual(claim?.lower ?? Number.NaN)
          expect(count).toBeLessThanOrEqual(claim?.upper ?? Number.NaN)
        }
        for (let day = start; day <= end; day++) {
          expect(runningCount(day + 1)).toBeGreaterThanOrEqual(runningCount(day))
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('is the same in whatever order its observations are handed over', () => {
    const shuffled = randomObservations(SMALL).chain((observations) =>
      fc.tuple(
        fc.constant(observations),
        fc.shuffledSubarray(observations, { minLength: observations.length }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([observations, others]) => {
        const one = reconcile(observations)
        const other = reconcile(others)
        expect(byId(other.statuses)).toEqual(byId(one.statuses))
        expect(other.conflicts).toEqual(one.conflicts)
        expect(other.covered).toEqual(one.covered)
        expect(rangesOf(other, smallWindows)).toEqual(rangesOf(one, smallWindows))
      }),
      { numRuns: 1_000 },
    )
  })

  test('never widens a range for one more accepted observation', () => {
    const withSome = randomObservations(SMALL).chain((observations) =>
      fc.tuple(fc.constant(observations), fc.subarray(observations)),
    )
    fc.assert(
      fc.property(withSome, ([observations, some]) => {
        const all = reconcile(observations)
        const accepted = acceptedOf(all, observations)
        const fewer = accepted.filter((observation) => some.includes(observation))
        const less = reconcile(fewer)
        expect(new Set(less.statuses.values()).has('conflicting')).toBe(false)
        expect(widenings(all, less, smallWindows)).toEqual([])
        expect(rangesOf(reconcile(accepted), smallWindows)).toEqual(rangesOf(all, smallWindows))
      }),
      { numRuns: 1_000 },
    )
  })

  test('covers the days inside accepted observations, and names the windows of conflicting ones', () => {
    fc.assert(
      fc.property(randomObservations(SMALL), (observations) => {
        const found = reconcile(observations)
        const covered = acceptedOf(found, observations).flatMap(daysOf)
        const daysCovered = found.covered.flatMap((window) => windowsOfOneDay(window))
        expect(daysCovered).toEqual([...new Set(covered)].sort((a, b) => a - b))
        const conflicting = observations.filter(({ id }) => found.statuses.get(id) === 'conflicting')
        const windows = conflicting.map((o) => days(o.period_start, o.period_end))
        expect(windowTexts(found.conflicts)).toEqual(windowTexts(windows))
      }),
      { numRuns: 1_000 },
    )
  })
})

const windowsOfOneDay = ({ start, end }: Window) =>
  Array.from({ length: end - start + 1 }, (_, index) => start + index)

const windowTexts = (windows: readonly Window[]) => windows.map(({ start, end }) => `${start} ${end}`).sort()

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

test('random observations are as mixed as these tests need them', () => {
  const seen = new Map<string, number>()
  for (const observations of fc.sample(randomObservations(SMALL), 300)) {
    const { statuses } = reconcile(observations)
    for (const { id, qualifier, kind, period_basis, published_on, period_start } of observations) {
      const facts = [
        statuses.get(id),
        qualifier,
        kind,
        period_basis,
        published_on === null,
        toDay(period_start) - FIRST,
      ]
      for (const fact of facts) seen.set(`${fact}`, (seen.get(`${fact}`) ?? 0) + 1)
    }
  }
  const needed = [
    'accepted',
    'conflicting',
    'approximate',
    'more_than',
    'about',
    'claim',
    'inferred',
    'true',
    '0',
    '9',
  ]
  expect(needed.filter((fact) => (seen.get(fact) ?? 0) < 50)).toEqual([])
})
