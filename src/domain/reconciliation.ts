import { type Ranked, rankedByAuthority } from './authority.ts'
import {
  type AssumedBound,
  acceptConstraint,
  assumeBounds,
  type Constraint,
} from './bounds/accept-constraint.ts'
import { type Bounds, sumOf, tighterOf } from './bounds/bounds.ts'
import { type ConstraintGraph, createGraph } from './bounds/constraint-graph.ts'
import { boundsOf } from './bounds/graph-bounds.ts'
import { initialCounts } from './bounds/initial-counts.ts'
import { sortedDays } from './bounds/sorted-days.ts'
import { finish, WORK_PER_PAUSE, type Work } from './bounds/work.ts'
import type { Window } from './calendar.ts'
import { type DaySet, intersectionOf, unionOf } from './day-set.ts'
import { type Evidence, rangeOf, type Status } from './observation.ts'
import { overlapCounter } from './overlaps.ts'

/** The bounds that a set of observations implies, and the status of each. */
export interface Reconciliation {
  readonly bounds: Bounds
  /** The days inside at least one accepted observation; for a sum or a group by members, inside one of each. */
  readonly covered: DaySet
  /** The windows of the observations that conflict; where it rests on other series, theirs too. */
  readonly conflicts: readonly Window[]
  /** Counts the windows that overlap one. */
  conflictsIn(window: Window): number
  /** The status of each of the observations, by id. */
  readonly statuses: ReadonlyMap<number, Status>
}

/**
 * Accepts the observations of one series in the order of their authority, each unless it contradicts
 * those accepted before it. The order in which they are handed over does not matter.
 */
export function reconcile(observations: readonly Evidence[]): Reconciliation {
  return finish(reconcileInPieces(observations))
}

/** Does what {@link reconcile} does, with pauses. */
export function* reconcileInPieces(observations: readonly Evidence[]): Work<Reconciliation> {
  const claims = (yield* rankedByAuthority(observations)).map(claimOf)
  yield 0
  const constraints = claims.flatMap(({ constraint }) => constraint ?? [])
  const days = boundaryDays(claims.map(({ window }) => window))
  yield 0
  const graph = createGraph(days, initialCounts(days, constraints), 2 * constraints.length)
  yield 0
  const { statuses, accepted, conflicts } = yield* acceptAll(graph, claims)
  const bounds = boundsOf(graph)
  return {
    bounds,
    covered: unionOf(accepted),
    conflicts,
    conflictsIn: overlapCounter(conflicts),
    statuses,
  }
}

/** The counts of several series that have nothing to do with one another, added up. */
export function sum(terms: readonly Reconciliation[]): Reconciliation {
  let covered: DaySet | undefined
  return {
    bounds: sumOf(terms.map((term) => term.bounds)),
    get covered() {
      covered ??= intersectionOf(terms.map((term) => term.covered))
      return covered
    },
    get conflicts() {
      return terms.flatMap((term) => term.conflicts)
    },
    conflictsIn: (window) => terms.reduce((sum, term) => sum + term.conflictsIn(window), 0),
    get statuses() {
      return new Map(terms.flatMap((term) => [...term.statuses]))
    },
  }
}

/**
 * Accepts the observations of a group, whose count is that of its members together. Between every two
 * boundaries of its observations the graph starts from Σ, the sum of what the members' own figures
 * imply; for a window the group's figure is its own range and Σ, whichever is tighter at each end.
 */
export function reconcileGroup(
  observations: readonly Evidence[],
  members: readonly Reconciliation[],
): Reconciliation {
  return finish(reconcileGroupInPieces(observations, members))
}

/** Does what {@link reconcileGroup} does, with pauses. */
export function* reconcileGroupInPieces(
  observations: readonly Evidence[],
  members: readonly Reconciliation[],
): Work<Reconciliation> {
  const together = sum(members)
  const claims = (yield* rankedByAuthority(observations)).map(claimOf)
  yield 0
  const days = boundaryDays(claims.map(({ window }) => window))
  const graph = createGraph(days, Float64Array.from(days, together.bounds.runningCount), 2 * claims.length)
  const least = yield* together.bounds.leastBetween(days)
  yield* assumeBounds(graph, boundsBetween(days, least), {
    figures: members.length,
    prove: together.bounds.prove,
  })
  const own = yield* acceptAll(graph, claims)
  const conflictsIn = overlapCounter(own.conflicts)
  return {
    bounds: tighterOf(boundsOf(graph), together.bounds),
    covered: unionOf([...own.accepted, ...together.covered]),
    conflicts: [...own.conflicts, ...together.conflicts],
    conflictsIn: (window) => conflictsIn(window) + together.conflictsIn(window),
    statuses: own.statuses,
  }
}

/** The bounds of Σ between every two boundaries, save where they follow from those of two parts of the way. */
function* boundsBetween(days: Int32Array, least: readonly Float64Array[]): Generator<AssumedBound> {
  for (const [i, row] of least.entries()) {
    for (let j = 0; j < row.length; j++) {
      const weight = row[j] ?? Number.NEGATIVE_INFINITY
      const isImplied = i === j || weight === (i < j ? 0 : Number.NEGATIVE_INFINITY)
      if (isImplied || followsFromParts(least, i, j, weight)) continue
      yield { from: days[i] ?? 0, to: days[j] ?? 0, weight }
    }
  }
}

/** Tells whether the way from i to j by a neighbour of either is bounded as tightly; each part of it is shorter. */
function followsFromParts(least: readonly Float64Array[], i: number, j: number, weight: number): boolean {
  const towards = i < j ? 1 : -1
  if (i + towards === j) return false
  const by = (k: number) => (least[i]?.[k] ?? 0) + (least[k]?.[j] ?? 0)
  return by(i + towards) === weight || by(j - towards) === weight
}

/** Accepts claims in the order given, each unless it contradicts what the graph holds by then. */
function* acceptAll(graph: ConstraintGraph, claims: readonly Claim[]): Work<Accepted> {
  const statuses = new Map<number, Status>()
  const accepted: Window[] = []
  const conflicts: Window[] = []
  let pauseAt = graph.work + WORK_PER_PAUSE
  for (const { id, window, constraint } of claims) {
    const status =
      constraint === null ? 'approximate' : acceptConstraint(graph, constraint) ? 'accepted' : 'conflicting'
    statuses.set(id, status)
    if (status === 'accepted') accepted.push(window)
    if (status === 'conflicting') conflicts.push(window)
    graph.work += WORK_OF_CLAIM
    if (graph.work < pauseAt) continue
    pauseAt = graph.work + WORK_PER_PAUSE
    yield graph.work
  }
  return { statuses, accepted, conflicts }
}

/** The cost of accepting an observation besides its searches, as a number of their steps. */
const WORK_OF_CLAIM = 20

interface Accepted {
  readonly statuses: ReadonlyMap<number, Status>
  readonly accepted: readonly Window[]
  readonly conflicts: readonly Window[]
}

/** Returns the constraint of an observation; none where it is approximate. */
interface Claim {
  readonly id: number
  readonly window: Window
  readonly constraint: Constraint | null
}

function claimOf({ observation, window }: Ranked<Evidence>): Claim {
  const { id } = observation
  const range = rangeOf(observation)
  if (range === null) return { id, window, constraint: null }
  const { start, end } = window
  return {
    id,
    window,
    constraint: { start, end: end + 1, lower: range.min, upper: range.max, observation: id },
  }
}

/** Every first day of some windows and every day after their last, in order. */
export function boundaryDays(windows: readonly Window[]): Int32Array {
  return sortedDays(windows.flatMap(({ start, end }) => [start, end + 1]))
}
