import FlatQueue from 'flatqueue'
import type { Term } from './bounds.ts'
import type { Day } from './calendar.ts'

/**
 * The days at which figures begin or end, joined by steps. A step says how much the running count F
 * must change at least from one boundary to another, so a path of steps adds up to such a bound too,
 * and the tightest bound is the longest path.
 *
 * The graph always carries one F that satisfies every step (`Part.count + Boundary.offset`). What a
 * step leaves free under it, its slack, is never negative, so the longest path is F(to) − F(from)
 * less the shortest way in slack, which Dijkstra's algorithm finds. Boundaries between which exact
 * figures fix the difference move as one: they form a part, and searches go from part to part.
 */
export interface ConstraintGraph {
  readonly boundaries: readonly Boundary[]
  readonly at: ReadonlyMap<Day, Boundary>
  readonly queue: FlatQueue<Part>
  searches: number
}

export interface Boundary {
  readonly day: Day
  readonly index: number
  readonly steps: Step[]
  part: Part
  offset: number
}

export interface Part {
  readonly boundaries: Boundary[]
  readonly steps: Step[]
  count: number
  distance: number
  reachedIn: number
  settledIn: number
}

export interface Step {
  readonly from: Boundary
  readonly to: Boundary
  readonly weight: number
  /** How many figures it takes to prove it; 0 where it holds because a running count never falls. */
  readonly figures: number
  readonly prove: () => Term[]
}

/** A graph over ascending days in which the running count never falls; `runningCount` must not either. */
export function createGraph(days: readonly Day[], runningCount: (day: Day) => number): ConstraintGraph {
  const boundaries = days.map((day, index): Boundary => {
    const part: Part = {
      boundaries: [],
      steps: [],
      count: runningCount(day),
      distance: 0,
      reachedIn: 0,
      settledIn: 0,
    }
    const boundary = { day, index, steps: [], part, offset: 0 }
    part.boundaries.push(boundary)
    return boundary
  })
  for (const [index, to] of boundaries.entries()) {
    const from = boundaries[index - 1]
    if (from !== undefined) addStep({ from, to, weight: 0, figures: 0, prove: () => [] })
  }
  return {
    boundaries,
    at: new Map(boundaries.map((boundary) => [boundary.day, boundary])),
    queue: new FlatQueue(),
    searches: 0,
  }
}

/** Adds a step, which must hold of the graph's running count. */
export function addStep(step: Step): void {
  step.from.steps.push(step)
  if (step.from.part !== step.to.part) step.from.part.steps.push(step)
}

/** The running count at a boundary. */
export function countAt(boundary: Boundary): number {
  return boundary.part.count + boundary.offset
}

/** How much more the running count changes along a step than it must; never negative. */
export function slackOf(step: Step): number {
  return countAt(step.to) - countAt(step.from) - step.weight
}

/** The boundary at a day. @throws RangeError where none is there */
export function boundaryAt(graph: ConstraintGraph, day: Day): Boundary {
  const boundary = graph.at.get(day)
  if (boundary === undefined) throw new RangeError(`day ${day} is no boundary of this graph`)
  return boundary
}

/** The first boundary on or after a day. */
export function firstFrom(graph: ConstraintGraph, day: Day): Boundary | undefined {
  return graph.at.get(day) ?? graph.boundaries[countUntil(graph, day)]
}

/** The last boundary on or before a day. */
export function lastUntil(graph: ConstraintGraph, day: Day): Boundary | undefined {
  return graph.at.get(day) ?? graph.boundaries[countUntil(graph, day) - 1]
}

/** How many boundaries stand on or before a day. */
function countUntil(graph: ConstraintGraph, day: Day): number {
  let low = 0
  let high = graph.boundaries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const boundary = graph.boundaries[middle]
    if (boundary !== undefined && boundary.day <= day) low = middle + 1
    else high = middle
  }
  return low
}
