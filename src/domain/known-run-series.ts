import type { Border } from './border.ts'
import type { ReconciledIndicator } from './border-groups.ts'
import { formatDay, parseDay, type Window } from './calendar.ts'
import { figureOf } from './figure.ts'
import type { Run } from './known-runs.ts'
import { type Interval, periodOf } from './period.ts'
import type { SeriesQuestion, SeriesRow } from './series.ts'
import { labelsOf } from './totals.ts'

/** The lengths of the steps that runs are made of, shortest first. */
export const STEPS = ['day', 'week', 'month', 'quarter'] as const satisfies readonly Interval[]
export type Step = (typeof STEPS)[number]

/** A border and the cut of the window by its own figures. */
export interface BorderRuns {
  readonly border: Border
  readonly runs: readonly Run[]
}

interface KnownRunQuestion extends Pick<SeriesQuestion, 'indicator' | 'explain' | 'after'> {
  readonly step: Step
}

/** The results of the runs of each border, by first day, then in the order of the borders, computed as they are read. */
export function* knownRunSeries(
  reconciled: ReconciledIndicator,
  cuts: readonly BorderRuns[],
  { indicator, step, explain, after }: KnownRunQuestion,
): Generator<SeriesRow> {
  const placed = cuts.flatMap(({ border, runs }, position) => runs.map((run) => ({ border, run, position })))
  placed.sort((a, b) => a.run.start - b.run.start || a.position - b.position)
  const behind = after === null ? 0 : indexBehind(placed, after)
  for (const { border, run } of placed.slice(behind)) {
    const { period_start, period_end, ...figure } = figureOf(reconciled.of(border), run, { explain })
    yield {
      ...labelsOf(border),
      indicator,
      period: labelOf(run),
      period_start,
      period_end,
      partial: isPartial(run, step),
      known: run.known,
      ...figure,
    }
  }
}

/** The days of a run as a time interval of ISO 8601. */
function labelOf({ start, end }: Window): string {
  return `${formatDay(start)}/${formatDay(end)}`
}

/** Tells whether a window cuts days off the first or the last step of a run. */
function isPartial({ start, end }: Window, step: Step): boolean {
  return periodOf(start, step).start < start || periodOf(end, step).end > end
}

/** The index behind the row at a place: the first that begins later, or on the same day at a later border. */
function indexBehind(
  placed: readonly (Pick<BorderRuns, 'border'> & { readonly run: Run })[],
  after: NonNullable<SeriesQuestion['after']>,
): number {
  const start = parseDay(after.period.split('/')[0] ?? '')
  const index = placed.findIndex(({ border, run }) => run.start === start && border.id === after.border)
  return index + 1
}
