import fc from 'fast-check'
import { expect, test } from 'vitest'
import { proofIn, rangeIn, sumOf, tighterOf } from '../../../src/domain/bounds/bounds.ts'
import { finish } from '../../../src/domain/bounds/work.ts'
import type { Observation } from '../../../src/domain/observation.ts'
import { reconcile } from '../../../src/domain/reconciliation.ts'
import { faultsIn } from '../../support/domain/proof-check.ts'
import {
  days,
  horizonOf,
  observe,
  randomObservations,
  type Shape,
  windowsIn,
} from '../../support/domain/random-observations.ts'

const YEAR = days('2024-01-01', '2024-12-31')
const SHAPE: Shape = { days: 7, figures: 9, dailyMax: 6, countMax: 40 }

const boundsOf = (...observations: Partial<Observation>[]) =>
  reconcile(observations.map((facts, index) => observe({ id: index + 1, source: `s${index}`, ...facts })))
    .bounds

test('a window has the least change forward as its smallest number, the least backward as its largest', () => {
  const bounds = boundsOf({ count: 3, qualifier: 'at_least' }, { count: 8, qualifier: 'at_most' })
  expect(bounds.least(YEAR.start, YEAR.end + 1)).toBe(3)
  expect(bounds.least(YEAR.end + 1, YEAR.start)).toBe(-8)
  expect(rangeIn(bounds, YEAR)).toEqual({ min: 3, max: 8 })
})

test('a range of nothing but zeros has no negative zero in it', () => {
  const bounds = boundsOf({ count: 0 })
  expect(Object.is(rangeIn(bounds, YEAR).min, 0)).toBe(true)
  expect(Object.is(rangeIn(bounds, YEAR).max, 0)).toBe(true)
  expect(Object.is(rangeIn(sumOf([bounds, bounds]), YEAR).max, 0)).toBe(true)
  expect(Object.is(rangeIn(tighterOf(bounds, bounds), YEAR).max, 0)).toBe(true)
})

test('where there is no upper bound, the largest number is infinite and has no proof', () => {
  const bounds = boundsOf({ count: 3, qualifier: 'at_least' })
  expect(rangeIn(bounds, YEAR).max).toBe(Number.POSITIVE_INFINITY)
  expect(proofIn(bounds, YEAR)).toEqual({ min: [{ observation: 1, sign: 1 }], max: null })
})

test('a smallest number of 0 has an empty proof', () => {
  const proof = { min: [], max: [{ observation: 1, sign: 1 }] }
  expect(proofIn(boundsOf({ count: 8, qualifier: 'at_most' }), YEAR)).toEqual(proof)
  expect(proofIn(boundsOf({ count: 0 }), YEAR)).toEqual(proof)
  expect(proofIn(boundsOf({ count: 8 }), days('2024-03-01'))).toEqual(proof)
})

test('an upper bound is proved with the signs turned round', () => {
  const bounds = boundsOf(
    { period_end: '2024-03-31', count: 100 },
    { period_end: '2024-02-29', count: 60, qualifier: 'at_least' },
  )
  const { min, max } = proofIn(bounds, days('2024-03-01', '2024-03-31'))
  expect(min).toEqual([])
  expect(max?.toSorted((a, b) => a.observation - b.observation)).toEqual([
    { observation: 1, sign: 1 },
    { observation: 2, sign: -1 },
  ])
  expect(rangeIn(bounds, days('2024-03-01', '2024-03-31'))).toEqual({ min: 0, max: 40 })
})

test('a sum of counts is as open as the most open of them', () => {
  const closed = boundsOf({ count: 3 })
  const open = boundsOf({ count: 4, qualifier: 'more_than' })
  expect(rangeIn(sumOf([closed, open]), YEAR)).toEqual({ min: 8, max: Number.POSITIVE_INFINITY })
  expect(proofIn(sumOf([closed, open]), YEAR).max).toBeNull()
  expect(rangeIn(sumOf([closed]), YEAR)).toEqual({ min: 3, max: 3 })
})

/** Two sets of figures on one count, which cannot contradict one another. */
const twoViews = fc
  .tuple(randomObservations(SHAPE), fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }))
  .map(([observations, sides]) => {
    const { statuses } = reconcile(observations)
    const accepted = observations.filter(({ id }) => statuses.get(id) === 'accepted')
    const side = (which: boolean) => accepted.filter((_, index) => sides[index] === which)
    return { accepted, one: side(true), other: side(false) }
  })

test('of two bounds on one count the tighter one answers every question, and proves it', () => {
  const windows = windowsIn(horizonOf(SHAPE))
  fc.assert(
    fc.property(twoViews, ({ accepted, one, other }) => {
      const [a, b] = [reconcile(one).bounds, reconcile(other).bounds]
      const both = tighterOf(a, b)
      const grounds = {
        observations: accepted,
        statuses: reconcile(accepted).statuses,
        borders: ['PL-BY'],
        horizon: horizonOf(SHAPE),
      }
      expect(windows.map((window) => rangeIn(both, window))).toEqual(
        windows.map((window) => {
          const [x, y] = [rangeIn(a, window), rangeIn(b, window)]
          return { min: Math.max(x.min, y.min), max: Math.min(x.max, y.max) }
        }),
      )
      const starts = [...new Set(windows.map(({ start }) => start))]
      expect(finish(both.leastBetween(Int32Array.from(starts))).map((row) => [...row])).toEqual(
        starts.map((from) => starts.map((to) => both.least(from, to))),
      )
      expect(
        windows.flatMap((window) => faultsIn(proofIn(both, window), rangeIn(both, window), window, grounds)),
      ).toEqual([])
    }),
    { numRuns: 500 },
  )
})
