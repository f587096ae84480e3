import type { Day, Window } from './calendar.ts'

/** A set of days as windows that neither overlap nor touch, in order. */
export type DaySet = readonly Window[]

/** The days that are in at least one of the windows. */
export function unionOf(windows: readonly Window[]): DaySet {
  const union: { start: Day; end: Day }[] = []
  for (const { start, end } of windows.toSorted((a, b) => a.start - b.start)) {
    const last = union.at(-1)
    if (last !== undefined && start <= last.end + 1) last.end = Math.max(last.end, end)
    else union.push({ start, end })
  }
  return union
}

/** The days that are in all of the sets; no sets, no days. */
export function intersectionOf(sets: readonly DaySet[]): DaySet {
  const [first = [], ...others] = sets
  return others.reduce(
    (common, set) =>
      common.flatMap((a) =>
        set
          .map((b) => ({ start: Math.max(a.start, b.start), end: Math.min(a.end, b.end) }))
          .filter(({ start, end }) => start <= end),
      ),
    first,
  )
}

/** How many days of the set lie in a window. */
export function countWithin(set: DaySet, window: Window): number {
  return set.reduce(
    (sum, { start, end }) => sum + Math.max(0, Math.min(end, window.end) - Math.max(start, window.start) + 1),
    0,
  )
}
