import { formatDay, toDay } from '../../../src/domain/calendar.ts'
import type { Qualifier, Statement } from '../../../src/domain/observation.ts'

const FIRST_DAY = toDay('1997-05-19')
const COUNTRIES = ['PL', 'LV', 'LT', 'EU', 'EU']
const QUALIFIERS: readonly Qualifier[] = ['at_least', 'at_most', 'exact']

/** Returns figures that overlap at random over years, of a group and its members: a thousand are too many to reconcile. */
export function overlappingFigures(count: number, sources: readonly string[]): Statement[] {
  let state = 1
  const below = (end: number) => {
    // Park and Miller's generator: the figures must be the same whatever seed a run has.
    state = (state * 48_271) % 2_147_483_647
    return state % end
  }
  return Array.from({ length: count }, (_, index) => {
    const first = FIRST_DAY + below(3_000)
    const days = below(1_500)
    return {
      source: sources[index % sources.length] ?? '',
      country: COUNTRIES[below(COUNTRIES.length)] ?? '',
      neighbour: 'BY',
      indicator: 'attempted_crossings',
      period_start: formatDay(first),
      period_end: formatDay(first + days),
      period_basis: 'stated',
      count: Math.floor(days * (10 + below(1_000) / 1_000)),
      qualifier: QUALIFIERS[below(QUALIFIERS.length)] ?? 'exact',
      note: null,
    }
  })
}
