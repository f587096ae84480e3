import { toDay } from '../src/domain/calendar.ts'
import type { HeavyFigure } from './heavy-database.ts'
import { randomFrom } from './standard-series.ts'

const DAY_ONE = toDay('1900-01-01')

interface HeavyTable {
  figures(size?: number): HeavyFigure[]
  readonly paths: readonly string[]
}

/** Tables that are costly to combine, by name, with requests that show it. */
export const HEAVY_TABLES: Readonly<Record<string, HeavyTable>> = {
  'days of two borders': {
    figures: () => [...everyOtherDay('PL-BY', 20_000), ...everyOtherDay('LT-BY', 20_000)],
    paths: [
      '/v1/totals?country=PL,LT',
      '/v1/totals?country=PL,LT&from=1950',
      '/v1/series?country=PL&interval=day',
    ],
  },
  'days that contradict a total of 0': {
    figures: () => contradicting(45_000, 0, 1),
    paths: [
      '/v1/totals?country=PL',
      '/v1/series?country=PL&interval=day&limit=10000',
      '/v1/conflicts?country=PL',
      '/v1/observations?status=conflicting',
    ],
  },
  'days that contradict a small total': {
    figures: () => contradicting(45_000, 5, 6),
    paths: [
      '/v1/totals?country=PL',
      '/v1/series?country=PL&interval=day&limit=10000',
      '/v1/conflicts?country=PL',
    ],
  },
  'windows that contradict a small total': {
    figures: () => contradictingWindows(45_000),
    paths: [
      '/v1/totals?country=PL',
      '/v1/series?country=PL&interval=day&limit=10000',
      '/v1/conflicts?country=PL',
    ],
  },
  'days that contradict days': {
    figures: () => [...days('PL-BY', 22_500, 'a', 'official'), ...days('PL-BY', 22_500, 'b', 'claim', 1)],
    paths: [
      '/v1/totals?country=PL',
      '/v1/series?country=PL&interval=day&limit=10000',
      '/v1/conflicts?country=PL',
    ],
  },
  'overlapping bounds': {
    figures: (size = 3_000) => bounds('PL-BY', size, 1),
    paths: [
      '/v1/totals?country=PL',
      '/v1/totals?country=PL&published_until=2024-01-02',
      '/v1/totals?country=PL&published_until=2024-01-03',
      '/v1/series?country=PL&interval=day',
      '/?country=PL&from=1902&to=1903',
    ],
  },
  'many overlapping bounds': {
    figures: () => bounds('PL-BY', 45_000, 1),
    paths: ['/v1/totals?country=PL', '/v1/series?country=PL&interval=day'],
  },
  'a group': {
    figures: () =>
      ['EU-BY', 'PL-BY', 'LV-BY', 'LT-BY'].flatMap((border, index) => bounds(border, 990, index + 1)),
    paths: [
      '/v1/totals?country=EU',
      '/v1/totals?country=EU&published_until=2024-01-02',
      '/v1/series?country=EU&interval=day',
    ],
  },
}

function everyOtherDay(border: string, count: number): HeavyFigure[] {
  return Array.from({ length: count }, (_, index) => {
    const day = DAY_ONE + 2 * index
    return {
      border,
      source: `${border}-a`,
      kind: 'official',
      start: day,
      end: day,
      count: index % 97,
      qualifier: 'exact',
    }
  })
}

function days(
  border: string,
  length: number,
  source: string,
  kind: HeavyFigure['kind'],
  more = 0,
): HeavyFigure[] {
  return Array.from({ length }, (_, index) => {
    const day = DAY_ONE + index
    return { border, source, kind, start: day, end: day, count: (index % 97) + more, qualifier: 'exact' }
  })
}

/** One exact total, and days each of which is larger than it. */
function contradicting(length: number, total: number, count: number): HeavyFigure[] {
  const whole: HeavyFigure = {
    border: 'PL-BY',
    source: 'whole',
    kind: 'official',
    start: DAY_ONE,
    end: DAY_ONE + length - 1,
    count: total,
    qualifier: 'exact',
  }
  const single = Array.from({ length }, (_, index): HeavyFigure => {
    const day = DAY_ONE + index
    return { border: 'PL-BY', source: 'days', kind: 'claim', start: day, end: day, count, qualifier: 'exact' }
  })
  return [whole, ...single]
}

/** Upper bounds on halves that overlap, and windows of random length whose lower bounds are too large. */
function contradictingWindows(length: number): HeavyFigure[] {
  const random = randomFrom(3)
  const whole = [0, 1, 2].map(
    (index): HeavyFigure => ({
      border: 'PL-BY',
      source: `whole-${index}`,
      kind: 'official',
      start: DAY_ONE + 10_000 * index,
      end: DAY_ONE + 10_000 * index + 20_000,
      count: 100,
      qualifier: 'at_most',
    }),
  )
  const single = Array.from({ length }, (_, index): HeavyFigure => {
    const start = DAY_ONE + Math.floor(random() * 39_000)
    return {
      border: 'PL-BY',
      source: `days-${index % 50}`,
      kind: 'claim',
      start,
      end: start + 1 + Math.floor(random() * 900),
      count: 201,
      qualifier: 'at_least',
    }
  })
  return [...whole, ...single]
}

/** Lower and upper bounds of random windows that are all true, and nothing exact. */
function bounds(border: string, length: number, seed: number): HeavyFigure[] {
  const random = randomFrom(seed)
  const span = 2 * length
  const running = [0]
  for (let day = 0; day < span; day++) running.push((running.at(-1) ?? 0) + Math.floor(random() * 50))
  return Array.from({ length }, (_, index): HeavyFigure => {
    const from = Math.floor(random() * (span - 2))
    const to = Math.min(span, from + 1 + Math.floor(random() * 400))
    const truth = (running[to] ?? 0) - (running[from] ?? 0)
    const isLower = random() < 0.5
    return {
      border,
      source: `${border}-${index % 40}`,
      kind: 'official',
      start: DAY_ONE + from,
      end: DAY_ONE + to - 1,
      count: isLower ? Math.floor(truth * 0.99) : Math.ceil(truth * 1.01),
      qualifier: isLower ? 'at_least' : 'at_most',
    }
  })
}
