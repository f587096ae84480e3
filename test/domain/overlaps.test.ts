import fc from 'fast-check'
import { expect, test } from 'vitest'
import { overlaps } from '../../src/domain/calendar.ts'
import { overlapCounter } from '../../src/domain/overlaps.ts'

const window = fc
  .tuple(fc.integer({ min: -15, max: 15 }), fc.nat(9))
  .map(([start, more]) => ({ start, end: start + more }))

test('counts the windows that share a day with another, as looking at each of them does', () => {
  fc.assert(
    fc.property(fc.array(window, { maxLength: 12 }), fc.array(window), (windows, asked) => {
      const count = overlapCounter(windows)
      expect(asked.map(count)).toEqual(
        asked.map((each) => windows.filter((other) => overlaps(other, each)).length),
      )
    }),
    { numRuns: 1_000 },
  )
})

test('counts no windows where there are none', () => {
  expect(overlapCounter([])({ start: 1, end: 9 })).toBe(0)
})
