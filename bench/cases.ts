import { formatDay, toDay } from '../src/domain/calendar.ts'
import type { Observation } from '../src/domain/observation.ts'
import { randomFrom, STANDARD_WINDOW, standardSeries } from './standard-series.ts'

/** Series of one border that are hard in different ways, by name. */
export const CASES: Readonly<Record<string, () => Observation[]>> = {
  standard: () => standardSeries(),
  'twice as dense': () => standardSeries({ density: 2 }),
  'four times as dense': () => standardSeries({ density: 4 }),
  '30 % misreported': () => standardSeries({ misreported: 0.3 }),
  'random overlapping exact': () => withRandomPeriods(),
  'only lower and upper bounds': () => withRandomPeriods().map(asBound),
  'one publication, oldest first': () => oldestFirst(),
}

/** The standard series' figures moved to random, overlapping periods, and still true. */
function withRandomPeriods(): Observation[] {
  const random = randomFrom(2)
  const days = STANDARD_WINDOW.end - STANDARD_WINDOW.start + 1
  const running = [0]
  for (let day = 0; day < days; day++) running.push((running.at(-1) ?? 0) + Math.floor(random() * 100))
  return standardSeries().map((observation) => {
    const first = Math.floor(random() * days)
    const last = Math.min(days - 1, first + Math.floor(random() * random() * 600))
    return {
      ...observation,
      period_start: formatDay(STANDARD_WINDOW.start + first),
      period_end: formatDay(STANDARD_WINDOW.start + last),
      count: (running[last + 1] ?? 0) - (running[first] ?? 0),
      qualifier: 'exact',
    }
  })
}

function asBound(observation: Observation, index: number): Observation {
  const isLower = index % 2 === 0
  const count = Math.floor(observation.count * (isLower ? 0.95 : 1.05))
  return { ...observation, count, qualifier: isLower ? 'at_least' : 'at_most' }
}

/** Five years of daily figures that one publication lists from the first day to the last. */
function oldestFirst(): Observation[] {
  const random = randomFrom(3)
  return standardSeries()
    .slice(0, 1)
    .flatMap((observation) =>
      Array.from({ length: STANDARD_WINDOW.end - STANDARD_WINDOW.start + 1 }, (_, index) => {
        const day = formatDay(STANDARD_WINDOW.start + index)
        const count = Math.floor(random() * 100)
        return { ...observation, id: index + 1, period_start: day, period_end: day, count }
      }),
    )
    .sort((a, b) => toDay(a.period_start) - toDay(b.period_start))
}
