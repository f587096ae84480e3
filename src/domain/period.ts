import {
  civilOf,
  type Day,
  dayOf,
  daysInMonth,
  FIRST_DAY,
  LAST_DAY,
  pad,
  parseDay,
  type Window,
  weekday,
} from './calendar.ts'

/** The lengths of calendar periods, shortest first. */
export const INTERVALS = ['day', 'week', 'month', 'quarter', 'year'] as const
export type Interval = (typeof INTERVALS)[number]

/** A calendar period: its label (`2024-11-15`, `2024-W46`, `2024-11`, `2024-Q4`, `2024`) and its days. */
export interface Period extends Window {
  readonly label: string
}

const PERIOD = /^(\d{4})(?:-(?:Q([1-4])|W(\d{2})|(\d{2})))?$/

/** The calendar period of this length that holds a day. Weeks are those of ISO 8601. */
export function periodOf(day: Day, interval: Interval): Period {
  const civil = civilOf(day)
  const year = pad(civil.year, 4)
  switch (interval) {
    case 'day':
      return { label: `${year}-${pad(civil.month, 2)}-${pad(civil.day, 2)}`, start: day, end: day }
    case 'week': {
      const start = day - weekday(day) + 1
      const weekYear = civilOf(start + 3).year
      const week = (start - firstWeek(weekYear)) / 7 + 1
      return { label: `${pad(weekYear, 4)}-W${pad(week, 2)}`, start, end: start + 6 }
    }
    case 'month':
      return months(`${year}-${pad(civil.month, 2)}`, civil.year, civil.month, civil.month)
    case 'quarter': {
      const quarter = Math.ceil(civil.month / 3)
      return months(`${year}-Q${quarter}`, civil.year, quarter * 3 - 2, quarter * 3)
    }
    case 'year':
      return months(year, civil.year, 1, 12)
  }
}

/**
 * The days that a day, month, quarter, ISO week or year names,
 * or null where there is no such period in the years 1 to 9999.
 */
export function parsePeriod(text: string): Window | null {
  const day = parseDay(text)
  if (day !== null) return { start: day, end: day }
  const match = PERIOD.exec(text)
  if (match === null) return null
  const year = Number(match[1])
  if (year < 1) return null
  if (match[2] !== undefined) return months(text, year, Number(match[2]) * 3 - 2, Number(match[2]) * 3)
  if (match[3] !== undefined) return parseWeek(text, year, Number(match[3]))
  if (match[4] === undefined) return months(text, year, 1, 12)
  const month = Number(match[4])
  return month >= 1 && month <= 12 ? months(text, year, month, month) : null
}

/** The calendar periods that share a day with a window, in order, from the one that holds `from` on. */
export function* periodsIn(window: Window, interval: Interval, from: Day = window.start): Generator<Period> {
  for (let day = Math.max(from, window.start); day <= window.end; ) {
    const period = periodOf(day, interval)
    yield period
    day = period.end + 1
  }
}

/** The part of a window that lies within another. */
export function clip(window: Window, within: Window): Window {
  return { start: Math.max(window.start, within.start), end: Math.min(window.end, within.end) }
}

/** The first day of the year that a day is in. */
export function startOfYear(day: Day): Day {
  return dayOf(civilOf(day).year, 1, 1)
}

function months(label: string, year: number, first: number, last: number): Period {
  return { label, start: dayOf(year, first, 1), end: dayOf(year, last, daysInMonth(year, last)) }
}

/** Monday of week 1: the week with 4 January in it (ISO 8601). */
function firstWeek(year: number): Day {
  const day = dayOf(year, 1, 4)
  return day - weekday(day) + 1
}

function parseWeek(text: string, year: number, week: number): Window | null {
  const start = firstWeek(year) + (week - 1) * 7
  const period = periodOf(start, 'week')
  const exists = period.label === text
  return exists ? clip(period, { start: FIRST_DAY, end: LAST_DAY }) : null
}
