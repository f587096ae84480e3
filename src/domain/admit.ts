import type { Term } from './bounds.ts'
import type { Day } from './calendar.ts'
import {
  addStep,
  type Boundary,
  boundaryAt,
  type ConstraintGraph,
  countAt,
  type Part,
  type Step,
} from './constraint-graph.ts'
import { search } from './slack-search.ts'

/** A demand on the count between the starts of two days: lower ≤ F(end) − F(start) ≤ upper. */
export interface Constraint {
  readonly start: Day
  readonly end: Day
  readonly lower: number
  readonly upper: number
  readonly observation: number
}

/** Adds a bound, drawn from other series' figures, that the graph's running count is known to satisfy already. */
export function assume(
  graph: ConstraintGraph,
  bound: { from: Day; to: Day; weight: number; figures: number; prove: () => Term[] },
): void {
  addStep({ ...bound, from: boundaryAt(graph, bound.from), to: boundaryAt(graph, bound.to) })
}

/**
 * Accepts a constraint, or changes nothing and answers false where it contradicts the graph, that is,
 * where its range does not meet the one that the graph already gives for its days.
 */
export function admit(graph: ConstraintGraph, constraint: Constraint): boolean {
  const { lower, upper, observation } = constraint
  const start = boundaryAt(graph, constraint.start)
  const end = boundaryAt(graph, constraint.end)
  const change = countAt(end) - countAt(start)
  if (change < lower && !raise(graph, end, start, lower - change)) return false
  if (change > upper && !raise(graph, start, end, change - upper)) return false
  const steps: Step[] = []
  if (lower > 0) {
    steps.push({ from: start, to: end, weight: lower, figures: 1, prove: () => [{ observation, sign: 1 }] })
  }
  if (upper < Number.POSITIVE_INFINITY) {
    steps.push({
      from: end,
      to: start,
      weight: 0 - upper,
      figures: 1,
      prove: () => [{ observation, sign: -1 }],
    })
  }
  for (const step of steps) addStep(step)
  if (lower === upper) join(start.part, end.part)
  return true
}

/**
 * Raises the running count at a boundary, and wherever the steps then demand it, without moving the
 * pinned boundary. Where the steps would have to move that one too, nothing is changed: false.
 */
function raise(graph: ConstraintGraph, boundary: Boundary, pinned: Boundary, amount: number): boolean {
  const reached = search(graph, boundary.part, pinned.part, amount)
  if (pinned.part.settledIn === graph.searches) return false
  for (const part of reached) part.count += amount - part.distance
  return true
}

/** Makes one part of two, because an exact figure fixes the difference between them. */
function join(a: Part, b: Part): void {
  if (a === b) return
  const [small, large] = a.boundaries.length < b.boundaries.length ? [a, b] : [b, a]
  const shift = small.count - large.count
  for (const boundary of small.boundaries) {
    boundary.part = large
    boundary.offset += shift
    large.boundaries.push(boundary)
  }
  for (const step of small.steps) large.steps.push(step)
}
