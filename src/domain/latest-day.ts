import { type Day, toDay } from './calendar.ts'

/** The first hour of a UTC day at which the next day has begun somewhere on Earth: in Kiritimati, at UTC+14. */
const NEXT_DAY_BEGINS_AT_HOUR = 10

/**
 * Returns the latest civil date anywhere on Earth at a moment, given in RFC 3339 UTC: a day that has begun
 * for nobody is still to come, and a reporter far to the east of Greenwich may report today.
 */
export function latestDayOnEarth(now: string): Day {
  const hour = Number(now.slice(11, 13))
  return toDay(now.slice(0, 10)) + (hour >= NEXT_DAY_BEGINS_AT_HOUR ? 1 : 0)
}
