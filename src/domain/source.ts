import { z } from 'zod'
import { civilDate, originName, singleLine, slug, webAddress } from './fields.ts'

/** The kinds of author of a publication, most authoritative first. */
export const KINDS = ['official', 'analysis', 'claim'] as const

/** One publication. */
export const sourceSchema = z.strictObject({
  id: slug.describe('The id of the publication.').meta({ examples: ['pozirk-2024-11-15'] }),
  publisher: singleLine(200)
    .describe('Where the figure stood.')
    .meta({ examples: ['Pozirk'] }),
  origin: originName.describe('Who counted.').meta({ examples: ['Straż Graniczna'] }),
  kind: z
    .enum(KINDS)
    .describe(
      '`official` (a border guard counted), `analysis` (a newsroom added up) or `claim` (unverified).',
    ),
  title: singleLine(1000).nullable().describe('The title of the publication; null where it is not recorded.'),
  published_on: civilDate.nullable().describe('The day it was published; null where that is not known.'),
  url: webAddress
    .nullable()
    .describe('Where it can be read; null where no address is recorded. Stored, never fetched.'),
})

export type Kind = (typeof KINDS)[number]
export type Source = z.infer<typeof sourceSchema>
