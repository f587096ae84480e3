import type { Border } from '../../domain/border.ts'
import type { Conflict } from '../../domain/conflict.ts'
import type { Event } from '../../domain/event.ts'
import { type Figure, termsOf } from '../../domain/figure.ts'
import type { Indicator } from '../../domain/indicator.ts'
import type { ObservationWithStatus } from '../../domain/observation.ts'
import type { Interval } from '../../domain/period.ts'

/** The ways in which a chart can show several countries. */
export const LAYOUTS = ['stack', 'side'] as const
export type Layout = (typeof LAYOUTS)[number]

/** A border, a group, or several borders together: what a figure is of. */
export interface Subject {
  /** The id of the border or group; `together` for a plain sum. */
  readonly key: string
  readonly border: Border | null
  /** Its place among all borders that are no groups, which gives it its colour; null for what is several. */
  readonly place: number | null
}

/** The figure of one calendar period, which the window may cut. */
export interface PeriodFigure extends Figure {
  readonly period: string
  readonly partial: boolean
}

/** Everything that is shown of one question. */
export interface View {
  readonly version: number
  readonly recorded_at: string | null
  readonly indicator: Indicator
  readonly interval: Interval
  readonly layout: Layout
  /** The window shown, where the default one is too long to be shown whole; else null. */
  readonly shortened: { readonly from: string; readonly to: string } | null
  /** The borders meant, in the order of lists. */
  readonly subjects: readonly Subject[]
  /** All of them together; null where there is no border. */
  readonly together: Subject | null
  /** The figure of each subject for the whole window, by key. */
  readonly totals: ReadonlyMap<string, Figure>
  /** The figures of each subject for each period, by key. */
  readonly series: ReadonlyMap<string, readonly PeriodFigure[]>
  /** The same from 1 January, or from the start of the window, to the end of each period. */
  readonly cumulative: ReadonlyMap<string, readonly PeriodFigure[]>
  /** The observations that proofs name, by id. */
  readonly observations: ReadonlyMap<number, ObservationWithStatus>
  readonly conflicts: readonly Conflict[]
  readonly events: readonly Event[]
}

/** A caveat that a reader should know before quoting a result. */
export const CAVEATS = ['contested', 'claimed', 'inferred'] as const
export type Caveat = (typeof CAVEATS)[number]

/** The observations that a figure follows from, each once. */
export function observationsBehind(
  figure: Figure,
  { observations }: Pick<View, 'observations'>,
): ObservationWithStatus[] {
  const ids = new Set(termsOf(figure).map(({ observation }) => observation))
  return [...ids].flatMap((id) => observations.get(id) ?? [])
}

export function caveatsOf(figure: Figure, view: Pick<View, 'observations'>): Caveat[] {
  const grounds = observationsBehind(figure, view)
  const has: Readonly<Record<Caveat, boolean>> = {
    contested: figure.conflicts > 0,
    claimed: grounds.some(({ kind }) => kind === 'claim'),
    inferred: grounds.some(({ period_basis }) => period_basis === 'inferred'),
  }
  return CAVEATS.filter((mark) => has[mark])
}

/** The borders that are shown as parts of what they are together. */
export function partsOf({ subjects, together }: Pick<View, 'subjects' | 'together'>): Subject[] {
  const parts = subjects.filter(({ key }) => key !== together?.key)
  return parts.length === 0 ? [...subjects] : parts
}

/** Every subject once: what they are together first. */
export function subjectsOf({ subjects, together }: Pick<View, 'subjects' | 'together'>): Subject[] {
  return together === null ? [] : [together, ...subjects.filter(({ key }) => key !== together.key)]
}

/** The name of a figure in addresses: `PL-BY`, `PL-BY:2024-11`, `PL-BY:2024-11:cumulative`. */
export function figureKey(subject: Subject, period?: string, isCumulative = false): string {
  return [
    subject.key,
    ...(period === undefined ? [] : [period]),
    ...(isCumulative ? ['cumulative'] : []),
  ].join(':')
}

/** Returns the result of this view with a key, and its subject; null where there is none. */
export function figureNamed(view: View, name: string): { subject: Subject; figure: Figure } | null {
  const [key, period, cumulative, ...rest] = name.split(':')
  const subject = subjectsOf(view).find((each) => each.key === key)
  if (subject === undefined || rest.length > 0 || !(cumulative === undefined || cumulative === 'cumulative'))
    return null
  const rows = cumulative === undefined ? view.series : view.cumulative
  const figure =
    period === undefined
      ? view.totals.get(subject.key)
      : rows.get(subject.key)?.find((row) => row.period === period)
  return figure === undefined ? null : { subject, figure }
}

/** The borders whose published figures a view rests on: those meant, and what they are together. */
export function bordersOf(view: Pick<View, 'subjects' | 'together'>): Border[] {
  return subjectsOf(view).flatMap(({ border }) => border ?? [])
}
