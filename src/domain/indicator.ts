import { z } from 'zod'
import { countryCode, singleLine, slug } from './fields.ts'

/** An indicator defines the events that are counted. Indicators are never added to one another. */
export const indicatorSchema = z.strictObject({
  id: slug.describe('What is counted.').meta({ examples: ['attempted_crossings'] }),
  position: z.int().min(1).max(1_000_000).describe('Where it stands in lists of indicators; lowest first.'),
  label: singleLine(200).describe('The name of the indicator in English.'),
  definition: singleLine(2000).describe('What one unit of it is, and what it is not.'),
  definitions: z
    .record(countryCode, singleLine(2000))
    .describe('How the reporting countries count it, by country, where they differ.'),
})

export type Indicator = z.infer<typeof indicatorSchema>

export const DEFAULT_INDICATOR = 'attempted_crossings'
