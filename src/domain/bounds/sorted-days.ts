import type { Day } from '../calendar.ts'

/** Days in ascending order, each once. */
export function sortedDays(days: Iterable<Day>): Int32Array {
  const sorted = Int32Array.from(days).sort()
  let length = 0
  for (const day of sorted) {
    if (sorted[length - 1] !== day) sorted[length++] = day
  }
  return sorted.slice(0, length)
}

/** Where in ascending days the last one on or before a day stands; -1 where there is none. */
export function indexAtOrBefore(days: Int32Array, day: Day): number {
  let low = 0
  let high = days.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((days[middle] ?? 0) <= day) low = middle + 1
    else high = middle
  }
  return low - 1
}
