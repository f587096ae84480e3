import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Day, toDay, type Window } from '../../../src/domain/calendar.ts'
import type { Observation } from '../../../src/domain/observation.ts'
import {
  claimOf,
  enumerateSeries,
  fewestFigures,
  isSatisfiable,
  solveSeries,
} from '../../support/domain/oracle.ts'
import { daysOf, faultsIn } from '../../support/domain/proof-check.ts'
import {
  days,
  FIRST,
  horizonOf,
  observe,
  randomObservations,
  windowsIn,
} from '../../support/domain/random-observations.ts'
import {
  acceptedOf,
  byId,
  LARGE,
  proofIn,
  rangeIn,
  rangesBy,
  rangesOf,
  SMALL,
  TINY,
  widenings,
  windowsOfOneDay,
  windowTexts,
} from '../../support/domain/reconciled-ranges.ts'
import { reconciledAlone, reconciledSeries } from '../../support/domain/reconciled-series.ts'
import { runs } from '../../support/run-count.ts'

describe('what a few figures say', () => {
  const all = days('2024-01-01', '2024-12-31')
  const range = (observations: Observation[], window: Window) =>
    rangeIn(reconciledSeries(observations), window)

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
    const reconciled = reconciledSeries(observations)
    const november = days('2024-11-01', '2024-11-15')
    expect(rangeIn(reconciled, november)).toEqual({ min: 650, max: Number.POSITIVE_INFINITY })
    const terms = [
      { observation: 1, weight: 1 },
      { observation: 2, weight: -1 },
    ]
    expect(proofIn(reconciled, november)).toEqual({ min: { divisor: 1, terms }, max: null })
    expect([...reconciled.statuses.values()]).toEqual(['accepted', 'accepted'])
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
    const reconciled = reconciledSeries(observations)
    expect(rangeIn(reconciled, all)).toEqual({ min: 10, max: 10 })
    expect(byId(reconciled.statuses)).toEqual([
      [1, 'conflicting'],
      [2, 'accepted'],
      [3, 'approximate'],
    ])
    expect(reconciled.conflicts).toEqual([all])
  })

  test('accepts a figure that meets what is known in a single number', () => {
    const observations = [
      observe({ id: 1, source: 'a', count: 10, qualifier: 'at_most' }),
      observe({ id: 2, source: 'b', count: 10, qualifier: 'at_least' }),
      observe({ id: 3, source: 'c', count: 10, qualifier: 'more_than' }),
    ]
    const reconciled = reconciledSeries(observations)
    expect(rangeIn(reconciled, all)).toEqual({ min: 10, max: 10 })
    expect(byId(reconciled.statuses)).toEqual([
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
    expect(reconciledSeries([...months, quarter]).statuses.get(4)).toBe('conflicting')
    expect(reconciledSeries([...months, { ...quarter, count: 30 }]).statuses.get(4)).toBe('accepted')
  })
})

describe('a series', () => {
  const tinyWindows = windowsIn(horizonOf(TINY))
  const smallWindows = windowsIn(horizonOf(SMALL))

  test('has the tightest range for every window, of all ways the days can have gone', () => {
    fc.assert(
      fc.property(randomObservations(TINY), (observations) => {
        const truth = enumerateSeries(observations, horizonOf(TINY, 0))
        const found = reconciledSeries(observations)
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
        const found = reconciledSeries(observations)
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
          const found = reconciledSeries(observations)
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
            .flatMap((window) => faultsIn(proofIn(found, window), truth.rangeIn(window), window, grounds))
          expect(faults).toEqual([])
        }),
        { numRuns: 60 },
      )
    }
  })

  test('proves each end of each range, with as few figures as can be', () => {
    const horizon = horizonOf(SMALL)
    fc.assert(
      fc.property(randomObservations(SMALL), (observations) => {
        const truth = solveSeries(observations, horizon)
        const found = reconciledSeries(observations)
        const grounds = { observations, statuses: truth.statuses, borders: ['PL-BY'], horizon }
        const fewest = fewestFigures(acceptedOf(found, observations), horizon)
        const proofs = smallWindows.map((window) => ({ window, proof: proofIn(found, window) }))
        const faults = proofs.flatMap(({ window, proof }) =>
          faultsIn(proof, truth.rangeIn(window), window, grounds),
        )
        expect(faults).toEqual([])
        expect(proofs.map(({ window, proof }) => ({ ...window, figures: proof.min.terms.length }))).toEqual(
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
        const found = reconciledSeries(observations)
        expect(isSatisfiable(solveSeries(observations, horizonOf(SMALL)).least)).toBe(true)
        const { countBefore } = reconciledAlone(observations)
        const runningCount = (day: Day) => countBefore('PL-BY', day)
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
        const one = reconciledSeries(observations)
        const other = reconciledSeries(others)
        expect(byId(other.statuses)).toEqual(byId(one.statuses))
        expect(windowTexts(other.conflicts)).toEqual(windowTexts(one.conflicts))
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
        const all = reconciledSeries(observations)
        const accepted = acceptedOf(all, observations)
        const fewer = accepted.filter((observation) => some.includes(observation))
        const less = reconciledSeries(fewer)
        expect(new Set(less.statuses.values()).has('conflicting')).toBe(false)
        expect(widenings(all, less, smallWindows)).toEqual([])
        expect(rangesOf(reconciledSeries(accepted), smallWindows)).toEqual(rangesOf(all, smallWindows))
      }),
      { numRuns: 1_000 },
    )
  })

  test('covers the days inside accepted observations, and names the windows of conflicting ones', () => {
    fc.assert(
      fc.property(randomObservations(SMALL), (observations) => {
        const found = reconciledSeries(observations)
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

test('random observations are as mixed as these tests need them', () => {
  const seen = new Map<string, number>()
  for (const observations of fc.sample(randomObservations(SMALL), 300)) {
    const { statuses } = reconciledSeries(observations)
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
