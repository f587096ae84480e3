import { expect, test } from 'vitest'
import { type Bounds, proofIn, rangeIn } from '../../../src/domain/bounds/bounds.ts'
import { createOwnBounds } from '../../../src/domain/joint/own-bounds.ts'
import type { Observation } from '../../../src/domain/observation.ts'
import { claimOf } from '../../support/domain/oracle.ts'
import { days, observe } from '../../support/domain/random-observations.ts'

const YEAR = days('2024-01-01', '2024-12-31')

/** The bounds that figures of one border leave. */
function boundsOf(...figures: Partial<Observation>[]): Bounds {
  const constraints = figures.map((facts, index) => {
    const { lower, upper, start, end } = claimOf(observe(facts)) ?? expect.unreachable()
    return { members: [0], start, end: end + 1, lower, upper, observation: index + 1 }
  })
  const own = createOwnBounds(1, constraints)
  expect(constraints.map(own.accept)).not.toContain(false)
  return own.of[0] ?? expect.unreachable()
}

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
