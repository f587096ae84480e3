import type { Constraint } from './accept-constraint.ts'
import { indexAtOrBefore } from './sorted-days.ts'

/**
 * A running count that comes near to what the figures say, at each of some ascending days. It only saves
 * work: any count that never falls is a legal start, and what is accepted does not depend on it.
 *
 * Shorter figures say more about their days than longer ones, so they go first, and what a longer
 * one leaves over is spread over the days that none before it counted.
 */
export function initialCounts(days: Int32Array, constraints: readonly Constraint[]): Float64Array {
  const gaps = openGaps(days)
  const shortestFirst = constraints
    .filter(({ lower, upper }) => lower > 0 || upper === 0)
    .sort((a, b) => a.end - a.start - (b.end - b.start))
  for (const { start, end, lower } of shortestFirst) {
    fill(gaps, indexAtOrBefore(days, start), indexAtOrBefore(days, end), lower)
  }
  const counts = new Float64Array(days.length)
  for (let index = 1; index < days.length; index++) {
    counts[index] = (counts[index - 1] ?? 0) + (gaps.count[index - 1] ?? 0)
  }
  return counts
}

/** The stretches between two of the days each, and which of them are given a count already. */
interface Gaps {
  readonly days: Int32Array
  readonly count: Float64Array
  /** Sums of counts as a Fenwick tree: each of those that end in front of the index. */
  readonly sums: Float64Array
  /** The gap itself as long as it is open, else one behind it, up to the next open one. */
  readonly nextOpen: Int32Array
}

function openGaps(days: Int32Array): Gaps {
  const size = Math.max(0, days.length - 1)
  return {
    days: Int32Array.from({ length: size }, (_, index) => (days[index + 1] ?? 0) - (days[index] ?? 0)),
    count: new Float64Array(size),
    sums: new Float64Array(size + 1),
    nextOpen: Int32Array.from({ length: size + 1 }, (_, index) => index),
  }
}

/** Gives what a figure has over its known gaps to its open ones, by their days. */
function fill(gaps: Gaps, from: number, to: number, count: number): void {
  let openDays = 0
  for (let gap = openFrom(gaps, from); gap < to; gap = openFrom(gaps, gap + 1))
    openDays += gaps.days[gap] ?? 0
  if (openDays === 0) return
  let left = count - sumUntil(gaps, to) + sumUntil(gaps, from)
  for (let gap = openFrom(gaps, from); gap < to; gap = openFrom(gaps, gap)) {
    const days = gaps.days[gap] ?? 0
    const share = Math.max(0, Math.round((left * days) / openDays))
    close(gaps, gap, share)
    left -= share
    openDays -= days
  }
}

function openFrom({ nextOpen }: Gaps, gap: number): number {
  let open = gap
  for (let next = nextOpen[open] ?? open; next !== open; next = nextOpen[open] ?? open) {
    nextOpen[open] = nextOpen[next] ?? next
    open = next
  }
  return open
}

function close({ count, sums, nextOpen }: Gaps, gap: number, share: number): void {
  count[gap] = share
  nextOpen[gap] = gap + 1
  for (let index = gap + 1; index < sums.length; index += index & -index) {
    sums[index] = (sums[index] ?? 0) + share
  }
}

function sumUntil({ sums }: Gaps, gap: number): number {
  let sum = 0
  for (let index = gap; index > 0; index -= index & -index) sum += sums[index] ?? 0
  return sum
}
