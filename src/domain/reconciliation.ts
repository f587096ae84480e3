import { type Ranked, rankedByAuthority } from './authority.ts'
import { acceptConstraint, type Constraint } from './bounds/accept-constraint.ts'
import type { Bounds } from './bounds/bounds.ts'
import { type ConstraintGraph, createGraph } from './bounds/constraint-graph.ts'
import { boundsOf } from './bounds/graph-bounds.ts'
import { initialCounts } from './bounds/initial-counts.ts'
import { sortedDays } from './bounds/sorted-days.ts'
import { finish, WORK_PER_PAUSE, type Work } from './bounds/work.ts'
import type { Window } from './calendar.ts'
import { type DaySet, unionOf } from './day-set.ts'
import { type Evidence, rangeOf, type Status } from './observation.ts'
import { overlapCounter } from './overlaps.ts'

/** The bounds that a set of observations implies, and the status of each. */
export interface Reconciliation {
  readonly bounds: Bounds
  /** The days inside at least one accepted observation. */
  readonly covered: DaySet
  /** The windows of the observations that conflict. */
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
function boundaryDays(windows: readonly Window[]): Int32Array {
  return sortedDays(windows.flatMap(({ start, end }) => [start, end + 1]))
}
