/**
 * A civil day as a whole number: the days since 1970-01-01 in the proleptic Gregorian calendar.
 * It has no time and no zone, so neither can shift it.
 */
export type Day = number

/** The days from `start` to `end`, both inclusive. */
export interface Window {
  readonly start: Day
  readonly end: Day
}

export const FIRST_DAY: Day = dayOf(1, 1, 1)
export const LAST_DAY: Day = dayOf(9999, 12, 31)

const ZERO = '0'.charCodeAt(0)

const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/

/**
 * The day of a civil date whose parts are known to be valid.
 * Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
 */
export function dayOf(year: number, month: number, day: number): Day {
  const shifted = month > 2 ? year : year - 1
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** Year, month (1–12) and day of the month (1–31) of a day; the inverse of {@link dayOf}. */
export function civilOf(day: Day): { year: number; month: number; day: number } {
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  }
}

/** The number of days in a month. */
export function daysInMonth(year: number, month: number): number {
  return month === 12 ? 31 : dayOf(year, month + 1, 1) - dayOf(year, month, 1)
}

/** Parses `YYYY-MM-DD`; null where there is no such day in the years 1 to 9999. */
export function parseDay(text: string): Day | null {
  const [, year, month, day] = (ISO_DAY.exec(text) ?? []).map(Number)
  if (year === undefined || month === undefined || day === undefined) return null
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  return dayOf(year, month, day)
}

/** The day that a valid `YYYY-MM-DD` names. */
export function toDay(text: string): Day {
  const digit = (index: number) => text.charCodeAt(index) - ZERO
  const year = digit(0) * 1_000 + digit(1) * 100 + digit(2) * 10 + digit(3)
  return dayOf(year, digit(5) * 10 + digit(6), digit(8) * 10 + digit(9))
}

/** A day as `YYYY-MM-DD` (ISO 8601). */
export function formatDay(day: Day): string {
  const civil = civilOf(day)
  return `${pad(civil.year, 4)}-${pad(civil.month, 2)}-${pad(civil.day, 2)}`
}

/** A number with leading zeros. */
export function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/** The day of the week, Monday 1 to Sunday 7 (ISO 8601). */
export function weekday(day: Day): number {
  return ((((day + 3) % 7) + 7) % 7) + 1
}

/** The number of days in a window; 0 where it ends before it starts. */
export function countDays(window: Window): number {
  return Math.max(0, window.end - window.start + 1)
}

/** Tells whether two windows overlap. */
export function overlaps(a: Window, b: Window): boolean {
  return a.start <= b.end && b.start <= a.end
}
