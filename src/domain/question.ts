import { type Border, isGroup } from './border.ts'
import { toDay, type Window } from './calendar.ts'
import type { Filter } from './filter.ts'
import { type Observation, windowOf } from './observation.ts'
import { membersOf } from './reconcile-indicator.ts'

/** The borders of an indicator that a filter means, in the order of lists; by default all that are no groups. */
export function bordersMeant(
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
export function windowMeant(
  { from, to }: Filter,
  meant: readonly Border[],
  borders: readonly Border[],
  observationsOf: ReadonlyMap<string, readonly Observation[]>,
): Window | null {
  const ids = new Set(meant.flatMap((border) => [border, ...membersOf(border, borders)]).map(({ id }) => id))
  const windows = [...ids].flatMap((id) => observationsOf.get(id) ?? []).map(windowOf)
  const start = from === undefined ? least(windows.map((window) => window.start)) : toDay(from)
  const end = to === undefined ? least(windows.map((window) => -window.end)) : -toDay(to)
  return start === null || end === null || start > -end ? null : { start, end: -end }
}

function least(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => Math.min(a, b))
}
