import fc from 'fast-check'
import { type Day, formatDay, toDay, type Window } from '../../../src/domain/calendar.ts'
import { type Observation, PERIOD_BASES, QUALIFIERS } from '../../../src/domain/observation.ts'
import { KINDS } from '../../../src/domain/source.ts'

/** The first day that random observations count; the leap day comes two days after it. */
export const FIRST: Day = toDay('2024-02-27')

/** An observation of which only what matters is said. */
export function observe(facts: Partial<Observation>): Observation {
  const border = facts.border ?? 'PL-BY'
  return {
    id: 1,
    source: 'a',
    publisher: 'Straż Graniczna',
    origin: 'Straż Graniczna',
    kind: 'official',
    title: null,
    published_on: null,
    url: null,
    border,
    country: border.slice(0, 2),
    neighbour: border.slice(3),
    indicator: 'attempted_crossings',
    period_start: '2024-01-01',
    period_end: '2024-12-31',
    period_basis: 'stated',
    count: 0,
    qualifier: 'exact',
    note: null,
    version: 1,
    ...facts,
  }
}

/** The window from one day to another, both as text. */
export function days(start: string, end: string = start): Window {
  return { start: toDay(start), end: toDay(end) }
}

/** All windows within another. */
export function windowsIn({ start, end }: Window): Window[] {
  const ends = Array.from({ length: end - start + 1 }, (_, index) => start + index)
  return ends.flatMap((from) => ends.filter((to) => to >= from).map((to) => ({ start: from, end: to })))
}

export interface Shape {
  readonly days: number
  readonly figures: number
  /** The most that a day really has, before publications err. */
  readonly dailyMax: number
  readonly countMax: number
}

/** The days that random observations of a shape count, and some on both sides. */
export function horizonOf(shape: Shape, margin = 2): Window {
  return { start: FIRST - margin, end: FIRST + shape.days - 1 + margin }
}

interface Draft {
  readonly daily: readonly number[]
  readonly sources: readonly Pick<Observation, 'kind' | 'published_on'>[]
  readonly figures: readonly DraftFigure[]
}

interface DraftFigure extends Pick<Observation, 'period_basis' | 'qualifier'> {
  readonly source: number
  readonly from: number
  readonly to: number
  readonly slack: number
  readonly error: number
  readonly anything: number | null
}

/** Ids that code-point order sorts in this way, and other orders do not. */
const SOURCES = ['a', 'a-b', 'a0', 'a_b', 'aa', 'b']

/** The observations of one border: some true of one hidden course of events, some in error, some anything. */
export function randomObservations(shape: Shape): fc.Arbitrary<Observation[]> {
  return randomDraft(shape).map((draft) => observationsOf(draft, draft.daily, shape, 'PL-BY', 1))
}

function randomDraft({ days, figures, dailyMax, countMax }: Shape): fc.Arbitrary<Draft> {
  const day = fc.nat(days - 1)
  const amount = fc.nat(Math.max(1, Math.ceil(dailyMax / 2)))
  return fc.record({
    daily: fc.array(fc.nat(dailyMax), { minLength: days, maxLength: days }),
    sources: fc.array(
      fc.record({
        kind: fc.constantFrom(...KINDS),
        published_on: fc.constantFrom(null, '2024-03-15', '2024-04-01'),
      }),
      { minLength: SOURCES.length, maxLength: SOURCES.length },
    ),
    figures: fc
      .array(
        fc.record({
          source: fc.nat(SOURCES.length - 1),
          from: day,
          to: fc.oneof(fc.constant(null), day, day),
          period_basis: fc.constantFrom(...PERIOD_BASES),
          qualifier: fc.constantFrom('exact' as const, 'exact' as const, ...QUALIFIERS),
          slack: amount,
          error: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, amount),
          anything: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, fc.nat(countMax)),
        }),
        { minLength: Math.floor(figures / 3), maxLength: figures, size: 'max' },
      )
      .map((drafts) => drafts.map(({ from, to, ...rest }) => ({ ...rest, ...inOrder(from, to ?? from) }))),
  })
}

function inOrder(a: number, b: number) {
  return { from: Math.min(a, b), to: Math.max(a, b) }
}

function observationsOf(
  draft: Draft,
  daily: readonly number[],
  shape: Shape,
  border: string,
  firstId: number,
): Observation[] {
  const observations = new Map<string, Observation>()
  for (const [index, figure] of draft.figures.entries()) {
    const { source, from, to, period_basis, qualifier } = figure
    const count = figure.anything ?? publishedCount(figure, daily)
    observations.set(`${source} ${from} ${to}`, {
      ...observe({ border, ...draft.sources[source], period_basis, qualifier }),
      id: firstId + index,
      source: SOURCES[source] ?? '',
      period_start: formatDay(FIRST + from),
      period_end: formatDay(FIRST + to),
      count: Math.min(shape.countMax, Math.max(0, count)),
    })
  }
  return [...observations.values()]
}

function publishedCount(figure: DraftFigure, daily: readonly number[]): number {
  const { from, to, slack, error } = figure
  const truth = daily.slice(from, to + 1).reduce((sum, count) => sum + count, 0)
  switch (figure.qualifier) {
    case 'at_least':
      return truth - slack + error
    case 'more_than':
      return truth - slack - 1 + error
    case 'at_most':
      return truth + slack - error
    default:
      return truth + error
  }
}
