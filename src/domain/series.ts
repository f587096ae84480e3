import { z } from 'zod'
import { type Border, borderId } from './border.ts'
import type { ReconciledIndicator } from './border-groups.ts'
import type { Window } from './calendar.ts'
import { figureOf } from './figure.ts'
import type { Reconciliation } from './joint/border-reconciliation.ts'
import { clip, type Interval, type Period, parsePeriod, periodsIn, startOfYear } from './period.ts'
import { labelsOf, type TotalsQuestion, totalSchema } from './totals.ts'

const { border, country, neighbour, indicator, period_start, period_end, ...figure } = totalSchema.shape

/** The figure of one border for one calendar period. */
export const seriesRowSchema = z
  .object({
    border,
    country,
    neighbour,
    indicator,
    period: z
      .string()
      .describe(
        'The calendar period: `2024-11-15`, `2024-W46` (ISO 8601), `2024-11`, `2024-Q4` or `2024`; with `interval=auto` the days of the run: `2024-05-01/2024-06-30`.',
      )
      .meta({ examples: ['2024-11'] }),
    period_start,
    period_end,
    partial: z
      .boolean()
      .describe('Whether the window asked for cuts days off the calendar period, or off a step of the run.'),
    known: z
      .boolean()
      .optional()
      .describe(
        'Only with `interval=auto`: whether the range is exact or no wider than `within` allows, over at most 366 days.',
      ),
    ...figure,
  })
  .meta({ id: 'SeriesRow' })

export type SeriesRow = z.infer<typeof seriesRowSchema>

/** A row's place in the list: its calendar period and its border. */
export const placeSchema = z.strictObject({ period: z.string(), border: borderId })

export interface SeriesQuestion extends TotalsQuestion {
  readonly interval: Interval
  readonly cumulative: boolean
  /** The place of the row to go on behind; null to begin with the first. */
  readonly after: z.infer<typeof placeSchema> | null
}

/**
 * The figures of each calendar period that meets the window, border by border, made as they are read.
 * Cumulative rows run from 1 January, or the window's start if later, to the end of their period.
 */
export function* series(reconciled: ReconciledIndicator, question: SeriesQuestion): Generator<SeriesRow> {
  const { indicator, borders, window, interval, after } = question
  if (window === null) return
  const begin = after === null ? window.start : parsePeriod(after.period)?.start
  for (const period of periodsIn(window, interval, begin)) {
    for (const each of period.label === after?.period ? behind(borders, after.border) : borders) {
      const row = { ...labelsOf(each), indicator }
      yield { ...row, ...periodFigure(reconciled.of(each), period, { ...question, window }) }
    }
  }
}

/** Returns the result of the part of a calendar period that lies in a window. */
export function periodFigure(
  reconciliation: Reconciliation,
  period: Period,
  { window, cumulative, explain }: { window: Window; cumulative: boolean; explain: boolean },
) {
  const within = clip(period, window)
  const counted = cumulative ? sinceNewYear(within, window) : within
  const { period_start, period_end, ...figure } = figureOf(reconciliation, counted, { explain })
  const partial = within.start > period.start || within.end < period.end
  return { period: period.label, period_start, period_end, partial, ...figure }
}

function sinceNewYear(within: Window, window: Window): Window {
  return { start: Math.max(startOfYear(within.end), window.start), end: within.end }
}

function behind(borders: readonly Border[], id: string): readonly Border[] {
  return borders.slice(borders.findIndex((border) => border.id === id) + 1)
}
