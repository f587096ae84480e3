import FlatQueue from 'flatqueue'
import type { Day } from '../calendar.ts'
import {
  addMember,
  type BoundarySet,
  emptyBoundarySet,
  isMember,
  memberFrom,
  memberUntil,
} from './boundary-set.ts'
import type { Term } from './bounds.ts'
import { indexAtOrBefore } from './sorted-days.ts'
import { growSteps, type Steps, stepsFor } from './steps.ts'

/**
 * The days at which figures begin or end, joined by steps. A step says how much the running count F
 * must change at least from one boundary to another, so a path of steps adds up to such a bound too,
 * and the tightest bound is the longest path.
 *
 * The graph always carries one F that satisfies every step (the count of a part and the offset of a
 * boundary in it). What a step leaves free under it, its slack, is never negative, so the longest path
 * is F(to) − F(from) less the shortest way in slack, which Dijkstra's algorithm finds. Boundaries
 * between which exact figures fix the difference move as one: they form a part, and searches go from
 * part to part.
 *
 * A boundary is linked to its neighbours only once a figure that begins or ends there is accepted, so figures
 * that contradict others make no search longer. Until then its count is no more than a first guess.
 *
 * Boundaries, parts and steps are numbers, and what is held of them stands in arrays at that number, so that
 * a thousand graphs can be kept. Lists are linked: the first stands with the owner, the next with each.
 */
export interface ConstraintGraph {
  /** The day of each boundary, ascending. */
  readonly days: Int32Array
  readonly partOf: Int32Array
  readonly offset: Float64Array
  readonly firstStepOf: Int32Array
  /** The boundaries that are linked, and of each the step to the next one. */
  readonly linked: BoundarySet
  readonly orderStepOf: Int32Array
  readonly parts: Parts
  readonly steps: Steps
  readonly queue: FlatQueue<number>
  /** The state of searches for proofs, by boundary; created for the first of them. */
  visits?: Visits
  searches: number
  /** The steps that all searches so far have looked at: the cost of the graph. */
  work: number
}

/** The state of each part; at first each boundary is a part of the same number. */
interface Parts {
  readonly count: Float64Array
  readonly size: Int32Array
  readonly lastBoundary: Int32Array
  readonly nextBoundary: Int32Array
  readonly firstStep: Int32Array
  readonly lastStep: Int32Array
  readonly distance: Float64Array
  readonly reachedIn: Float64Array
  readonly settledIn: Float64Array
}

/** The path by which a search for a proof reached each boundary: its slack, number of figures and last step. */
export interface Visits {
  readonly queue: FlatQueue<number>
  readonly slack: Float64Array
  readonly figures: Float64Array
  readonly via: Int32Array
  readonly reachedIn: Float64Array
  readonly settledIn: Float64Array
}

/** The end of a linked list, and the part or step that is none. */
export const NONE = -1

/**
 * A graph over ascending days, with a first guess of the running count at each that never falls. No boundary is
 * linked yet. `expected` is how many steps will be added to it; more may be.
 */
export function createGraph(days: Int32Array, runningCount: Float64Array, expected = 0): ConstraintGraph {
  const size = days.length
  const own = Int32Array.from(days.keys())
  return {
    days,
    partOf: own.slice(),
    offset: new Float64Array(size),
    firstStepOf: new Int32Array(size).fill(NONE),
    linked: emptyBoundarySet(size),
    orderStepOf: new Int32Array(size).fill(NONE),
    parts: {
      count: runningCount.slice(),
      size: new Int32Array(size).fill(1),
      lastBoundary: own,
      nextBoundary: new Int32Array(size).fill(NONE),
      firstStep: new Int32Array(size).fill(NONE),
      lastStep: new Int32Array(size).fill(NONE),
      distance: new Float64Array(size),
      reachedIn: new Float64Array(size),
      settledIn: new Float64Array(size),
    },
    steps: stepsFor(Math.max(0, size - 1) + expected),
    queue: new FlatQueue(),
    searches: 0,
    work: 0,
  }
}

/** Links a boundary to its neighbours at a running count that lies between theirs, unless it is linked already. */
export function linkBoundary(graph: ConstraintGraph, boundary: number, count: number): void {
  const { linked, parts } = graph
  if (isMember(linked, boundary)) return
  const before = memberUntil(linked, boundary)
  const after = memberFrom(linked, boundary)
  addMember(linked, boundary)
  parts.count[boundary] = count
  if (before !== NONE) linkInOrder(graph, before, boundary)
  if (after !== NONE) linkInOrder(graph, boundary, after)
}

/**
 * Makes a boundary the next one after another. The step that led to the one next so far is turned, unless both
 * its ends are in one part: it may stand in that part's list no longer, and says nothing new there.
 */
function linkInOrder(graph: ConstraintGraph, from: number, to: number): void {
  const { orderStepOf, partOf, steps } = graph
  const step = orderStepOf[from] ?? NONE
  if (step !== NONE && partOf[from] !== partOf[steps.to[step] ?? NONE]) {
    steps.to[step] = to
    return
  }
  orderStepOf[from] = steps.length
  addStep(graph, { from, to, weight: 0, ground: MONOTONE })
}

/** Why a step holds: the id of an observation, or that a count never falls. */
export type Origin = number
const MONOTONE: Origin = 0

/** Adds a step, which must hold of the graph's running count. */
export function addStep(
  { partOf, firstStepOf, parts, steps }: ConstraintGraph,
  { from, to, weight, ground }: { from: number; to: number; weight: number; ground: Origin },
): void {
  const step = steps.length
  growSteps(steps, step + 1)
  steps.from[step] = from
  steps.to[step] = to
  steps.weight[step] = weight
  steps.ground[step] = ground
  steps.nextOfBoundary[step] = firstStepOf[from] ?? NONE
  firstStepOf[from] = step
  const part = partOf[from] ?? NONE
  if (part === partOf[to]) return
  steps.nextOfPart[step] = parts.firstStep[part] ?? NONE
  parts.firstStep[part] = step
  if (parts.lastStep[part] === NONE) parts.lastStep[part] = step
}

/** Makes one part of two, because an exact figure fixes the difference between them. */
export function joinParts({ partOf, offset, parts, steps }: ConstraintGraph, a: number, b: number): void {
  if (a === b) return
  const [small, large] = (parts.size[a] ?? 0) < (parts.size[b] ?? 0) ? [a, b] : [b, a]
  const shift = (parts.count[small] ?? 0) - (parts.count[large] ?? 0)
  for (let boundary = small; boundary !== NONE; boundary = parts.nextBoundary[boundary] ?? NONE) {
    partOf[boundary] = large
    offset[boundary] = (offset[boundary] ?? 0) + shift
  }
  parts.nextBoundary[parts.lastBoundary[large] ?? NONE] = small
  parts.lastBoundary[large] = parts.lastBoundary[small] ?? NONE
  parts.size[large] = (parts.size[large] ?? 0) + (parts.size[small] ?? 0)
  const [first = NONE, last = NONE] = [parts.firstStep[small], parts.lastStep[small]]
  if (first === NONE) return
  steps.nextOfPart[last] = parts.firstStep[large] ?? NONE
  parts.firstStep[large] = first
  if (parts.lastStep[large] === NONE) parts.lastStep[large] = last
}

/** The part that a boundary belongs to. */
export function partAt({ partOf }: ConstraintGraph, boundary: number): number {
  return partOf[boundary] ?? NONE
}

/** The running count at a boundary. */
export function countAt({ partOf, offset, parts }: ConstraintGraph, boundary: number): number {
  return (parts.count[partOf[boundary] ?? NONE] ?? 0) + (offset[boundary] ?? 0)
}

/** The slack of a step: how much more the running count changes along it than it must; never negative. */
export function slackOf(graph: ConstraintGraph, step: number): number {
  const { from, to, weight } = graph.steps
  return countAt(graph, to[step] ?? NONE) - countAt(graph, from[step] ?? NONE) - (weight[step] ?? 0)
}

/** The number of figures that prove a step; 0 where it holds because a running count never falls. */
export function figuresOf({ steps }: ConstraintGraph, step: number): number {
  return steps.ground[step] === MONOTONE ? 0 : 1
}

/** The term that is a step's bound; none where a count only never falls. */
export function termsOfStep({ steps }: ConstraintGraph, step: number): Term[] {
  const [ground = MONOTONE, from = NONE, to = NONE] = [steps.ground[step], steps.from[step], steps.to[step]]
  return ground === MONOTONE ? [] : [{ observation: ground, sign: from < to ? 1 : -1 }]
}

/** The boundary at a day. @throws RangeError where none is there */
export function boundaryAt(graph: ConstraintGraph, day: Day): number {
  const boundary = indexAtOrBefore(graph.days, day)
  if (graph.days[boundary] !== day) {
    throw new RangeError(`day ${day} is not a boundary of this graph`)
  }
  return boundary
}

/** The first linked boundary on or after a day, or {@link NONE}. */
export function firstFrom({ days, linked }: ConstraintGraph, day: Day): number {
  const until = indexAtOrBefore(days, day)
  return memberFrom(linked, days[until] === day ? until : until + 1)
}

/** The last linked boundary on or before a day, or {@link NONE}. */
export function lastUntil({ days, linked }: ConstraintGraph, day: Day): number {
  return memberUntil(linked, indexAtOrBefore(days, day))
}
