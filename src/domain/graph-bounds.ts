import type { Bounds } from './bounds.ts'
import type { Day } from './calendar.ts'
import { cheapestPath } from './cheapest-path.ts'
import { type Boundary, type ConstraintGraph, countAt, firstFrom, lastUntil } from './constraint-graph.ts'
import { search } from './slack-search.ts'

/** What the graph implies between any two days, boundaries or not. */
export function boundsOf(graph: ConstraintGraph): Bounds {
  return {
    least(from, to) {
      const path = pathEnds(graph, from, to)
      const inOrder = from <= to ? 0 : Number.NEGATIVE_INFINITY
      if (path === null) return inOrder
      search(graph, path.start.part, path.end.part, Number.POSITIVE_INFINITY)
      return Math.max(inOrder, leastAfterSearch(graph, path.start, path.end))
    },
    leastBetween(days) {
      const ends = days.map((day) => lastUntil(graph, day))
      const least = days.map((from) => days.map((to) => (from <= to ? 0 : Number.NEGATIVE_INFINITY)))
      const starts = days.map((day) => firstFrom(graph, day))
      for (const [part, rows] of Map.groupBy(starts.keys(), (row) => starts[row]?.part)) {
        if (part !== undefined) search(graph, part, null, Number.POSITIVE_INFINITY)
        for (const row of rows) tighten(graph, least[row] ?? [], starts[row], ends)
      }
      return least
    },
    prove(from, to) {
      const path = pathEnds(graph, from, to)
      if (path === null) return []
      search(graph, path.start.part, path.end.part, Number.POSITIVE_INFINITY)
      const isByOrderAlone = from <= to && leastAfterSearch(graph, path.start, path.end) <= 0
      if (isByOrderAlone) return []
      const steps = cheapestPath(path.start, path.end, path.end.part.distance)
      return steps.flatMap((step) => step.prove())
    },
    runningCount(day) {
      const boundary = lastUntil(graph, day) ?? graph.boundaries[0]
      return boundary === undefined ? 0 : countAt(boundary)
    },
  }
}

/** Raises the entries of a row to the bounds that the last search, from the part of `start`, has found. */
function tighten(
  graph: ConstraintGraph,
  row: number[],
  start: Boundary | undefined,
  ends: readonly (Boundary | undefined)[],
): void {
  if (start === undefined) return
  for (let column = 0; column < row.length; column++) {
    const end = ends[column]
    if (end !== undefined) row[column] = Math.max(row[column] ?? 0, leastAfterSearch(graph, start, end))
  }
}

function leastAfterSearch(graph: ConstraintGraph, start: Boundary, end: Boundary): number {
  if (end.part.settledIn !== graph.searches) return Number.NEGATIVE_INFINITY
  return countAt(end) - countAt(start) - end.part.distance
}

/**
 * The boundaries between which the change from one day to another is bounded best: F never falls, so
 * F(from) is at most F at the next boundary and F(to) is at least F at the one before.
 */
function pathEnds(graph: ConstraintGraph, from: Day, to: Day): { start: Boundary; end: Boundary } | null {
  const start = firstFrom(graph, from)
  const end = lastUntil(graph, to)
  return start === undefined || end === undefined ? null : { start, end }
}
