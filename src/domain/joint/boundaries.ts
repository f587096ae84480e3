import { indexAtOrBefore, sortedDays } from '../bounds/sorted-days.ts'
import type { Day } from '../calendar.ts'
import type { JointConstraint, Span } from './joint-constraint.ts'

/** The days, by member, between which only order says how its count is spread. */
export type Boundaries = readonly Int32Array[]

/** Returns the boundaries of each member: the ends of its own figures and of those of its groups. */
export function boundariesOf(members: number, constraints: readonly JointConstraint[]): Boundaries {
  const days: Day[][] = Array.from({ length: members }, () => [])
  for (const { members, start, end } of constraints) {
    for (const member of members) days[member]?.push(start, end)
  }
  return days.map((each) => sortedDays(each))
}

/** Returns the ways that a constraint bounds: its ends are boundaries of each of its members. */
export function spansOf(boundaries: Boundaries, { members, start, end }: JointConstraint): Span[] {
  return members.map((member) => ({
    member,
    from: positionAtOrBefore(boundaries, member, start),
    to: positionAtOrBefore(boundaries, member, end),
  }))
}

/** Returns the longest ways inside the days from `start` until before `end`: all of their counts must lie there. */
export function spansInside(
  boundaries: Boundaries,
  members: readonly number[],
  start: Day,
  end: Day,
): Span[] {
  return members.flatMap((member) => {
    const from = positionAtOrBefore(boundaries, member, start - 1) + 1
    const to = positionAtOrBefore(boundaries, member, end)
    return from < to ? [{ member, from, to }] : []
  })
}

/**
 * Returns the shortest ways that hold the days from `start` until before `end`: all that is counted on these days can
 * lie there. Null where a member has no such way.
 */
export function spansAround(
  boundaries: Boundaries,
  members: readonly number[],
  start: Day,
  end: Day,
): Span[] | null {
  const spans = members.map((member) => ({
    member,
    from: positionAtOrBefore(boundaries, member, start),
    to: positionAtOrBefore(boundaries, member, end - 1) + 1,
  }))
  const isAround = ({ member, from, to }: Span) => from >= 0 && to < (boundaries[member]?.length ?? 0)
  return spans.every(isAround) ? spans : null
}

function positionAtOrBefore(boundaries: Boundaries, member: number, day: Day): number {
  return indexAtOrBefore(boundaries[member] ?? new Int32Array(0), day)
}
