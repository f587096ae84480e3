import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Constraint } from '../../../src/domain/bounds/accept-constraint.ts'
import { initialCounts } from '../../../src/domain/bounds/initial-counts.ts'
import type { Day } from '../../../src/domain/calendar.ts'

interface Figure {
  readonly start: Day
  readonly end: Day
  readonly count: number
}

const figures = fc.array(
  fc.record({ start: fc.nat(30), length: fc.integer({ min: 1, max: 12 }), count: fc.nat(1_000_000_000) }),
  { maxLength: 25 },
)

function guess(figures: readonly Figure[]) {
  const days = [...new Set(figures.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b)
  const constraints = figures.map(
    ({ start, end, count }, observation): Constraint => ({
      start,
      end,
      lower: count,
      upper: count,
      observation,
    }),
  )
  const counts = initialCounts(Int32Array.from(days), constraints)
  return { days, at: (day: Day) => counts[days.indexOf(day)] ?? Number.NaN }
}

test('is a running count of whole numbers that never falls, whatever the figures', () => {
  fc.assert(
    fc.property(figures, (drafts) => {
      const { days, at } = guess(drafts.map((draft) => ({ ...draft, end: draft.start + draft.length })))
      const counts = days.map(at)
      expect(counts.every(Number.isSafeInteger)).toBe(true)
      expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    }),
    { numRuns: 1_000 },
  )
})

test('meets all figures that do not overlap', () => {
  fc.assert(
    fc.property(figures, (drafts) => {
      let day = 0
      const disjoint = drafts.map(({ start, length, count }) => {
        const from = day + (start % 3)
        day = from + length
        return { start: from, end: day, count }
      })
      const { at } = guess(disjoint)
      expect(disjoint.map(({ start, end }) => at(end) - at(start))).toEqual(
        disjoint.map(({ count }) => count),
      )
    }),
    { numRuns: 1_000 },
  )
})

const isNestedOrApart = (a: Figure, b: Figure) =>
  a.end <= b.start ||
  b.end <= a.start ||
  (a.start <= b.start && b.end <= a.end) ||
  (b.start <= a.start && a.end <= b.end)

test('meets all figures of one course of events that hold one another whole or not at all', () => {
  const daily = fc.array(fc.nat(1_000), { minLength: 45, maxLength: 45 })
  fc.assert(
    fc.property(figures, daily, (drafts, counts) => {
      const nested: Figure[] = []
      for (const { start, length } of drafts) {
        const end = start + length
        const count = counts.slice(start, end).reduce((sum, each) => sum + each, 0)
        const figure = { start, end, count }
        if (nested.every((other) => isNestedOrApart(figure, other))) nested.push(figure)
      }
      const { at } = guess(nested)
      expect(nested.map(({ start, end }) => at(end) - at(start))).toEqual(nested.map(({ count }) => count))
    }),
    { numRuns: 1_000 },
  )
})

test('spreads what a longer figure leaves over the days that no shorter one counts', () => {
  const { at } = guess([
    { start: 0, end: 10, count: 100 },
    { start: 2, end: 4, count: 60 },
    { start: 6, end: 7, count: 5 },
  ])
  expect([0, 2, 4, 6, 7, 10].map(at)).toEqual([0, 10, 70, 80, 85, 100])
})

test('gives the days of a figure already used up nothing', () => {
  const { at } = guess([
    { start: 0, end: 10, count: 50 },
    { start: 2, end: 4, count: 60 },
  ])
  expect([0, 2, 4, 10].map(at)).toEqual([0, 0, 60, 60])
})

test('has no day where there is no figure', () => {
  expect(initialCounts(Int32Array.of(), [])).toEqual(Float64Array.of())
})
