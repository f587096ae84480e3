import { toDay, type Window } from '../../../src/domain/calendar.ts'
import type { Observation, Range, Status } from '../../../src/domain/observation.ts'

/**
 * Two slow answers to what a set of observations implies, written from the definition alone: one counts
 * every way the days can have gone, the other relaxes all paths between all days. Neither knows what
 * the code under test knows, save what a day, an observation and a range are.
 */
export interface Answer {
  readonly statuses: ReadonlyMap<number, Status>
  rangeIn(window: Window): Range
}

interface Claim {
  readonly start: number
  readonly end: number
  readonly lower: number
  readonly upper: number
}

type Key = readonly (number | string)[]

/** The observations, most authoritative first. */
export function inAuthorityOrder(observations: readonly Observation[]): Observation[] {
  return observations
    .map((observation) => ({ observation, key: authorityKey(observation) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ observation }) => observation)
}

function authorityKey(observation: Observation): Key {
  const start = toDay(observation.period_start)
  const { published_on } = observation
  return [
    { official: 1, analysis: 2, claim: 3 }[observation.kind],
    { stated: 1, inferred: 2 }[observation.period_basis],
    published_on === null ? Number.POSITIVE_INFINITY : -toDay(published_on),
    toDay(observation.period_end) - start,
    start,
    observation.source,
  ]
}

function compareKeys(a: Key, b: Key): number {
  for (const [index, one] of a.entries()) {
    const other = b[index]
    if (other !== undefined && one !== other) return one < other ? -1 : 1
  }
  return 0
}

/** What an observation says of the sum of its days; null where it is not used. */
export function claimOf(observation: Observation): Claim | null {
  const { count, qualifier } = observation
  if (qualifier === 'about') return null
  return {
    start: toDay(observation.period_start),
    end: toDay(observation.period_end),
    lower: { exact: count, at_least: count, more_than: count + 1, at_most: 0 }[qualifier],
    upper: qualifier === 'exact' || qualifier === 'at_most' ? count : Number.POSITIVE_INFINITY,
  }
}

/** Observations of a series one by one, each accepted unless `accept` finds that it contradicts. */
function judge(
  observations: readonly Observation[],
  accept: (claim: Claim, observation: Observation) => boolean,
): Map<number, Status> {
  const statuses = new Map<number, Status>()
  for (const observation of inAuthorityOrder(observations)) {
    const claim = claimOf(observation)
    if (claim === null) statuses.set(observation.id, 'approximate')
    else statuses.set(observation.id, accept(claim, observation) ? 'accepted' : 'conflicting')
  }
  return statuses
}

/** Every way the days can have gone: one count for each day of `days`. */
export interface Enumeration extends Answer {
  readonly days: Window
  readonly ceiling: number
  readonly ways: readonly (readonly number[])[]
}

/**
 * A daily count that no day needs to exceed. Days that an upper end bounds stay at or below the
 * largest count; all others can be cut down to what one lower end needs, the largest count and 1. So a
 * day that gets as far as the ceiling is a day without an upper bound, and no other does.
 */
function ceilingOf(observations: readonly Observation[], series = 1): number {
  return series * Math.max(0, ...observations.map(({ count }) => count)) + 1
}

/** Tries all counts from 0 to the ceiling on all days. */
export function enumerateSeries(
  observations: readonly Observation[],
  days: Window,
  ceiling = ceilingOf(observations),
): Enumeration {
  let ways = allWays(days.end - days.start + 1, ceiling)
  const statuses = judge(observations, (claim) => {
    const left = ways.filter((way) => holds(claim, way, days))
    if (left.length === 0) return false
    ways = left
    return true
  })
  return { statuses, days, ceiling, ways, rangeIn: (window) => rangeAmong(ways, window, days, ceiling) }
}

function allWays(size: number, ceiling: number): number[][] {
  return Array.from({ length: (ceiling + 1) ** size }, (_, code) => digitsOf(code, ceiling + 1, size))
}

function digitsOf(code: number, base: number, size: number): number[] {
  const digits = new Array<number>(size).fill(0)
  for (let index = size - 1, rest = code; index >= 0; index--, rest = Math.floor(rest / base)) {
    digits[index] = rest % base
  }
  return digits
}

function holds({ start, end, lower, upper }: Claim, way: readonly number[], days: Window): boolean {
  let sum = 0
  for (let day = start; day <= end; day++) sum += way[day - days.start] ?? Number.NaN
  return lower <= sum && sum <= upper
}

function rangeAmong(
  ways: readonly (readonly number[])[],
  window: Window,
  days: Window,
  ceiling: number,
): Range {
  let min = Number.POSITIVE_INFINITY
  let max = 0
  let isOpen = window.start < days.start || window.end > days.end
  for (const way of ways) {
    let sum = 0
    for (let day = Math.max(window.start, days.start); day <= Math.min(window.end, days.end); day++) {
      const count = way[day - days.start] ?? 0
      if (count >= ceiling) isOpen = true
      sum += count
    }
    min = Math.min(min, sum)
    max = Math.max(max, sum)
  }
  return { min, max: isOpen ? Number.POSITIVE_INFINITY : max }
}

/** The most that the running count must change from one node to another, for every two of them. */
type Least = number[][]

export interface Solution extends Answer {
  readonly horizon: Window
  /** Between the starts of every two days of the horizon, and the start of the day after it. */
  readonly least: Least
}

/** Longest paths between all days of a horizon, which must hold all the observations. */
export function solveSeries(observations: readonly Observation[], horizon: Window): Solution {
  const size = horizon.end - horizon.start + 2
  const least = inOrder(size)
  const nodeAt = (day: number) => day - horizon.start
  const statuses = judge(observations, (claim) => acceptInto(least, claim, nodeAt))
  const rangeIn = ({ start, end }: Window) => rangeBetween(least, nodeAt(start), nodeAt(end + 1))
  return { statuses, horizon, least, rangeIn }
}

/** Whether no way round gains: exactly then some running count satisfies all that was accepted. */
export function isSatisfiable(least: Least): boolean {
  return least.every((row, index) => row[index] === 0)
}

/**
 * The fewest figures that any proof of a lower bound of the window can name: each step weighs less by
 * one part in a thousand for every figure it takes, so that of equal paths the one of fewest is longest.
 */
export function fewestFigures(accepted: readonly Observation[], horizon: Window) {
  const scale = 1_000
  const least = inOrder(horizon.end - horizon.start + 2)
  for (const { start, end, lower, upper } of accepted.map(claimOf).filter((claim) => claim !== null)) {
    const [from, to] = [start - horizon.start, end + 1 - horizon.start]
    tighten(least, from, to, lower * scale - 1)
    if (Number.isFinite(upper)) tighten(least, to, from, -upper * scale - 1)
  }
  return ({ start, end }: Window): number => {
    const scaled = leastAt(least, start - horizon.start, end + 1 - horizon.start)
    return Math.ceil(scaled / scale) * scale - scaled
  }
}

function inOrder(size: number): Least {
  return Array.from({ length: size }, (_, from) =>
    Array.from({ length: size }, (_, to) => (from <= to ? 0 : Number.NEGATIVE_INFINITY)),
  )
}

function acceptInto(least: Least, claim: Claim, nodeAt: (day: number) => number): boolean {
  const [from, to] = [nodeAt(claim.start), nodeAt(claim.end + 1)]
  const known = rangeBetween(least, from, to)
  if (claim.lower > known.max || claim.upper < known.min) return false
  tighten(least, from, to, claim.lower)
  if (Number.isFinite(claim.upper)) tighten(least, to, from, 0 - claim.upper)
  return true
}

/** What one more step does to all the longest paths. */
function tighten(least: Least, from: number, to: number, weight: number): void {
  const onward = [...(least[to] ?? [])]
  for (const row of least) {
    const gained = (row[from] ?? Number.NaN) + weight
    for (const [end, rest] of onward.entries()) row[end] = Math.max(row[end] ?? Number.NaN, gained + rest)
  }
}

function rangeBetween(least: Least, from: number, to: number): Range {
  return { min: leastAt(least, from, to), max: 0 - leastAt(least, to, from) }
}

function leastAt(least: Least, from: number, to: number): number {
  const value = least[from]?.[to]
  if (value === undefined) throw new RangeError(`the horizon has no nodes ${from} and ${to}`)
  return value
}
