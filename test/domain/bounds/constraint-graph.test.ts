import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptConstraint, type Constraint } from '../../../src/domain/bounds/accept-constraint.ts'
import { type Bounds, rangeIn } from '../../../src/domain/bounds/bounds.ts'
import { createGraph } from '../../../src/domain/bounds/constraint-graph.ts'
import { boundsOf } from '../../../src/domain/bounds/graph-bounds.ts'
import type { Day } from '../../../src/domain/calendar.ts'
import { windowsIn } from '../../support/domain/random-observations.ts'

const OPEN = Number.POSITIVE_INFINITY
const DAYS: Day[] = [0, 3, 4, 7, 10, 12, 20]
const EVERY_WINDOW = windowsIn({ start: -2, end: 22 })

const constraints: fc.Arbitrary<Constraint[]> = fc
  .array(
    fc.record({
      from: fc.nat(DAYS.length - 2),
      more: fc.nat(DAYS.length),
      lower: fc.nat(20),
      width: fc.oneof(fc.constant(0), fc.nat(10), fc.constant(OPEN)),
    }),
    { maxLength: 12 },
  )
  .map((drafts) =>
    drafts.map(({ from, more, lower, width }, index) => {
      const to = Math.min(DAYS.length - 1, from + 1 + (more % (DAYS.length - 1 - from)))
      return {
        start: DAYS[from] ?? 0,
        end: DAYS[to] ?? 0,
        lower,
        upper: lower + width,
        observation: index + 1,
      }
    }),
  )

/** A running count that never falls, on the days of {@link DAYS}. */
const runningCounts = fc
  .array(fc.nat(30), { minLength: DAYS.length, maxLength: DAYS.length })
  .map((steps) => (day: Day) => steps.slice(0, DAYS.indexOf(day) + 1).reduce((sum, step) => sum + step, -50))

const graphOf = (days: readonly Day[], runningCount: (day: Day) => number) =>
  createGraph(Int32Array.from(days), Float64Array.from(days, runningCount))
const emptyGraph = () => graphOf(DAYS, () => 0)
const rangesOf = (bounds: Bounds) => EVERY_WINDOW.map((window) => ({ ...window, ...rangeIn(bounds, window) }))

describe('a constraint graph', () => {
  test('answers the same whatever running count it starts from', () => {
    fc.assert(
      fc.property(constraints, runningCounts, (constraints, start) => {
        const plain = emptyGraph()
        const other = graphOf(DAYS, start)
        const admitted = constraints.map((constraint) => acceptConstraint(plain, constraint))
        expect(constraints.map((constraint) => acceptConstraint(other, constraint))).toEqual(admitted)
        expect(rangesOf(boundsOf(other))).toEqual(rangesOf(boundsOf(plain)))
      }),
      { numRuns: 1_000 },
    )
  })

  test('admits a constraint exactly where its range meets the one already known for its days', () => {
    fc.assert(
      fc.property(constraints, (constraints) => {
        const graph = emptyGraph()
        for (const constraint of constraints) {
          const known = rangeIn(boundsOf(graph), { start: constraint.start, end: constraint.end - 1 })
          const meets = constraint.lower <= known.max && constraint.upper >= known.min
          expect(acceptConstraint(graph, constraint)).toBe(meets)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('is not changed by a constraint that it refuses', () => {
    fc.assert(
      fc.property(constraints, (constraints) => {
        const all = emptyGraph()
        const admitted = constraints.filter((constraint) => acceptConstraint(all, constraint))
        const some = emptyGraph()
        expect(admitted.every((constraint) => acceptConstraint(some, constraint))).toBe(true)
        expect(rangesOf(boundsOf(some))).toEqual(rangesOf(boundsOf(all)))
      }),
      { numRuns: 1_000 },
    )
  })

  test('says the same of constraints that can all be true, in whatever order it admits them', () => {
    const shuffled = constraints.chain((given) => {
      const graph = emptyGraph()
      const admitted = given.filter((constraint) => acceptConstraint(graph, constraint))
      const orders = fc.shuffledSubarray(admitted, { minLength: admitted.length })
      return fc.tuple(fc.constant(boundsOf(graph)), orders)
    })
    fc.assert(
      fc.property(shuffled, ([bounds, constraints]) => {
        const graph = emptyGraph()
        expect(constraints.every((constraint) => acceptConstraint(graph, constraint))).toBe(true)
        expect(rangesOf(boundsOf(graph))).toEqual(rangesOf(bounds))
      }),
      { numRuns: 1_000 },
    )
  })

  test('always carries a running count that satisfies what it admitted', () => {
    fc.assert(
      fc.property(constraints, runningCounts, (constraints, start) => {
        const graph = graphOf(DAYS, start)
        const admitted: Constraint[] = []
        for (const constraint of constraints) {
          if (acceptConstraint(graph, constraint)) admitted.push(constraint)
          const { runningCount } = boundsOf(graph)
          const broken = admitted.filter(({ start, end, lower, upper }) => {
            const count = runningCount(end) - runningCount(start)
            return count < lower || count > upper
          })
          expect(broken).toEqual([])
          const counts = DAYS.map(runningCount)
          expect(counts).toEqual(counts.toSorted((a, b) => a - b))
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('is not changed by the questions that it answers', () => {
    fc.assert(
      fc.property(constraints, fc.nat(20), fc.nat(20), (constraints, from, to) => {
        const asked = emptyGraph()
        const silent = emptyGraph()
        for (const constraint of constraints) {
          const bounds = boundsOf(asked)
          bounds.least(from, to)
          if (Number.isFinite(bounds.least(to, from))) bounds.prove(to, from)
          expect(acceptConstraint(asked, constraint)).toBe(acceptConstraint(silent, constraint))
        }
        expect(rangesOf(boundsOf(asked))).toEqual(rangesOf(boundsOf(silent)))
      }),
      { numRuns: 500 },
    )
  })

  test('proves a bound by the fewest figures that give it, in whatever order they came', () => {
    const parts = [
      { start: 0, end: 3, lower: 4, upper: OPEN, observation: 1 },
      { start: 3, end: 4, lower: 5, upper: OPEN, observation: 2 },
    ]
    const whole = { start: 0, end: 4, lower: 9, upper: OPEN, observation: 3 }
    for (const order of [
      [...parts, whole],
      [whole, ...parts],
      [...parts.toReversed(), whole],
    ]) {
      const graph = emptyGraph()
      expect(order.every((constraint) => acceptConstraint(graph, constraint))).toBe(true)
      expect(boundsOf(graph).prove(0, 4)).toEqual([{ observation: 3, sign: 1 }])
    }
  })

  test('leaves the running count that it starts from as it was', () => {
    const counts = new Float64Array(DAYS.length)
    const graph = createGraph(Int32Array.from(DAYS), counts)
    acceptConstraint(graph, { start: 0, end: 10, lower: 5, upper: 5, observation: 1 })
    expect([...counts]).toEqual(DAYS.map(() => 0))
  })

  test('refuses a day that it was not made for', () => {
    const constraint = { start: 0, end: 5, lower: 1, upper: 1, observation: 1 }
    expect(() => acceptConstraint(emptyGraph(), constraint)).toThrow(
      new RangeError('day 5 is not a boundary of this graph'),
    )
    expect(() => acceptConstraint(emptyGraph(), { ...constraint, start: -1, end: 3 })).toThrow(RangeError)
    expect(() => acceptConstraint(emptyGraph(), { ...constraint, start: 5, end: 7 })).toThrow(RangeError)
  })

  test('without a day knows only that a count never falls', () => {
    const bounds = boundsOf(graphOf([], () => 0))
    expect([bounds.least(3, 5), bounds.least(5, 5)]).toEqual([0, 0])
    expect(bounds.least(5, 3)).toBe(-OPEN)
    expect(bounds.prove(3, 5)).toEqual([])
    expect(bounds.runningCount(3)).toBe(0)
  })

  test('proves nothing of days between its boundaries, on which order alone decides', () => {
    const graph = emptyGraph()
    acceptConstraint(graph, { start: 12, end: 20, lower: 0, upper: 9, observation: 1 })
    expect(boundsOf(graph).least(14, 16)).toBe(0)
    expect(boundsOf(graph).prove(14, 16)).toEqual([])
  })

  test('holds thousands of exact days in a row, and their sum', () => {
    const size = 3_000
    const days = Array.from({ length: size + 1 }, (_, day) => day)
    const graph = graphOf(days, () => 0)
    for (const day of days.slice(0, -1).reverse()) {
      expect(
        acceptConstraint(graph, { start: day, end: day + 1, lower: day, upper: day, observation: day + 1 }),
      ).toBe(true)
    }
    const sum = (size * (size - 1)) / 2
    const bounds = boundsOf(graph)
    expect(rangeIn(bounds, { start: 0, end: size - 1 })).toEqual({ min: sum, max: sum })
    expect(bounds.prove(0, size)).toHaveLength(size - 1)
    expect(
      acceptConstraint(graph, { start: 0, end: size, lower: sum + 1, upper: OPEN, observation: size + 1 }),
    ).toBe(false)
    expect(
      acceptConstraint(graph, { start: 0, end: size, lower: sum, upper: sum, observation: size + 1 }),
    ).toBe(true)
    expect(bounds.prove(0, size)).toEqual([{ observation: size + 1, sign: 1 }])
  })
})
