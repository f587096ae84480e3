import { compareText, rankedByAuthority } from '../authority.ts'
import type { Constraint } from '../bounds/accept-constraint.ts'
import type { Bounds } from '../bounds/bounds.ts'
import { WORK_PER_PAUSE, type Work } from '../bounds/work.ts'
import type { Day, Window } from '../calendar.ts'
import { type DaySet, unionOf } from '../day-set.ts'
import { type Evidence, rangeOf, type Status, windowOf } from '../observation.ts'
import { overlapCounter } from '../overlaps.ts'
import { type Ranges, rangesWithin, sumOfRanges } from '../ranges.ts'
import { KINDS } from '../source.ts'
import { acceptJointly } from './accept-jointly.ts'
import { boundariesOf } from './boundaries.ts'
import type { JointConstraint } from './joint-constraint.ts'
import { createJointRanges, type JointRanges } from './joint-ranges.ts'
import { createSystem } from './joint-system.ts'
import { createOwnBounds, type OwnBounds } from './own-bounds.ts'
import { createParts } from './parts.ts'

/** The figures of one border of a component, or of a group of its borders. */
export interface ComponentSeries {
  readonly border: string
  /** The borders, none of them a group, that it counts together: a group's members, or the border alone. */
  readonly members: readonly string[]
  readonly observations: readonly Evidence[]
}

/** What all figures of a component imply about the counts of its members together. */
export interface JointReconciliation {
  /** The members, in the order of their numbers in constraints. */
  readonly members: readonly string[]
  /** The constraints of the accepted observations, by id. */
  readonly accepted: ReadonlyMap<number, JointConstraint>
  /** Returns the own figures of a border or a group. @throws RangeError for one that is not of the component */
  own(border: string): OwnFigures
  /** Returns the ranges of some members together. @throws RangeError for one that is not of the component */
  rangesOf(members: readonly string[]): Ranges
  /** Returns whole-number counts that satisfy all accepted figures: the count of a member before a day begins. */
  countBefore(member: string, day: Day): number
}

/** The figures that publications state for one border or group. */
interface OwnFigures {
  /** The borders, none of them a group, that it counts together. */
  readonly members: readonly string[]
  /** The days inside at least one accepted observation. */
  readonly covered: DaySet
  /** The windows of the observations that conflict. */
  readonly conflicts: readonly Window[]
  /** Counts the windows that overlap one. */
  conflictsIn(window: Window): number
  /** The status of each observation, by id. */
  readonly statuses: ReadonlyMap<number, Status>
}

/** A figure in the order of acceptance. */
interface Candidate {
  readonly id: number
  /** Null where it is approximate. */
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
  const possible = candidates.flatMap(({ constraint }) => constraint ?? [])
  const ownBounds = createOwnBounds(members.length, possible)
  const firstOfGroup = candidates.findIndex(({ constraint }) => constraint !== null && isOfGroup(constraint))
  // Until the first figure of a group, members have nothing to do with one another.
  const before = firstOfGroup < 0 ? candidates : candidates.slice(0, firstOfGroup)
  const acceptance: Acceptance = { statuses: new Map(), accepted: new Map() }
  yield* acceptOwn(before, ownBounds, acceptance)
  const ranges =
    firstOfGroup < 0
      ? separateRanges(ownBounds.of)
      : yield* acceptRest(candidates.slice(firstOfGroup), ownBounds, acceptance)
  const { statuses, accepted } = acceptance
  const numberOf = (name: string) => {
    const number = members.indexOf(name)
    if (number < 0) throw new RangeError(`${name} is not a member of the component`)
    return number
  }
  const own = new Map(series.map((each) => [each.border, ownFigures(each, statuses)]))
  return {
    members,
    accepted,
    own(border) {
      const figures = own.get(border)
      if (figures === undefined) throw new RangeError(`${border} is not of the component`)
      return figures
    },
    rangesOf: (names) => ranges.rangesOf(names.map(numberOf)),
    countBefore: (name, day) => ranges.countBefore(numberOf(name), day),
  }
}

/** What has become of the figures offered so far. */
interface Acceptance {
  readonly statuses: Map<number, Status>
  /** The constraints of the accepted ones, by id. */
  readonly accepted: Map<number, JointConstraint>
}

function decide({ statuses, accepted }: Acceptance, { id, constraint }: Candidate, isAccepted: boolean) {
  statuses.set(id, constraint === null ? 'approximate' : isAccepted ? 'accepted' : 'conflicting')
  if (constraint !== null && isAccepted) accepted.set(id, constraint)
}

/** The cost of offering a figure besides its searches, as a number of their steps. */
const WORK_OF_FIGURE = 20

/** Pauses whenever enough has been done since the last pause: `work` counts the steps of searches. */
function pacedBy(work: () => number): () => Work<void> {
  let figures = 0
  let pauseAt = work() + WORK_PER_PAUSE
  return function* () {
    figures += 1
    const done = work() + WORK_OF_FIGURE * figures
    if (done < pauseAt) return
    pauseAt = done + WORK_PER_PAUSE
    yield done
  }
}

/** Accepts figures of single members, each unless it contradicts those of the same member. */
function* acceptOwn(
  candidates: readonly Candidate[],
  ownBounds: OwnBounds,
  acceptance: Acceptance,
): Work<void> {
  const pace = pacedBy(ownBounds.work)
  for (const candidate of candidates) {
    const { constraint } = candidate
    decide(acceptance, candidate, constraint !== null && ownBounds.accept(constraint))
    yield* pace()
  }
}

/** Accepts the remaining figures jointly, and returns the ranges that all accepted ones leave. */
function* acceptRest(
  candidates: readonly Candidate[],
  ownBounds: OwnBounds,
  acceptance: Acceptance,
): Work<JointRanges> {
  const first = [...acceptance.accepted.values()]
  // A figure that contradicts what is accepted by now will be refused; its days need not be boundaries.
  const possible = new Set<JointConstraint>()
  const paceOfOwn = pacedBy(ownBounds.work)
  for (const { constraint } of candidates) {
    if (constraint !== null && !ownBounds.contradict(constraint)) possible.add(constraint)
    yield* paceOfOwn()
  }
  const boundaries = boundariesOf(ownBounds.of.length, [...first, ...possible])
  const system = createSystem(
    boundaries,
    createParts(boundaries, first),
    first,
    (member, day) => ownBounds.of[member]?.runningCount(day) ?? 0,
  )
  const pace = pacedBy(() => system.simplex.work() + ownBounds.work())
  let isOwnChanged = false
  for (const candidate of candidates) {
    const { constraint } = candidate
    const isAccepted =
      constraint !== null &&
      possible.has(constraint) &&
      !(isOwnChanged && ownBounds.contradict(constraint)) &&
      (yield* acceptJointly(system, constraint))
    decide(acceptance, candidate, isAccepted)
    if (isAccepted && !isOfGroup(constraint)) isOwnChanged = ownBounds.accept(constraint)
    yield* pace()
  }
  return createJointRanges(system, acceptance.accepted)
}

/** The ranges of members that no figure of a group joins: the same linear bounds, found by searches of their graphs. */
function separateRanges(alone: readonly Bounds[]): JointRanges {
  return {
    rangesOf: (members) =>
      sumOfRanges(members.flatMap((member) => alone[member] ?? []).map((bounds) => rangesWithin(bounds))),
    countBefore: (member, day) => alone[member]?.runningCount(day) ?? 0,
  }
}

function ownFigures(
  { members, observations }: ComponentSeries,
  statuses: ReadonlyMap<number, Status>,
): OwnFigures {
  const own = new Map<number, Status>()
  const accepted: Window[] = []
  const conflicts: Window[] = []
  for (const observation of observations) {
    const status = statuses.get(observation.id) ?? 'approximate'
    own.set(observation.id, status)
    if (status === 'accepted') accepted.push(windowOf(observation))
    if (status === 'conflicting') conflicts.push(windowOf(observation))
  }
  return {
    members,
    covered: unionOf(accepted),
    conflicts,
    conflictsIn: overlapCounter(conflicts),
    statuses: own,
  }
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

function isOfGroup({ members }: JointConstraint): boolean {
  return members.length > 1
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
