import { describe, expect, test } from 'vitest'
import { type Claim, faultsOfProof } from '../../../src/domain/joint/check-proof.ts'
import type { JointConstraint } from '../../../src/domain/joint/joint-constraint.ts'
import type { Proof } from '../../../src/domain/proof.ts'

const INFINITE = Number.POSITIVE_INFINITY

const figure = (
  observation: number,
  members: number[],
  start: number,
  end: number,
  lower: number,
  upper = lower,
) => [observation, { observation, members, start, end, lower, upper }] as const

/** Days 0 to 9 of two members and their group: the group's 20 less the first member's 12 leaves the second 8. */
const FIGURES: ReadonlyMap<number, JointConstraint> = new Map([
  figure(1, [0, 1], 0, 10, 20),
  figure(2, [0], 0, 10, 12),
  figure(3, [0], 0, 10, 10, INFINITE),
  figure(4, [0, 1], 0, 10, 19, 23),
])

const CLAIM: Claim = { members: [1], start: 0, end: 10, bound: 'min', value: 8 }

const proof = (divisor: number, ...terms: [observation: number, weight: number][]): Proof => ({
  divisor,
  terms: terms.map(([observation, weight]) => ({ observation, weight })),
})

const VALID = proof(1, [1, 1], [2, -1])

describe('a proof', () => {
  test('holds where its figures count every selected day and no other', () => {
    expect(faultsOfProof(CLAIM, VALID, FIGURES)).toEqual([])
    expect(faultsOfProof({ ...CLAIM, bound: 'max' }, VALID, FIGURES)).toEqual([])
    expect(faultsOfProof({ ...CLAIM, end: 12 }, VALID, FIGURES)).toEqual([])
  })

  test.for<[why: string, claim: Partial<Claim>, mutant: Proof, fault: RegExp]>([
    ['a flipped sign', {}, proof(1, [1, 1], [2, 1]), /counted wrongly/],
    ['a weight more', {}, proof(1, [1, 1], [2, -2]), /adds up to -4/],
    ['a weight more that counts a day twice', {}, proof(1, [1, 2], [2, -1]), /counted wrongly/],
    ['a forgotten divisor', {}, proof(1, [1, 2], [2, -2]), /counted wrongly/],
    ['a divisor too large', {}, proof(2, [1, 1], [2, -1]), /adds up to 4/],
    ['an infinite end', {}, proof(1, [1, 1], [3, -1]), /observation 3 has no such end/],
    ['a group counted for one member only', {}, proof(1, [1, 1]), /member 0 is counted wrongly/],
    ['an end that is not the selected one', { bound: 'max' }, proof(1, [4, 1], [2, -1]), /adds up to 11/],
    ['another window', { start: 1 }, VALID, /member 1 is counted wrongly from day 0/],
    ['a window that it does not fill', { bound: 'max', end: 11 }, VALID, /counted wrongly from day 10/],
    ['another member', { members: [0] }, VALID, /member 1 is counted wrongly/],
    ['another value', { value: 9 }, VALID, /adds up to 8, not to 9/],
    ['a figure that is not accepted', {}, proof(1, [9, 1]), /observation 9 is not an accepted one/],
    ['a figure that stands in it twice', {}, proof(1, [1, 1], [2, -2], [2, 1]), /stands in it twice/],
    ['a weight of 0', {}, proof(1, [1, 1], [2, -1], [4, 0]), /the weight 0/],
    ['a weight that is not whole', {}, proof(1, [1, 1.5]), /the weight 1.5/],
    ['a divisor of 0', {}, proof(0, [1, 1]), /the divisor must be/],
    ['a negative divisor', {}, proof(-1, [1, -1], [2, 1]), /the divisor must be/],
  ])('fails with %s', ([, claim, mutant, fault]) => {
    expect(faultsOfProof({ ...CLAIM, ...claim }, mutant, FIGURES).join('; ')).toMatch(fault)
  })

  test('rounds a min up and a max down', () => {
    const figures = new Map([
      figure(1, [0, 1], 0, 1, 3),
      figure(2, [1, 2], 0, 1, 4),
      figure(3, [0, 2], 0, 1, 6),
    ])
    const half = proof(2, [1, 1], [3, 1], [2, -1])
    const claim = { members: [0], start: 0, end: 1 }
    expect(faultsOfProof({ ...claim, bound: 'min', value: 3 }, half, figures)).toEqual([])
    expect(faultsOfProof({ ...claim, bound: 'max', value: 2 }, half, figures)).toEqual([])
    expect(faultsOfProof({ ...claim, bound: 'min', value: 2 }, half, figures)).toHaveLength(1)
    expect(faultsOfProof({ ...claim, bound: 'max', value: 3 }, half, figures)).toHaveLength(1)
  })

  test('takes a sum below 0 as a min of 0', () => {
    const none = proof(1, [1, 1], [4, -1])
    expect(faultsOfProof({ ...CLAIM, value: 0 }, none, FIGURES)).toEqual([])
  })
})
