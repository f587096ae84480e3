import { compareText, rankedByAuthority } from '../authority.ts'
import type { Constraint } from '../bounds/accept-constraint.ts'
import type { Work } from '../bounds/work.ts'
import type { Day, Window } from '../calendar.ts'
import { type Evidence, rangeOf, type Status } from '../observation.ts'
import { reconcileInPieces } from '../reconciliation.ts'
import { KINDS } from '../source.ts'
import { acceptJointly } from './accept-jointly.ts'
import { boundariesOf } from './boundaries.ts'
import type { JointConstraint } from './joint-constraint.ts'
import { createJointRanges, type JointRanges } from './joint-ranges.ts'
import { createSystem } from './joint-system.ts'
import { joinParts } from './parts.ts'

/** The figures of one border of a component, or of a group of its borders. */
export interface ComponentSeries {
  readonly border: string
  /** The borders, none of them a group, that it counts together: a group's members, or the border alone. */
  readonly members: readonly string[]
  readonly observations: readonly Evidence[]
}

/** What all figures of a component imply about the counts of its members together. */
export interface JointReconciliation extends JointRanges {
  /** The status of each observation, by id. */
  readonly statuses: ReadonlyMap<number, Status>
  /** The constraints of the accepted observations, by id. */
  readonly accepted: ReadonlyMap<number, JointConstraint>
  /** The members, in the order of their numbers in constraints. */
  readonly members: readonly string[]
}

/** A figure in the order of acceptance. */
interface Candidate {
  readonly id: number
  readonly isOwn: boolean
  readonly constraint: JointConstraint | null
  readonly observation: Evidence
}

/**
 * Accepts the figures of a component in their order of precedence, each exactly where whole-number counts exist that
 * satisfy it and all accepted before it: by kind, within a kind those of single borders before groups and small groups
 * before large ones, then as in a series. The order in which they are handed over does not matter.
 */
export function* reconcileJointly(series: readonly ComponentSeries[]): Work<JointReconciliation> {
  const members = [...new Set(series.flatMap((each) => each.members))].sort(compareText)
  const candidates = yield* inOrder(series, members)
  const statuses = new Map<number, Status>()
  const firstOfGroup = candidates.findIndex(({ isOwn, constraint }) => !isOwn && constraint !== null)
  const before = firstOfGroup < 0 ? candidates : candidates.slice(0, firstOfGroup)
  const counts: ((day: Day) => number)[] = []
  for (const [member] of members.entries()) {
    const own = before.filter(({ constraint, isOwn }) => isOwn && constraint?.members[0] === member)
    const { statuses: ofMember, bounds } = yield* reconcileInPieces(own.map(({ observation }) => observation))
    for (const [id, status] of ofMember) statuses.set(id, status)
    counts.push(bounds.runningCount)
  }
  const possible = candidates.flatMap(({ id, constraint }) =>
    constraint === null || statuses.get(id) === 'conflicting' ? [] : [constraint],
  )
  const boundaries = boundariesOf(members.length, possible)
  const first = possible.filter(({ observation }) => statuses.get(observation) === 'accepted')
  const system = createSystem(
    boundaries,
    joinParts(boundaries, first),
    first,
    (member, day) => counts[member]?.(day) ?? 0,
  )
  const accepted = new Map(first.map((constraint) => [constraint.observation, constraint]))
  for (const { id, constraint } of candidates) {
    if (statuses.has(id)) continue
    const isAccepted = constraint !== null && (yield* acceptJointly(system, constraint))
    if (isAccepted) accepted.set(id, constraint)
    statuses.set(id, constraint === null ? 'approximate' : isAccepted ? 'accepted' : 'conflicting')
    yield system.simplex.work()
  }
  return { statuses, accepted, members, ...createJointRanges(system, members, accepted) }
}

/** Returns the figures of all series in the order in which they are accepted. */
function* inOrder(series: readonly ComponentSeries[], members: readonly string[]): Work<Candidate[]> {
  const numbers = new Map(members.map((member, number) => [member, number]))
  const all: (Candidate & { readonly key: readonly number[]; readonly border: string })[] = []
  for (const { border, members: ofBorder, observations } of series) {
    const counted = ofBorder.map((member) => numbers.get(member) ?? 0).sort((a, b) => a - b)
    const isOwn = ofBorder.length === 1 && ofBorder[0] === border
    for (const { observation, window, rank, within } of yield* rankedByAuthority(observations)) {
      const constraint = constraintOf(observation, window)
      all.push({
        id: observation.id,
        isOwn,
        constraint: constraint && { ...constraint, members: counted },
        observation,
        border,
        key: [KINDS.indexOf(observation.kind), isOwn ? 0 : counted.length, rank, within],
      })
    }
  }
  return all.sort(
    (a, b) =>
      compareNumbers(a.key, b.key) ||
      compareText(a.observation.source, b.observation.source) ||
      compareText(a.border, b.border),
  )
}

function constraintOf(observation: Evidence, { start, end }: Window): Constraint | null {
  const range = rangeOf(observation)
  return range && { start, end: end + 1, lower: range.min, upper: range.max, observation: observation.id }
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (const [index, number] of a.entries()) {
    const difference = number - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
