import type { Day } from './calendar.ts'
import {
  type Assumption,
  addStep,
  boundaryAt,
  type ConstraintGraph,
  countAt,
  joinParts,
  partAt,
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

/** A bound on how much the count changes at least between the starts of two days. */
export interface AssumedBound {
  readonly from: Day
  readonly to: Day
  readonly weight: number
}

/** Adds bounds, drawn from other series' figures, that the graph's running count is known to satisfy already. */
export function assume(graph: ConstraintGraph, bounds: Iterable<AssumedBound>, assumption: Assumption): void {
  const ground = 0 - graph.assumptions.push(assumption)
  for (const { from, to, weight } of bounds) {
    addStep(graph, { from: boundaryAt(graph, from), to: boundaryAt(graph, to), weight, ground })
  }
}

/**
 * Accepts a constraint, or changes nothing and answers false where it contradicts the graph, that is,
 * where its range does not meet the one that the graph already gives for its days.
 */
export function admit(graph: ConstraintGraph, constraint: Constraint): boolean {
  const { lower, upper, observation } = constraint
  const start = boundaryAt(graph, constraint.start)
  const end = boundaryAt(graph, constraint.end)
  const change = countAt(graph, end) - countAt(graph, start)
  if (change < lower && !raise(graph, end, start, lower - change)) return false
  if (change > upper && !raise(graph, start, end, change - upper)) return false
  if (lower > 0) addStep(graph, { from: start, to: end, weight: lower, ground: observation })
  if (upper < Number.POSITIVE_INFINITY) {
    addStep(graph, { from: end, to: start, weight: 0 - upper, ground: observation })
  }
  if (lower === upper) joinParts(graph, partAt(graph, start), partAt(graph, end))
  return true
}

/**
 * Raises the running count at a boundary, and wherever the steps then demand it, without moving the
 * pinned boundary. Where the steps would have to move that one too, nothing is changed: false.
 */
function raise(graph: ConstraintGraph, boundary: number, pinned: number, amount: number): boolean {
  const { parts } = graph
  const reached = search(graph, partAt(graph, boundary), partAt(graph, pinned), amount)
  if (parts.settledIn[partAt(graph, pinned)] === graph.searches) return false
  for (const part of reached) {
    parts.count[part] = (parts.count[part] ?? 0) + amount - (parts.distance[part] ?? 0)
  }
  return true
}
