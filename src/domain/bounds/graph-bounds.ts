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
import { WORK_PER_PAUSE } from './work.ts'

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
    *leastBetween(days) {
      let done = 0
      let pauseAt = WORK_PER_PAUSE
      const ends = days.map((day) => lastUntil(graph, day))
      const starts = days.map((day) => firstFrom(graph, day))
      const rows = Array.from(days, (from) => byOrder(from, days))
      for (const [part, indexes] of Map.groupBy(starts.keys(), (row) => partAt(graph, starts[row] ?? NONE))) {
        if (part === NONE) continue
        const before = graph.work
        dijkstra(graph, part, NONE, Number.POSITIVE_INFINITY)
        done += graph.work - before + indexes.length * days.length
        const reached = reachedAt(graph, ends)
        for (const index of indexes) {
          const row = rows[index]
          if (row !== undefined) tighten(row, reached, countAt(graph, starts[index] ?? NONE))
        }
        if (done < pauseAt) continue
        pauseAt = done + WORK_PER_PAUSE
        yield done
      }
      return rows
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

/** The bounds that order alone gives from one day to each of some. */
function byOrder(from: Day, days: Int32Array): Float64Array {
  const row = new Float64Array(days.length)
  for (let index = 0; index < row.length; index++) {
    if ((days[index] ?? 0) < from) row[index] = Number.NEGATIVE_INFINITY
  }
  return row
}

/** The running count at each of some boundaries less its distance in the last search; −Infinity where it has none. */
function reachedAt(graph: ConstraintGraph, ends: Int32Array): Float64Array {
  const { distance, settledIn } = graph.parts
  const reached = new Float64Array(ends.length)
  for (let index = 0; index < reached.length; index++) {
    const end = ends[index] ?? NONE
    const part = end === NONE ? NONE : partAt(graph, end)
    const isSettled = settledIn[part] === graph.searches
    reached[index] = isSettled ? countAt(graph, end) - (distance[part] ?? 0) : Number.NEGATIVE_INFINITY
  }
  return reached
}

/** Raises the entries of a row to the bounds that the last search, from a boundary with this count, has found. */
function tighten(row: Float64Array, reached: Float64Array, count: number): void {
  for (let index = 0; index < row.length; index++) {
    const least = (reached[index] ?? 0) - count
    if (least > (row[index] ?? 0)) row[index] = least
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
