import { finish, type Work } from './bounds/work.ts'
import { countDays, FIRST_DAY, toDay, type Window } from './calendar.ts'
import { type Evidence, PERIOD_BASES, windowOf } from './observation.ts'
import { KINDS } from './source.ts'

/** More than the days of all years that dates can have, so that two numbers below it fit into one. */
const SPAN = 10_000_000

/** An observation with the days that it counts, and its place in the order of authority as two numbers. */
export interface Ranked<Figure extends Evidence> {
  readonly observation: Figure
  readonly window: Window
  readonly rank: number
  readonly within: number
}

/**
 * The order in which the observations of one series are accepted, most authoritative first: by kind,
 * a stated period before an inferred one, later published first (undated last), shorter period first,
 * earlier start first, then source id in code-point order. It is total, because one source states one
 * figure for a series and period.
 */
export function byAuthority<Figure extends Evidence>(observations: readonly Figure[]): Figure[] {
  return finish(rankedByAuthority(observations)).map(({ observation }) => observation)
}

/**
 * Sorts as {@link byAuthority} does, with pauses, and returns the windows too, since reading them from text takes
 * longer than sorting.
 */
export function* rankedByAuthority<Figure extends Evidence>(
  observations: readonly Figure[],
): Work<Ranked<Figure>[]> {
  const all = observations.map(ranked)
  yield 0
  all.sort(
    (a, b) =>
      a.rank - b.rank || a.within - b.within || compareText(a.observation.source, b.observation.source),
  )
  yield 0
  return all
}

function ranked<Figure extends Evidence>(observation: Figure): Ranked<Figure> {
  const { kind, period_basis, published_on } = observation
  const window = windowOf(observation)
  const published = published_on === null ? 0 : 1 + toDay(published_on) - FIRST_DAY
  return {
    observation,
    window,
    rank: (KINDS.indexOf(kind) * PERIOD_BASES.length + PERIOD_BASES.indexOf(period_basis)) * SPAN - published,
    within: countDays(window) * SPAN + window.start - FIRST_DAY,
  }
}

/** Code-point order; the texts compared are ASCII, where it is the order of code units. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
