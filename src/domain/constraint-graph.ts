import FlatQueue from 'flatqueue'
import type { Bounds, Term } from './bounds.ts'
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

interface Boundary {
  readonly day: Day
  readonly index: number
  readonly steps: Step[]
  part: Part
  offset: number
}

interface Part {
  readonly boundaries: Boundary[]
  readonly steps: Step[]
  count: number
  distance: number
  reachedIn: number
  settledIn: number
}

interface Step {
  readonly from: Boundary
  readonly to: Boundary
  readonly weight: number
  /** How many figures it takes to prove it; 0 where it holds because a running count never falls. */
  readonly figures: number
  readonly prove: () => Term[]
}

/** A demand on the count between the starts of two days: lower ≤ F(end) − F(start) ≤ upper. */
export interface Constraint {
  readonly start: Day
  readonly end: Day
  readonly lower: number
  readonly upper: number
  readonly observation: number
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

function countAt(boundary: Boundary): number {
  return boundary.part.count + boundary.offset
}

function slackOf(step: Step): number {
  return countAt(step.to) - countAt(step.from) - step.weight
}

function addStep(step: Step): void {
  step.from.steps.push(step)
  if (step.from.part !== step.to.part) step.from.part.steps.push(step)
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

/**
 * Settles the parts nearer in slack than `limit`, nearest first, until the target is one of them.
 * Answers those it settled; their `distance` holds until the next search.
 */
function search(graph: ConstraintGraph, from: Part, target: Part | null, limit: number): Part[] {
  const { queue } = graph
  const settled: Part[] = []
  const now = ++graph.searches
  queue.clear()
  from.distance = 0
  from.reachedIn = now
  queue.push(from, 0)
  for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
    if (part.settledIn === now) continue
    part.settledIn = now
    settled.push(part)
    if (part === target) break
    for (const step of outward(part)) {
      const next = step.to.part
      const distance = part.distance + slackOf(step)
      if (distance >= limit || (next.reachedIn === now && next.distance <= distance)) continue
      next.distance = distance
      next.reachedIn = now
      queue.push(next, distance)
    }
  }
  return settled
}

/** The steps that lead out of a part; those that joins have made inner ones are dropped for good. */
function outward(part: Part): Step[] {
  const { steps } = part
  let kept = 0
  for (const step of steps) if (step.to.part !== part) steps[kept++] = step
  steps.length = kept
  return steps
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
 * The path of least slack from one boundary to another, and among those one of the fewest figures.
 * It goes from boundary to boundary, not from part to part, because a proof names every step.
 */
function cheapestPath(start: Boundary, end: Boundary, leastSlack: number): Step[] {
  interface Visit {
    readonly boundary: Boundary
    readonly slack: number
    readonly figures: number
    readonly via: { visit: Visit; step: Step } | null
  }
  const queue = new FlatQueue<Visit>()
  const best = new Map<Boundary, Visit>()
  const settled = new Set<Boundary>()
  const reach = (visit: Visit) => {
    if (visit.slack > leastSlack) return
    const known = best.get(visit.boundary)
    const isBetter =
      known === undefined ||
      visit.slack < known.slack ||
      (visit.slack === known.slack && visit.figures < known.figures)
    if (!isBetter) return
    best.set(visit.boundary, visit)
    queue.push(visit, visit.slack + visit.figures / 2 ** 20)
  }
  reach({ boundary: start, slack: 0, figures: 0, via: null })
  for (let visit = queue.pop(); visit !== undefined; visit = queue.pop()) {
    const { boundary, slack, figures } = visit
    if (settled.has(boundary)) continue
    settled.add(boundary)
    if (boundary === end) break
    for (const step of boundary.steps) {
      reach({
        boundary: step.to,
        slack: slack + slackOf(step),
        figures: figures + step.figures,
        via: { visit, step },
      })
    }
  }
  const path: Step[] = []
  for (let via = best.get(end)?.via; via; via = via.visit.via) path.unshift(via.step)
  return path
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

function firstFrom(graph: ConstraintGraph, day: Day): Boundary | undefined {
  return graph.at.get(day) ?? graph.boundaries[countUntil(graph, day)]
}

function lastUntil(graph: ConstraintGraph, day: Day): Boundary | undefined {
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

function boundaryAt(graph: ConstraintGraph, day: Day): Boundary {
  const boundary = graph.at.get(day)
  if (boundary === undefined) throw new RangeError(`day ${day} is no boundary of this graph`)
  return boundary
}
