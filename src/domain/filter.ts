import { z } from 'zod'
import { PERIOD_BASES, type Qualifier } from './observation.ts'
import { KINDS } from './source.ts'

const name = z.string().min(1, 'has an empty item')

/** The filters by a property of the publication, each with the schema of one of its values. */
export const PUBLICATION_FILTERS = {
  origin: name
    .describe('Only figures that these counted; names joined by commas.')
    .meta({ examples: ['Pozirk'] }),
  publisher: name.describe('Only figures of these publishers, joined by commas.'),
  source: name
    .describe('Only figures of these publications; ids joined by commas.')
    .meta({ examples: ['pozirk-2024-11-15'] }),
  kind: z.enum(KINDS).describe('Only figures of these kinds of source, joined by commas.'),
}

/** The filters by a property of the published figure or its publication, each with the schema of one of its values. */
export const EVIDENCE_FILTERS = {
  ...PUBLICATION_FILTERS,
  period_basis: z
    .enum(PERIOD_BASES)
    .describe('Only figures whose period is stated, or only those where its end is inferred.'),
}

type Values<Filters extends Record<string, z.ZodType>> = {
  readonly [Name in keyof Filters]?: readonly z.output<Filters[Name]>[] | undefined
}

/** The observations that exist: the data as of a version, and published by a day. */
export interface Vintage {
  readonly version: number
  readonly published_until?: string | undefined
}

/** The evidence that results rest on: all observations of a vintage, or only those that filters let through. */
export interface EvidenceFilter extends Vintage, Values<typeof EVIDENCE_FILTERS> {}

/** The parameters that select evidence. Cache keys, parameters and links are derived from this list. */
export const EVIDENCE_FIELDS: readonly Exclude<keyof EvidenceFilter, 'version'>[] = [
  ...(Object.keys(EVIDENCE_FILTERS) as (keyof typeof EVIDENCE_FILTERS)[]),
  'published_until',
]

/**
 * Which observations are meant. It is made once, at the boundary, and goes as it is to the store.
 * A list means any of its values; what is left out does not restrict.
 */
export interface Filter extends EvidenceFilter {
  readonly id?: readonly number[] | undefined
  readonly indicator?: readonly string[] | undefined
  readonly border?: readonly string[] | undefined
  readonly country?: readonly string[] | undefined
  readonly neighbour?: readonly string[] | undefined
  readonly qualifier?: readonly Qualifier[] | undefined
  /** Only what overlaps the days from `from` … */
  readonly from?: string | undefined
  /** … to `to`, inclusive. */
  readonly to?: string | undefined
}

/** Returns the vintage of a filter, whatever rows it selects. */
export function vintageOf({ version, published_until }: Vintage): Vintage {
  return { version, published_until }
}

/** Returns the evidence that a filter selects, whatever window and borders it selects. */
export function evidenceOf(filter: Filter): EvidenceFilter {
  const chosen = Object.fromEntries(EVIDENCE_FIELDS.map((field) => [field, filter[field]]))
  return { version: filter.version, ...chosen }
}

/** Returns the cache key of evidence within a version. */
export function evidenceKey(evidence: EvidenceFilter): string {
  return JSON.stringify(EVIDENCE_FIELDS.map((field) => evidence[field]))
}

/** A stretch of a list: at most `limit` rows, from the one after the row with the id `after`. */
export interface Page<Id> {
  readonly after: Id | null
  readonly limit: number
}
