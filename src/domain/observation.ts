import { z } from 'zod'
import { borderId } from './border.ts'
import { toDay, type Window } from './calendar.ts'
import { civilDate, countryCode, MAX_COUNT, singleLine } from './fields.ts'
import { indicatorSchema } from './indicator.ts'
import { sourceSchema } from './source.ts'

export const QUALIFIERS = ['exact', 'at_least', 'more_than', 'at_most', 'about'] as const
export const PERIOD_BASES = ['stated', 'inferred'] as const
export type Qualifier = (typeof QUALIFIERS)[number]
export const STATUSES = ['accepted', 'conflicting', 'approximate'] as const

/** One figure as a publication states it. Source, border, indicator and period are its natural key. */
export const statementSchema = z
  .strictObject({
    source: sourceSchema.shape.id.describe('The id of the publication that states the figure.'),
    country: countryCode.describe('The reporting side of the border: ISO 3166-1 alpha-2, or `EU`.'),
    neighbour: countryCode.describe('The other side of the border: ISO 3166-1 alpha-2, or `EU`.'),
    indicator: indicatorSchema.shape.id,
    period_start: civilDate.describe('The first day counted.'),
    period_end: civilDate.describe('The last day counted, inclusive.'),
    period_basis: z
      .enum(PERIOD_BASES)
      .describe('`stated`, or `inferred` where the publication does not name the end of the period.'),
    count: z
      .int()
      .min(0)
      .max(MAX_COUNT)
      .describe('The number as published, in units of the indicator.')
      .meta({ examples: [28668] }),
    qualifier: z
      .enum(QUALIFIERS)
      .describe(
        'How the number is to be read: `exact` n, `at_least` n or more, `more_than` n + 1 or more, `at_most` 0 to n, `about` shown but not used.',
      ),
    note: singleLine(2000).nullable().describe('A remark on the figure; null where there is none.'),
  })
  .refine((figure) => figure.period_start <= figure.period_end, {
    path: ['period_end'],
    message: 'lies before period_start',
  })

export type Statement = z.infer<typeof statementSchema>

/** An observation: the figure, its publication, and the version that last changed it. */
export const observationSchema = z.object({
  id: z
    .int()
    .min(1)
    .describe('The number of the observation; it never changes.')
    .meta({ examples: [1] }),
  source: statementSchema.shape.source,
  publisher: sourceSchema.shape.publisher,
  origin: sourceSchema.shape.origin,
  kind: sourceSchema.shape.kind,
  title: sourceSchema.shape.title,
  published_on: sourceSchema.shape.published_on,
  url: sourceSchema.shape.url,
  border: borderId.describe('The reporting country and its neighbour, joined by a hyphen.'),
  country: statementSchema.shape.country,
  neighbour: statementSchema.shape.neighbour,
  indicator: statementSchema.shape.indicator,
  period_start: statementSchema.shape.period_start,
  period_end: statementSchema.shape.period_end,
  period_basis: statementSchema.shape.period_basis,
  count: statementSchema.shape.count,
  qualifier: statementSchema.shape.qualifier,
  note: statementSchema.shape.note,
  version: z.int().min(1).describe('The version of the data that recorded this state of it.'),
})

export type Observation = z.infer<typeof observationSchema>

/** The fields of an observation that reconciliation needs. */
export type Evidence = Pick<
  Observation,
  | 'id'
  | 'source'
  | 'kind'
  | 'published_on'
  | 'period_start'
  | 'period_end'
  | 'period_basis'
  | 'count'
  | 'qualifier'
>

/** The status of an observation against the others of its series. */
const statusSchema = z
  .enum(STATUSES)
  .describe(
    '`accepted`, `conflicting` (it contradicts what more authoritative observations already imply) or `approximate` (an `about` figure: shown, not used).',
  )

export type Status = z.infer<typeof statusSchema>

/** An observation as it is answered, with how it fares. */
export const observationWithStatusSchema = observationSchema
  .omit({ version: true })
  .extend({ status: statusSchema, version: observationSchema.shape.version })
  .meta({ id: 'Observation' })

export type ObservationWithStatus = z.infer<typeof observationWithStatusSchema>

/** The smallest and the largest whole number that something can be; `max` is Infinity without a bound. */
export interface Range {
  readonly min: number
  readonly max: number
}

/** The range that an observation stands for; null for `about`, which constrains nothing. */
export function rangeOf(figure: Pick<Observation, 'count' | 'qualifier'>): Range | null {
  switch (figure.qualifier) {
    case 'exact':
      return { min: figure.count, max: figure.count }
    case 'at_least':
      return { min: figure.count, max: Number.POSITIVE_INFINITY }
    case 'more_than':
      return { min: figure.count + 1, max: Number.POSITIVE_INFINITY }
    case 'at_most':
      return { min: 0, max: figure.count }
    case 'about':
      return null
  }
}

/** The days that an observation counts. */
export function windowOf(figure: Pick<Observation, 'period_start' | 'period_end'>): Window {
  return { start: toDay(figure.period_start), end: toDay(figure.period_end) }
}
