import { type Day, formatDay, toDay } from '../src/domain/calendar.ts'
import type { Observation } from '../src/domain/observation.ts'
import { periodsIn } from '../src/domain/period.ts'

/** The window of the standard series: five years. */
export const STANDARD_WINDOW = { start: toDay('2020-01-01'), end: toDay('2024-12-31') }

/** Pseudo-random numbers in [0, 1) from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The true counts of the days of the standard window, more of them in summer. */
export function dailyCounts(random: () => number): number[] {
  const days = STANDARD_WINDOW.end - STANDARD_WINDOW.start + 1
  return Array.from({ length: days }, (_, day) =>
    Math.floor(random() * (60 + 50 * Math.sin((day / 365) * 2 * Math.PI))),
  )
}

/**
 * The standard series: about 2,300 observations of five years, as a border guard and two newsrooms
 * might publish them. Daily figures with 20 % gaps, weekly and monthly ones, and year-to-date ones
 * twice a week; one in ten of these is a lower bound, and `misreported` of all are wrong.
 * With `density` 2 there are twice as many over the same days, from twice as many publications. `daily` are
 * true counts other than its own, such as those of a group.
 */
export function standardSeries({
  seed = 1,
  density = 1,
  misreported = 0.02,
  daily,
}: {
  seed?: number
  density?: number
  misreported?: number
  daily?: readonly number[]
} = {}): Observation[] {
  const random = randomFrom(seed)
  const own = dailyCounts(random)
  const running = [0]
  for (const count of daily ?? own) running.push((running.at(-1) ?? 0) + count)
  const truth = (start: Day, end: Day) =>
    (running[end - STANDARD_WINDOW.start + 1] ?? 0) - (running[start - STANDARD_WINDOW.start] ?? 0)

  const observations: Observation[] = []
  const publish = (
    start: Day,
    end: Day,
    origin: string,
    kind: Observation['kind'],
    isLowerBound: boolean,
  ) => {
    const count = truth(start, end)
    const isWrong = random() < misreported
    const id = observations.length + 1
    observations.push({
      id,
      source: `${origin}-${id}`,
      publisher: origin,
      origin,
      kind,
      title: null,
      published_on: formatDay(end + 1),
      url: null,
      border: 'PL-BY',
      country: 'PL',
      neighbour: 'BY',
      indicator: 'attempted_crossings',
      period_start: formatDay(start),
      period_end: formatDay(end),
      period_basis: random() < 0.3 ? 'inferred' : 'stated',
      count: isWrong
        ? count + 1 + Math.floor(random() * 200)
        : isLowerBound
          ? Math.floor(count * 0.97)
          : count,
      qualifier: isLowerBound ? 'at_least' : 'exact',
      note: null,
      version: 1,
    })
  }
  for (let copy = 0; copy < density; copy++) {
    for (let day = STANDARD_WINDOW.start; day <= STANDARD_WINDOW.end; day++) {
      if (random() >= 0.2) publish(day, day, `guard-${copy}`, 'official', false)
      if (random() < 2 / 7) {
        const yearStart = toDay(`${formatDay(day).slice(0, 4)}-01-01`)
        publish(yearStart, day, `newsroom-${copy}`, 'analysis', random() < 0.1)
      }
    }
    for (const interval of ['week', 'month'] as const) {
      for (const { start, end } of periodsIn(STANDARD_WINDOW, interval)) {
        const isWhole = start >= STANDARD_WINDOW.start && end <= STANDARD_WINDOW.end
        if (isWhole) publish(start, end, `agency-${copy}`, 'analysis', false)
      }
    }
  }
  return observations
}
