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
  return others.reduce(commonDays, first)
}

/** Merges two sets, window by window, in time that grows with the windows of both. */
function commonDays(a: DaySet, b: DaySet): DaySet {
  const common: Window[] = []
  for (let i = 0, j = 0; ; ) {
    const one = a[i]
    const other = b[j]
    if (one === undefined || other === undefined) return common
    const start = Math.max(one.start, other.start)
    const end = Math.min(one.end, other.end)
    if (start <= end) common.push({ start, end })
    if (one.end < other.end) i++
    else j++
  }
}

/** Counts the days of the set in a window; looks only at its windows that overlap it. */
export function countWithin(set: DaySet, window: Window): number {
  let days = 0
  for (let index = firstEndingFrom(set, window.start); index < set.length; index++) {
    const { start, end } = set[index] ?? window
    if (start > window.end) break
    days += Math.max(0, Math.min(end, window.end) - Math.max(start, window.start) + 1)
  }
  return days
}

/** The place of the first window that ends on or after a day. */
function firstEndingFrom(set: DaySet, day: Day): number {
  let low = 0
  let high = set.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((set[middle]?.end ?? day) < day) low = middle + 1
    else high = middle
  }
  return low
}
