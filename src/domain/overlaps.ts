import { indexAtOrBefore } from './bounds/sorted-days.ts'
import type { Window } from './calendar.ts'

/**
 * Returns a function that counts how many of some windows, which may overlap one another, share a day with another:
 * those that have begun by its end, less those that have ended before its start. They are sorted at the first use.
 */
export function overlapCounter(windows: readonly Window[]): (window: Window) => number {
  let sorted: { starts: Int32Array; ends: Int32Array } | undefined
  return ({ start, end }) => {
    sorted ??= {
      starts: Int32Array.from(windows, (window) => window.start).sort(),
      ends: Int32Array.from(windows, (window) => window.end).sort(),
    }
    return indexAtOrBefore(sorted.starts, end) - indexAtOrBefore(sorted.ends, start - 1)
  }
}
