import fc from 'fast-check'
import { expect, test } from 'vitest'
import { indexAtOrBefore, sortedDays } from '../../../src/domain/bounds/sorted-days.ts'

const days = fc.array(fc.integer({ min: -20, max: 20 }))

test('days are sorted, each once', () => {
  fc.assert(
    fc.property(days, (given) => {
      expect([...sortedDays(given)]).toEqual([...new Set(given)].sort((a, b) => a - b))
    }),
  )
})

test('the last day on or before another is found, and nothing where all are later', () => {
  fc.assert(
    fc.property(days, fc.integer({ min: -22, max: 22 }), (given, day) => {
      const sorted = sortedDays(given)
      expect(indexAtOrBefore(sorted, day)).toBe(sorted.findLastIndex((each) => each <= day))
    }),
  )
})
