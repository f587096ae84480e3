import type { Day } from '../calendar.ts'
import type { Bounds } from './bounds.ts'
import {
  type ConstraintGraph,
  countAt,
  firstFrom,
  lastUntil,
  NONE,
  partAt,
  termsOfStep,
} from './constraint-graph.ts'
import { dijkstra } from './dijkstra.ts'
import { fewestFiguresPath } from './shortest-proof.ts'

/** Returns the bounds that the graph implies between any two days, boundaries or not. */
export function boundsOf(graph: ConstraintGraph): Bounds {
  const searchBetween = ({ start, end }: Ends) =>
    dijkstra(graph, partAt(graph, start), partAt(graph, end), Number.POSITIVE_INFINITY)
  return {
    least(from, to) {
      const path = pathEnds(graph, from, to)
      const inOrder = from <= to ? 0 : Number.NEGATIVE_INFINITY
      if (path === null) return inOrder
      searchBetween(path)
      return Math.max(inOrder, leastAfterSearch(graph, path.start, path.end))
    },
    prove(from, to) {
      const path = pathEnds(graph, from, to)
      if (path === null) return []
      searchBetween(path)
      const isByOrderAlone = from <= to && leastAfterSearch(graph, path.start, path.end) <= 0
      if (isByOrderAlone) return []
      const distance = graph.parts.distance[partAt(graph, path.end)] ?? 0
      const steps = fewestFiguresPath(graph, path.start, path.end, distance)
      return steps.flatMap((step) => termsOfStep(graph, step))
    },
    runningCount(day) {
      const until = lastUntil(graph, day)
      return countAt(graph, until === NONE ? firstFrom(graph, day) : until)
    },
    work: () => graph.work,
  }
}

function leastAfterSearch(graph: ConstraintGraph, start: number, end: number): number {
  const part = partAt(graph, end)
  if (graph.parts.settledIn[part] !== graph.searches) return Number.NEGATIVE_INFINITY
  return countAt(graph, end) - countAt(graph, start) - (graph.parts.distance[part] ?? 0)
}

interface Ends {
  readonly start: number
  readonly end: number
}

/**
 * The boundaries between which the change from one day to another is bounded best: F never falls, so
 * F(from) is at most F at the next boundary and F(to) is at least F at the one before.
 */
function pathEnds(graph: ConstraintGraph, from: Day, to: Day): Ends | null {
  const start = firstFrom(graph, from)
  const end = lastUntil(graph, to)
  return start === NONE || end === NONE ? null : { start, end }
}
