import { civilOf, dayOf, FIRST_DAY, LAST_DAY, type Window } from '../../domain/calendar.ts'
import type { Filter } from '../../domain/filter.ts'
import { type Interval, periodOf } from '../../domain/period.ts'
import { series } from '../../domain/series.ts'
import { totals } from '../../domain/totals.ts'
import { INTERVAL_OF_FREQUENCY, OTHER_FREQUENCY, timePeriodOf } from '../../formats/sdmx/time-period.ts'
import type { Row } from '../../formats/table.ts'
import type { FigureContext } from '../../results/load-series.ts'
import { observationsWithStatus } from '../../results/observations-with-status.ts'
import { reconcileEvidence } from '../../results/reconcile-evidence.ts'
import { badRequest } from '../problems/problem.ts'
import { iterateRows } from '../query/pagination.ts'

/** More days than this are not answered day by day or week by week. */
const MAX_DAYS = 40_000

/** More periods than this of one series are not answered at once, however long they are. */
const MAX_PERIODS = 40_000

/** The years that an answer goes back whose window has no first day, that of its last day included. */
const OPEN_YEARS = 50

/**
 * Yields the results of some frequencies, borders and indicators: of whole calendar periods, those that overlap the data
 * where the window is open, and with the frequency `_O` one for the window. Without a first day it goes back
 * {@link OPEN_YEARS}, but not before the data, so that a figure that is centuries off does not make it endless.
 */
export async function figureRows(
  sources: FigureContext,
  filter: Filter,
  frequencies: readonly string[],
): Promise<AsyncIterable<Row>> {
  const selections: (Awaited<ReturnType<typeof reconcileEvidence>> & { readonly indicator: string })[] = []
  for (const indicator of filter.indicator ?? []) {
    const chosen = { ...filter, indicator: [indicator] }
    // Streamed row by row with pauses, so the whole of it may take longer than a page.
    const selection = await reconcileEvidence(sources, indicator, chosen, (unlimited) => unlimited)
    const window =
      filter.from === undefined ? selection.window && latestYears(selection.window) : selection.window
    requireBearable(window, frequencies)
    selections.push({ indicator, ...selection, window })
  }
  return (async function* () {
    for (const { indicator, reconciled, borders, window } of selections) {
      const question = { indicator, borders, window, explain: false }
      for (const frequency of frequencies) {
        const interval = INTERVAL_OF_FREQUENCY.get(frequency)
        const rows =
          interval === undefined
            ? isOther(window)
              ? totals(reconciled, question).data
              : []
            : series(reconciled, {
                ...question,
                window: window && wholePeriods(window, interval, filter),
                interval,
                cumulative: false,
                after: null,
              })
        for (const row of rows) {
          yield row
          await sources.turn.yieldIfDue()
        }
      }
    }
  })()
}

/** Tells whether a window is not a calendar period, so that its result has a frequency of its own. */
function isOther(window: Window | null): boolean {
  return window !== null && timePeriodOf(window).freq === OTHER_FREQUENCY
}

function latestYears({ start, end }: Window): Window {
  return { start: Math.max(start, dayOf(civilOf(end).year - OPEN_YEARS + 1, 1, 1)), end }
}

/** @throws Problem (400) where there would be too many periods */
function requireBearable(window: Window | null, frequencies: readonly string[]): void {
  if (window === null) return
  const refuse = (detail: string) => {
    throw badRequest([{ parameter: 'c[TIME_PERIOD]', detail }])
  }
  const isLong = window.end - window.start >= MAX_DAYS
  if (isLong && frequencies.some((each) => each === 'D' || each === 'W'))
    refuse(`spans more than ${MAX_DAYS} days, which are not answered day by day or week by week`)
  const months = (civilOf(window.end).year - civilOf(window.start).year + 1) * 12
  if (months > MAX_PERIODS && frequencies.includes('M'))
    refuse(`spans more than ${MAX_PERIODS} months, which are not answered at once; ask for a shorter window`)
}

/** The calendar periods wholly in a window; at an end that was not asked for, the one that holds it too. */
function wholePeriods(
  { start, end }: Window,
  interval: Interval,
  { from, to }: Pick<Filter, 'from' | 'to'>,
): Window | null {
  const first = periodOf(start, interval)
  const last = periodOf(end, interval)
  const whole = {
    start: from === undefined || first.start === start ? first.start : first.end + 1,
    end: to === undefined || last.end === end ? last.end : last.start - 1,
  }
  const held = { start: Math.max(whole.start, FIRST_DAY), end: Math.min(whole.end, LAST_DAY) }
  return held.start > held.end ? null : held
}

/** The observations that a filter means, each with how it fares. */
export function observationRows(sources: FigureContext, filter: Filter): AsyncIterable<Row> {
  return iterateRows<number>(
    async (page) => ({
      rows: (await observationsWithStatus(sources, filter, undefined, page)).map(({ row }) => row),
    }),
    null,
    (row) => Number(row.id),
  )
}
