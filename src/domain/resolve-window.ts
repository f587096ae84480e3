import { type Border, isGroup } from './border.ts'
import { membersOf } from './border-groups.ts'
import { toDay, type Window } from './calendar.ts'
import type { Filter } from './filter.ts'

/** The borders of an indicator that a filter means, in the order of lists; by default all that are no groups. */
export function selectBorders(
  { country, neighbour }: Filter,
  borders: readonly Border[],
  withIndicator: readonly string[],
): Border[] {
  return borders.filter(
    (border) =>
      (country === undefined ? !isGroup(border) : country.includes(border.country)) &&
      (neighbour === undefined || neighbour.includes(border.neighbour)) &&
      [border, ...membersOf(border, borders)].some(({ id }) => withIndicator.includes(id)),
  )
}

/**
 * The window of a question: a missing end is that of the extent of the observations of the borders
 * meant, a group's members included. Null where there are none to take it from, or none that late.
 */
export function resolveWindow(
  { from, to }: Filter,
  meant: readonly Border[],
  borders: readonly Border[],
  extentOf: (id: string) => Window | null,
): Window | null {
  const ids = new Set(meant.flatMap((border) => [border, ...membersOf(border, borders)]).map(({ id }) => id))
  const extent = extentOfWindows([...ids].flatMap((id) => extentOf(id) ?? []))
  const start = from === undefined ? extent?.start : toDay(from)
  const end = to === undefined ? extent?.end : toDay(to)
  return start === undefined || end === undefined || start > end ? null : { start, end }
}

/** From the first to the last day of some windows; null where there are none. */
export function extentOfWindows(windows: readonly Window[]): Window | null {
  if (windows.length === 0) return null
  return {
    start: windows.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY),
    end: windows.reduce((most, { end }) => Math.max(most, end), Number.NEGATIVE_INFINITY),
  }
}
