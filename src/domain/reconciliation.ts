import { admit, assume, type Constraint } from './admit.ts'
import { byAuthority } from './authority.ts'
import { type Bounds, sumOf, tighterOf } from './bounds.ts'
import type { Day, Window } from './calendar.ts'
import { type ConstraintGraph, createGraph } from './constraint-graph.ts'
import { type DaySet, intersectionOf, unionOf } from './day-set.ts'
import { guessRunningCount } from './first-guess.ts'
import { boundsOf } from './graph-bounds.ts'
import { type Observation, rangeOf, type Status, windowOf } from './observation.ts'

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
 * those accepted before it. The order in which they are handed over does not matter, nor does what they
 * implied before a few of them changed; but that makes it quicker.
 */
export function reconcile(
  observations: readonly Observation[],
  before: Reconciliation | null = null,
): Reconciliation {
  const ordered = byAuthority(observations)
  const days = boundaryDays(ordered)
  const graph = createGraph(
    days,
    before?.bounds.runningCount ?? guessRunningCount(days, constraintsOf(ordered)),
  )
  const { statuses, accepted, conflicts } = acceptAll(graph, ordered)
  return { bounds: boundsOf(graph), covered: unionOf(accepted), conflicts, statuses }
}

/** The counts of several series that have nothing to do with one another, added up. */
export function sum(terms: readonly Reconciliation[]): Reconciliation {
  return {
    bounds: sumOf(terms.map((term) => term.bounds)),
    covered: intersectionOf(terms.map((term) => term.covered)),
    conflicts: terms.flatMap((term) => term.conflicts),
    statuses: new Map(terms.flatMap((term) => [...term.statuses])),
  }
}

/**
 * Accepts the observations of a group, whose count is that of its members together. Between every two
 * boundaries of its observations the graph starts from Σ, the sum of what the members' own figures
 * imply; for a window the group's figure is its own range and Σ, whichever is tighter at each end.
 */
export function reconcileGroup(
  observations: readonly Observation[],
  members: readonly Reconciliation[],
): Reconciliation {
  const together = sum(members)
  const days = boundaryDays(observations)
  const graph = createGraph(days, together.bounds.runningCount)
  assumeAll(graph, days, together.bounds, members.length)
  const own = acceptAll(graph, byAuthority(observations))
  return {
    bounds: tighterOf(boundsOf(graph), together.bounds),
    covered: unionOf([...own.accepted, ...together.covered]),
    conflicts: [...own.conflicts, ...together.conflicts],
    statuses: own.statuses,
  }
}

/** Adds what Σ says of every two boundaries, save where it says no more than it does of two parts of the way. */
function assumeAll(graph: ConstraintGraph, days: readonly Day[], together: Bounds, figures: number): void {
  const least = together.leastBetween(days)
  for (const [i, from] of days.entries()) {
    for (const [j, to] of days.entries()) {
      const weight = least[i]?.[j] ?? Number.NEGATIVE_INFINITY
      const isImplied = i === j || weight === (i < j ? 0 : Number.NEGATIVE_INFINITY)
      if (isImplied || followsFromParts(least, i, j, weight)) continue
      assume(graph, { from, to, weight, figures, prove: () => together.prove(from, to) })
    }
  }
}

/** Whether the way from i to j by a neighbour of either is bounded as tightly; each part of it is shorter. */
function followsFromParts(
  least: readonly (readonly number[])[],
  i: number,
  j: number,
  weight: number,
): boolean {
  const towards = i < j ? 1 : -1
  if (i + towards === j) return false
  const by = (k: number) => (least[i]?.[k] ?? 0) + (least[k]?.[j] ?? 0)
  return by(i + towards) === weight || by(j - towards) === weight
}

/** Accepts observations in the order given, each unless it contradicts what the graph holds by then. */
function acceptAll(graph: ConstraintGraph, ordered: readonly Observation[]) {
  const statuses = new Map<number, Status>()
  const accepted: Window[] = []
  const conflicts: Window[] = []
  for (const observation of ordered) {
    const constraint = constraintOf(observation)
    const status = constraint === null ? 'approximate' : admit(graph, constraint) ? 'accepted' : 'conflicting'
    statuses.set(observation.id, status)
    if (status === 'accepted') accepted.push(windowOf(observation))
    if (status === 'conflicting') conflicts.push(windowOf(observation))
  }
  return { statuses, accepted, conflicts }
}

function constraintOf(observation: Observation): Constraint | null {
  const range = rangeOf(observation)
  if (range === null) return null
  const { start, end } = windowOf(observation)
  return { start, end: end + 1, lower: range.min, upper: range.max, observation: observation.id }
}

function constraintsOf(observations: readonly Observation[]): Constraint[] {
  return observations.map(constraintOf).filter((constraint) => constraint !== null)
}

/** Every first day of an observation and every day after its last, in order. */
export function boundaryDays(observations: readonly Observation[]): Day[] {
  const days = observations.map(windowOf).flatMap(({ start, end }) => [start, end + 1])
  return [...new Set(days)].sort((a, b) => a - b)
}
