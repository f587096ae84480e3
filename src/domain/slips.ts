import { civilOf, countDays, type Day, formatDay, toDay } from './calendar.ts'
import { type Statement, windowOf } from './observation.ts'
import type { Source } from './source.ts'

/** A fault of a field, or a likely slip. */
export interface FieldRemark {
  readonly field: 'period_start' | 'period_end' | 'published_on'
  readonly detail: string
}

/** A year before this one is more often a slip of the keyboard than a statistic of border crossings. */
const FIRST_LIKELY_YEAR = 1900

const LONGEST_LIKELY_YEARS = 50
const DAYS_PER_YEAR = 365.25

/** A figure further than this from all others of its series, in years, is probably of another year. */
const FAR_YEARS = 20
export const FAR_DAYS = Math.round(FAR_YEARS * DAYS_PER_YEAR)

/** Returns the fault of a figure that counts days which have not begun anywhere yet. */
export function daysToCome({ period_end }: Pick<Statement, 'period_end'>, today: Day): FieldRemark[] {
  if (toDay(period_end) <= today) return []
  return [{ field: 'period_end', detail: `is a day to come; a period may end on ${formatDay(today)}` }]
}

/** Returns the fault of a publication that is yet to appear: it would outrank all that has been published. */
export function publicationToCome({ published_on }: Pick<Source, 'published_on'>, today: Day): FieldRemark[] {
  if (published_on === null || toDay(published_on) <= today) return []
  return [{ field: 'published_on', detail: `is a day to come; it is ${formatDay(today)} at the latest` }]
}

/** Returns what looks like a slip in a figure by itself; `published_on` is that of its publication. */
export function slipsOf(figure: Statement, published_on: string | null): FieldRemark[] {
  const slips: FieldRemark[] = []
  const { start, end } = windowOf(figure)
  if (civilOf(start).year < FIRST_LIKELY_YEAR)
    slips.push({ field: 'period_start', detail: `is ${figure.period_start}, before ${FIRST_LIKELY_YEAR}` })
  const years = countDays({ start, end }) / DAYS_PER_YEAR
  if (years > LONGEST_LIKELY_YEARS)
    slips.push({ field: 'period_end', detail: `ends a period of ${Math.floor(years)} years` })
  if (published_on !== null && published_on < figure.period_end)
    slips.push({
      field: 'period_end',
      detail: `is ${figure.period_end}, after ${published_on}, the day of the publication`,
    })
  return slips
}

/** Returns what looks like a slip in a publication. */
export function slipsOfSource({ published_on }: Pick<Source, 'published_on'>): FieldRemark[] {
  if (published_on === null || civilOf(toDay(published_on)).year >= FIRST_LIKELY_YEAR) return []
  return [{ field: 'published_on', detail: `is ${published_on}, before ${FIRST_LIKELY_YEAR}` }]
}

/** Returns the remark on a figure that lies far from all others of its series. */
export function farFromOthers({ period_start }: Pick<Statement, 'period_start'>): FieldRemark {
  return {
    field: 'period_start',
    detail: `is ${period_start}, more than ${FAR_YEARS} years away from all other figures of its border and indicator`,
  }
}
