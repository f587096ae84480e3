import { civilOf, dayOf, type Window } from './calendar.ts'
import { countWithin, type DaySet, intersectionOf, unionOf } from './day-set.ts'
import type { Filter } from './filter.ts'
import { clip, type Interval, type Period, periodsIn } from './period.ts'

/** More periods than this cannot be told apart in a chart. */
export const MAX_PERIODS = 800

/** The lengths of period that a chart is drawn with where none is asked for, in the order of preference. */
const DEFAULT_INTERVALS = ['month', 'quarter', 'year'] as const

/** Days that no figure counts, in years, that part the figures of a default window from others. */
const LONG_GAP_YEARS = 50
const LONG_GAP_DAYS = 2 * Math.round((LONG_GAP_YEARS / 2) * 365.25)

/** A window, and the calendar periods in which a chart shows it. */
export interface ChartPeriods {
  readonly window: Window | null
  readonly interval: Interval
  readonly periods: readonly Period[]
}

/**
 * Yields ways to show a window in a chart, the best first, each with no more than {@link MAX_PERIODS} periods.
 * A requested interval is the only one. Otherwise it tries months, quarters and years, and where an end of the window is
 * open, a part of it: where most of the `covered` days lie without a long gap between them, then the latest centuries and
 * decades (or the earliest, where only the last day is open).
 */
export function* waysToChart(
  window: Window | null,
  { from, to, interval }: Pick<Filter, 'from' | 'to'> & { readonly interval?: Interval | undefined },
  covered: DaySet,
): Generator<ChartPeriods> {
  if (window === null) {
    yield { window, interval: interval ?? 'month', periods: [] }
    return
  }
  const intervals = interval === undefined ? DEFAULT_INTERVALS : [interval]
  const windows = [window]
  if (interval === undefined && from === undefined && to === undefined)
    windows.push(mostCovered(window, covered))
  for (const each of windows) yield* fitting(each, intervals)
  if (interval !== undefined || (from !== undefined && to !== undefined)) return
  for (let years = MAX_PERIODS; years >= 1; years = Math.floor(years / 2))
    yield* fitting(from === undefined ? lastYears(window, years) : firstYears(window, years), ['year'])
}

function* fitting(window: Window, intervals: readonly Interval[]): Generator<ChartPeriods> {
  for (const interval of intervals) {
    const periods: Period[] = []
    for (const period of periodsIn(window, interval)) {
      periods.push(period)
      if (periods.length > MAX_PERIODS) break
    }
    if (periods.length <= MAX_PERIODS) yield { window, interval, periods }
  }
}

/** The days from the first to the last of the figures that no long gap parts, where most days are counted. */
function mostCovered(window: Window, covered: DaySet): Window {
  const half = LONG_GAP_DAYS / 2
  const within = intersectionOf([covered, [window]])
  const spans = unionOf(within.map(({ start, end }) => ({ start: start - half, end: end + half })))
  const days = (span: Window) => countWithin(within, span)
  const most = spans.reduce<Window | null>(
    (best, span) => (best === null || days(span) >= days(best) ? span : best),
    null,
  )
  return most === null ? window : clip({ start: most.start + half, end: most.end - half }, window)
}

function lastYears({ start, end }: Window, years: number): Window {
  return { start: Math.max(start, dayOf(civilOf(end).year - years + 1, 1, 1)), end }
}

function firstYears({ start, end }: Window, years: number): Window {
  return { start, end: Math.min(end, dayOf(civilOf(start).year + years - 1, 12, 31)) }
}
