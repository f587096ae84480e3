import { countDays } from './calendar.ts'
import { type Evidence, PERIOD_BASES, windowOf } from './observation.ts'
import { KINDS } from './source.ts'

/**
 * The order in which the observations of one series are accepted, most authoritative first: by kind,
 * a stated period before an inferred one, later published first (undated last), shorter period first,
 * earlier start first, then source id in code-point order. It is total, because one source states one
 * figure for a series and period.
 */
export function byAuthority<Figure extends Evidence>(observations: readonly Figure[]): Figure[] {
  return observations
    .map((observation) => ({ observation, rank: rankOf(observation), window: windowOf(observation) }))
    .sort(
      ({ observation: a, rank, window: w }, { observation: b, rank: other, window: v }) =>
        rank - other ||
        compareText(b.published_on ?? '', a.published_on ?? '') ||
        countDays(w) - countDays(v) ||
        w.start - v.start ||
        compareText(a.source, b.source),
    )
    .map(({ observation }) => observation)
}

/** Kind and period basis as one number. */
function rankOf({ kind, period_basis }: Evidence): number {
  return KINDS.indexOf(kind) * PERIOD_BASES.length + PERIOD_BASES.indexOf(period_basis)
}

/** Code-point order; the texts compared are ASCII, where it is the order of code units. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
