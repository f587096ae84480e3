import type { Constraint } from './admit.ts'
import type { Day } from './calendar.ts'

interface Gap {
  days: number
  count: number
  isKnown: boolean
}

/**
 * A running count that comes near to what the figures say. It only saves work: any count that never
 * falls is a legal start, and what is accepted does not depend on it.
 *
 * Shorter figures say more about their days than longer ones, so they go first, and what a longer
 * one leaves over is spread over the days that none before it counted.
 */
export function guessRunningCount(
  days: readonly Day[],
  constraints: readonly Constraint[],
): (day: Day) => number {
  const indexOf = new Map(days.map((day, index) => [day, index]))
  const gaps = days
    .slice(1)
    .map((day, index): Gap => ({ days: day - (days[index] ?? day), count: 0, isKnown: false }))
  const shortestFirst = constraints.toSorted((a, b) => a.end - a.start - (b.end - b.start))
  for (const { start, end, lower } of shortestFirst)
    fill(gaps.slice(indexOf.get(start), indexOf.get(end)), lower)
  const counts = new Map<Day, number>()
  let count = 0
  for (const [index, day] of days.entries()) {
    counts.set(day, count)
    count += gaps[index]?.count ?? 0
  }
  return (day) => counts.get(day) ?? 0
}

function fill(gaps: readonly Gap[], count: number): void {
  let left = count
  let openDays = 0
  for (const gap of gaps) {
    left -= gap.count
    if (!gap.isKnown) openDays += gap.days
  }
  for (const gap of gaps) {
    if (gap.isKnown) continue
    const share = Math.max(0, Math.round((left * gap.days) / openDays))
    gap.count = share
    gap.isKnown = true
    left -= share
    openDays -= gap.days
  }
}
