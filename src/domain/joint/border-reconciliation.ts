import type { Window } from '../calendar.ts'
import { type DaySet, intersectionOf, unionOf } from '../day-set.ts'
import type { Status } from '../observation.ts'
import { type Ranges, sumOfRanges } from '../ranges.ts'
import type { JointReconciliation } from './reconcile-jointly.ts'

/** What all accepted figures imply about one border, a group, or several borders together. */
export interface Reconciliation {
  readonly ranges: Ranges
  /** The days inside at least one accepted observation of its own; for a group or a sum also those inside one of each part. */
  readonly covered: DaySet
  /** The windows of its own observations that conflict, and of those of its parts. */
  readonly conflicts: readonly Window[]
  /** Counts the windows that overlap one. */
  conflictsIn(window: Window): number
  /** The status of each of its own observations, by id. */
  readonly statuses: ReadonlyMap<number, Status>
}

/** Returns what the figures of a component imply about one of its borders or groups. */
export function reconciliationOf(joint: JointReconciliation, border: string): Reconciliation {
  const { members, ...own } = joint.own(border)
  const ranges = joint.rangesOf(members)
  if (members.length === 1 && members[0] === border) return { ranges, ...own }
  const parts = members.map((member) => joint.own(member))
  return {
    ranges,
    covered: unionOf([...own.covered, ...intersectionOf(parts.map(({ covered }) => covered))]),
    conflicts: [own, ...parts].flatMap(({ conflicts }) => conflicts),
    conflictsIn: (window) => [own, ...parts].reduce((sum, part) => sum + part.conflictsIn(window), 0),
    statuses: own.statuses,
  }
}

/** Returns several counts together: `ranges` are those of the whole, and everything else is that of the parts. */
export function sumOfBorders(parts: readonly Reconciliation[], ranges: readonly Ranges[]): Reconciliation {
  return {
    ranges: sumOfRanges(ranges),
    covered: intersectionOf(parts.map(({ covered }) => covered)),
    conflicts: parts.flatMap(({ conflicts }) => conflicts),
    conflictsIn: (window) => parts.reduce((sum, part) => sum + part.conflictsIn(window), 0),
    statuses: new Map(parts.flatMap(({ statuses }) => [...statuses])),
  }
}
