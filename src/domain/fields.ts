import { z } from 'zod'
import { parseDay } from './calendar.ts'

/** The largest count: sums of a million such counts are still exact in a double. */
export const MAX_COUNT = 1_000_000_000

const hasNoControls = (text: string) => !/\p{Cc}/u.test(text)

/** One line of printable Unicode text: no control characters, no lone surrogates, no blank ends. */
export function singleLine(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => text.isWellFormed(), 'is not well-formed Unicode')
    .refine(hasNoControls, 'holds a control character')
    .refine(
      (text) => text.trim() === text && /[\p{L}\p{N}\p{P}\p{S}]/u.test(text),
      'is blank or has blank ends',
    )
}

/** An identifier that people can read and type: lower-case words joined by hyphens or underscores. */
export const slug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/, 'is not lower-case words joined by hyphens or underscores')

/** The name of someone who counts; without commas, because lists of names are separated by them. */
export const originName = singleLine(200).refine((name) => !name.includes(','), 'holds a comma')

/** A web address as it was written (an IRI: it may contain letters of any script). */
export const webAddress = singleLine(2000)
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'is not an http or https address')
  .meta({ format: 'iri' })

/** A civil date, `YYYY-MM-DD`, of the years 1 to 9999. */
export const civilDate = z
  .string()
  .refine((text) => parseDay(text) !== null, 'is not a day of the calendar, such as 2024-11-15')
  .meta({ format: 'date', examples: ['2024-11-15'] })

/** A side of a border: an ISO 3166-1 alpha-2 code, or `EU`. */
export const countryCode = z
  .string()
  .regex(/^[A-Z]{2}$/, 'is not a country code of two capital letters')
  .meta({ examples: ['PL'] })
