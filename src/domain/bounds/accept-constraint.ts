import type { Day } from '../calendar.ts'
import { memberFrom, memberUntil } from './boundary-set.ts'
import {
  addStep,
  boundaryAt,
  type ConstraintGraph,
  countAt,
  joinParts,
  linkBoundary,
  NONE,
  partAt,
} from './constraint-graph.ts'
import { dijkstra } from './dijkstra.ts'

/** A demand on the count between the starts of two days: lower ≤ F(end) − F(start) ≤ upper. */
export interface Constraint {
  readonly start: Day
  readonly end: Day
  readonly lower: number
  readonly upper: number
  readonly observation: number
}

/**
 * Accepts a constraint, or changes nothing and answers false where it contradicts the graph, that is,
 * where its range does not meet the one that the graph already gives for its days.
 */
export function acceptConstraint(graph: ConstraintGraph, constraint: Constraint): boolean {
  const { linked } = graph
  const { lower, upper, observation } = constraint
  const start = boundaryAt(graph, constraint.start)
  const end = boundaryAt(graph, constraint.end)
  const outside = { start: memberUntil(linked, start), end: memberFrom(linked, end) }
  const inside = { start: memberFrom(linked, start), end: memberUntil(linked, end) }
  const most = changeBetween(graph, outside) ?? Number.POSITIVE_INFINITY
  if (most < lower && !raise(graph, outside.end, outside.start, lower - most)) return false
  const least = changeBetween(graph, inside) ?? 0
  if (least > upper && !raise(graph, inside.start, inside.end, least - upper)) return false
  const isLinked = outside.start === start && outside.end === end
  if (!isLinked) linkEnds(graph, constraint, { start, end }, { outside, inside })
  if (lower > 0) addStep(graph, { from: start, to: end, weight: lower, ground: observation })
  if (upper < Number.POSITIVE_INFINITY) {
    addStep(graph, { from: end, to: start, weight: 0 - upper, ground: observation })
  }
  if (lower === upper) joinParts(graph, partAt(graph, start), partAt(graph, end))
  return true
}

/** Two boundaries; {@link NONE} where there is none on that side. */
interface Ends {
  readonly start: number
  readonly end: number
}

/** The change of the running count from one linked boundary to a later one, where there are two such. */
function changeBetween(graph: ConstraintGraph, { start, end }: Ends): number | null {
  if (start === NONE || end === NONE || start >= end) return null
  return countAt(graph, end) - countAt(graph, start)
}

/**
 * Links both ends of a constraint at counts that satisfy it, each between those of the linked boundaries around
 * it: `admit` has raised these until they leave room for it.
 */
function linkEnds(
  graph: ConstraintGraph,
  { lower, upper }: Constraint,
  { start, end }: Ends,
  { outside, inside }: { readonly outside: Ends; readonly inside: Ends },
): void {
  const lowestStart = outside.start === NONE ? Number.NEGATIVE_INFINITY : countAt(graph, outside.start)
  const highestStart = inside.start === NONE ? Number.POSITIVE_INFINITY : countAt(graph, inside.start)
  const lowestEnd = inside.end === NONE ? Number.NEGATIVE_INFINITY : countAt(graph, inside.end)
  const highestEnd = outside.end === NONE ? Number.POSITIVE_INFINITY : countAt(graph, outside.end)
  let first = Math.min(highestStart, Math.max(lowestStart, countAt(graph, start)))
  let last = Math.min(highestEnd, Math.max(lowestEnd, countAt(graph, end)))
  if (last - first < lower) {
    last = Math.min(highestEnd, first + lower)
    first = Math.min(first, last - lower)
  } else if (last - first > upper) {
    last = Math.max(lowestEnd, first + upper)
    first = Math.max(first, last - upper)
  }
  linkBoundary(graph, start, first)
  linkBoundary(graph, end, last)
}

/**
 * Raises the running count at a boundary, and wherever the steps then demand it, without moving the
 * pinned boundary. Where the steps would have to move that one too, nothing is changed: false.
 */
function raise(graph: ConstraintGraph, boundary: number, pinned: number, amount: number): boolean {
  const { parts } = graph
  const reached = dijkstra(graph, partAt(graph, boundary), partAt(graph, pinned), amount)
  if (parts.settledIn[partAt(graph, pinned)] === graph.searches) return false
  for (const part of reached) {
    parts.count[part] = (parts.count[part] ?? 0) + amount - (parts.distance[part] ?? 0)
  }
  return true
}
