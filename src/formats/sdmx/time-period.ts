import {
  civilOf,
  countDays,
  type Day,
  dayOf,
  daysInMonth,
  formatDay,
  LAST_DAY,
  parseDay,
  type Window,
} from '../../domain/calendar.ts'
import { type Interval, parsePeriod, periodOf } from '../../domain/period.ts'

/** A window as SDMX names it: how often there are such periods, and which of them it is. */
export interface TimePeriod {
  readonly freq: string
  readonly label: string
}

/** The code of a range of days that is not a calendar period. */
export const OTHER_FREQUENCY = '_O'

/** The intervals by the codes of SDMX for them. */
export const INTERVAL_OF_FREQUENCY: ReadonlyMap<string, Interval> = new Map([
  ['D', 'day'],
  ['W', 'week'],
  ['M', 'month'],
  ['Q', 'quarter'],
  ['A', 'year'],
])

/** A window as a calendar period where it is exactly one, else as a distinct range: `2024-01-01/P320D`. */
export function timePeriodOf(window: Window): TimePeriod {
  for (const [freq, interval] of INTERVAL_OF_FREQUENCY) {
    const { label, start, end } = periodOf(window.start, interval)
    if (start === window.start && end === window.end) return { freq, label }
  }
  return { freq: OTHER_FREQUENCY, label: `${formatDay(window.start)}/P${countDays(window)}D` }
}

const REPORTING = /^(\d{4})-(?:A(1)|S([12])|T([1-3])|M(\d{2})|D(\d{3}))$/
const RANGE = /^([^/]+)\/P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,6})W)?(?:(\d{1,7})D)?$/

/**
 * The days that a time period of SDMX names, or null: a day, month, quarter, ISO week or year, a reporting
 * year, semester, trimester, month or day (of reporting years from 1 January), or a day and a duration.
 */
export function parseTimePeriod(text: string): Window | null {
  return parsePeriod(text) ?? parseReporting(text) ?? parseRange(text)
}

function parseReporting(text: string): Window | null {
  const [, year = '', ...parts] = REPORTING.exec(text) ?? []
  const [annual, semester, trimester, month, day] = parts.map((part) => part && Number(part))
  if (year === '' || Number(year) < 1) return null
  if (annual) return parsePeriod(year)
  if (semester) return months(Number(year), Number(semester), 6)
  if (trimester) return months(Number(year), Number(trimester), 4)
  if (month) return parsePeriod(`${year}-${parts[3]}`)
  const start = dayOf(Number(year), 1, 1) + Number(day) - 1
  return Number(day) > 0 && civilOf(start).year === Number(year) ? { start, end: start } : null
}

function months(year: number, ordinal: number, length: number): Window {
  const last = ordinal * length
  return { start: dayOf(year, last - length + 1, 1), end: dayOf(year, last, daysInMonth(year, last)) }
}

function parseRange(text: string): Window | null {
  const [, first = '', ...lengths] = RANGE.exec(text) ?? []
  const start = parseDay(first)
  const [years = 0, months = 0, weeks = 0, days = 0] = lengths.map((length) => Number(length ?? 0))
  if (start === null) return null
  const end = later(start, years * 12 + months) + weeks * 7 + days - 1
  return end >= start && end <= LAST_DAY ? { start, end } : null
}

/** Adds months to a day, clamped to the last day of the month. */
function later(start: Day, months: number): Day {
  const { year, month, day } = civilOf(start)
  const index = month - 1 + months
  const [laterYear, laterMonth] = [year + Math.floor(index / 12), (index % 12) + 1]
  return dayOf(laterYear, laterMonth, Math.min(day, daysInMonth(laterYear, laterMonth)))
}
