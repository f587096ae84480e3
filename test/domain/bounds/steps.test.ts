import { expect, test } from 'vitest'
import { growSteps, type Steps, stepsFor } from '../../../src/domain/bounds/steps.ts'

const FIELDS = ['from', 'to', 'weight', 'ground', 'nextOfBoundary', 'nextOfPart'] as const

/** Puts into every field of a step a number of its own. */
function mark(steps: Steps, step: number): void {
  for (const [index, field] of FIELDS.entries()) steps[field][step] = 10 * step + index
}

const held = (steps: Steps) => FIELDS.map((field) => [...steps[field].slice(0, steps.length)])

test('steps keep all that is held of them, however far beyond their first room they grow', () => {
  const steps = stepsFor(2)
  expect(steps.length).toBe(0)
  for (let length = 1; length <= 40; length++) {
    growSteps(steps, length)
    mark(steps, length - 1)
    expect(steps.length).toBe(length)
  }
  expect(held(steps)).toEqual(
    FIELDS.map((_, index) => Array.from({ length: 40 }, (_, step) => 10 * step + index)),
  )
})

test('steps are given room seldom: not while there is some, and then for as many again', () => {
  const steps = stepsFor(4)
  const { from } = steps
  growSteps(steps, 4)
  expect(steps.from).toBe(from)
  growSteps(steps, 5)
  expect(FIELDS.map((field) => steps[field].length)).toEqual(FIELDS.map(() => 10))
})

test('a step can weigh what a 32-bit number cannot hold', () => {
  const steps = stepsFor(1)
  growSteps(steps, 1)
  steps.weight[0] = -3_000_000_000.5
  steps.ground[0] = 2 ** 40
  growSteps(steps, 2)
  expect([steps.weight[0], steps.ground[0]]).toEqual([-3_000_000_000.5, 2 ** 40])
})
