import { type AssumedBound, admit, assume, type Constraint } from './admit.ts'
import { byAuthority } from './authority.ts'
import { type Bounds, sumOf, tighterOf } from './bounds.ts'
import type { Window } from './calendar.ts'
import { type ConstraintGraph, createGraph } from './constraint-graph.ts'
import { type DaySet, intersectionOf, unionOf } from './day-set.ts'
import { guessRunningCount } from './first-guess.ts'
import { boundsOf } from './graph-bounds.ts'
import { type Evidence, rangeOf, type Status, windowOf } from './observation.ts'
import { sortedDays } from './sorted-days.ts'

/** What a set of observations implies, and how each of them fares. */
export interface Reconciliation {
  readonly bounds: Bounds
  /** The days inside at least one accepted observation; for a sum or a group by members, inside one of each. */
  readonly covered: DaySet
  /** The windows of the observations that conflict; where it rests on other series, theirs too. */
  readonly conflicts: readonly Window[]
  /** The status of each of the observations, by id. */
  readonly statuses: ReadonlyMap<number, Status>
}

/**
 * Accepts the observations of one series in the order of their authority, each unless it contradicts
 * those accepted before it. The order in which they are handed over does not matter.
 */
export function reconcile(observations: readonly Evidence[]): Reconciliation {
  const claims = byAuthority(observations).map(claimOf)
  const constraints = claims.flatMap(({ constraint }) => constraint ?? [])
  const days = boundaryDays(claims.map(({ window }) => window))
  const graph = createGraph(days, guessRunningCount(days, constraints), 2 * constraints.length)
  const { statuses, accepted, conflicts } = acceptAll(graph, claims)
  return { bounds: boundsOf(graph), covered: unionOf(accepted), conflicts, statuses }
}

/** The counts of several series that have nothing to do with one another, added up. */
export function sum(terms: readonly Reconciliation[]): Reconciliation {
  return {
    bounds: sumOf(terms.map((term) => term.bounds)),
    covered: intersectionOf(terms.map((term) => term.covered)),
    conflicts: terms.flatMap((term) => term.conflicts),
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
  const together = sum(members)
  const claims = byAuthority(observations).map(claimOf)
  const days = boundaryDays(claims.map(({ window }) => window))
  const graph = createGraph(days, Float64Array.from(days, together.bounds.runningCount), 2 * claims.length)
  assume(graph, boundsBetween(days, together.bounds), {
    figures: members.length,
    prove: together.bounds.prove,
  })
  const own = acceptAll(graph, claims)
  return {
    bounds: tighterOf(boundsOf(graph), together.bounds),
    covered: unionOf([...own.accepted, ...together.covered]),
    conflicts: [...own.conflicts, ...together.conflicts],
    statuses: own.statuses,
  }
}

/** What Σ says of every two boundaries, save where it says no more than it does of two parts of the way. */
function* boundsBetween(days: Int32Array, together: Bounds): Generator<AssumedBound> {
  const least = together.leastBetween(days)
  for (const [i, row] of least.entries()) {
    for (let j = 0; j < row.length; j++) {
      const weight = row[j] ?? Number.NEGATIVE_INFINITY
      const isImplied = i === j || weight === (i < j ? 0 : Number.NEGATIVE_INFINITY)
      if (isImplied || followsFromParts(least, i, j, weight)) continue
      yield { from: days[i] ?? 0, to: days[j] ?? 0, weight }
    }
  }
}

/** Whether the way from i to j by a neighbour of either is bounded as tightly; each part of it is shorter. */
function followsFromParts(least: readonly Float64Array[], i: number, j: number, weight: number): boolean {
  const towards = i < j ? 1 : -1
  if (i + towards === j) return false
  const by = (k: number) => (least[i]?.[k] ?? 0) + (least[k]?.[j] ?? 0)
  return by(i + towards) === weight || by(j - towards) === weight
}

/** Accepts claims in the order given, each unless it contradicts what the graph holds by then. */
function acceptAll(graph: ConstraintGraph, claims: readonly Claim[]) {
  const statuses = new Map<number, Status>()
  const accepted: Window[] = []
  const conflicts: Window[] = []
  for (const { id, window, constraint } of claims) {
    const status = constraint === null ? 'approximate' : admit(graph, constraint) ? 'accepted' : 'conflicting'
    statuses.set(id, status)
    if (status === 'accepted') accepted.push(window)
    if (status === 'conflicting') conflicts.push(window)
  }
  return { statuses, accepted, conflicts }
}

/** What an observation demands, and of which days; nothing where it is approximate. */
interface Claim {
  readonly id: number
  readonly window: Window
  readonly constraint: Constraint | null
}

function claimOf(observation: Evidence): Claim {
  const { id } = observation
  const window = windowOf(observation)
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
