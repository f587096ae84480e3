import fc from 'fast-check'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { formatDay, toDay } from '../../../src/domain/calendar.ts'
import { PERIOD_BASES } from '../../../src/domain/observation.ts'
import { INTERVALS, type Interval, periodOf } from '../../../src/domain/period.ts'
import { KINDS } from '../../../src/domain/source.ts'

/** The parameters of a request; those that are undefined are not sent. */
export type Question = Readonly<Record<string, string | undefined>>

const seeds = readSeeds()

/** The codes that the seeds know. */
export const CODES = {
  indicators: seeds.indicators.map(({ id }) => id),
  countries: [...new Set(seeds.borders.map(({ country }) => country))],
  neighbours: [...new Set(seeds.borders.map(({ neighbour }) => neighbour))],
  origins: [...new Set(seeds.sources.map(({ origin }) => origin))],
  /** A list is joined by commas, so a name with one cannot be asked for. */
  publishers: [...new Set(seeds.sources.map(({ publisher }) => publisher))].filter(
    (each) => !each.includes(','),
  ),
  sources: seeds.sources.map(({ id }) => id),
}

const FIRST = toDay('2020-10-01')
const LAST = toDay('2026-06-30')

/** Some of several values, joined as a query lists them. */
export function someOf(values: readonly string[], maxLength = 3): fc.Arbitrary<string> {
  return fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength }).map((some) => some.join(','))
}

const day = fc.integer({ min: FIRST, max: LAST })

/** A period of any length as a parameter takes it, within the years of the seeds. */
export const period = fc
  .tuple(day, fc.constantFrom(...INTERVALS))
  .map(([inside, interval]) => periodOf(inside, interval).label)

/** From one day to another, by `period`, by `from` and `to`, by one of them, or not at all. */
export const windowQuestion: fc.Arbitrary<Question> = fc.oneof(
  period.map((label) => ({ period: label })),
  fc.tuple(day, day).map(([a, b]) => ({ from: formatDay(Math.min(a, b)), to: formatDay(Math.max(a, b)) })),
  fc.record({ from: day.map(formatDay) }),
  fc.record({ to: day.map(formatDay) }),
  fc.constant({}),
)

/** Which observations to go by. */
export const evidenceQuestion: fc.Arbitrary<Question> = fc.record(
  {
    origin: someOf(CODES.origins),
    publisher: someOf(CODES.publishers),
    source: someOf(CODES.sources, 40),
    kind: someOf(KINDS),
    period_basis: someOf(PERIOD_BASES, 2),
    published_until: day.map(formatDay),
  },
  { requiredKeys: [] },
)

/** Which borders, of the default indicator. */
export const borderQuestion: fc.Arbitrary<Question> = fc.record(
  { country: someOf(['PL', 'LV', 'LT', 'EU'], 4), neighbour: fc.constant('BY') },
  { requiredKeys: [] },
)

export const interval: fc.Arbitrary<Interval> = fc.constantFrom(...INTERVALS)

/** The address of a question. */
export function addressOf(path: string, ...questions: readonly Question[]): string {
  const entries = questions.flatMap((question) => Object.entries(question))
  const query = new URLSearchParams(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]])),
  )
  return query.size === 0 ? path : `${path}?${query}`
}
