import countries from 'i18n-iso-countries'
import { z } from 'zod'
import { formatDay } from '../../domain/calendar.ts'
import { civilDate, singleLine } from '../../domain/fields.ts'
import { EVIDENCE_FIELDS, EVIDENCE_FILTERS, PUBLICATION_FILTERS } from '../../domain/filter.ts'
import { DEFAULT_INDICATOR } from '../../domain/indicator.ts'
import { STEPS } from '../../domain/known-run-series.ts'
import { QUALIFIERS, STATUSES } from '../../domain/observation.ts'
import { INTERVALS, parsePeriod } from '../../domain/period.ts'
import type { FormatName } from '../../formats/registry.ts'
import { LANGUAGES, type LanguageCode } from '../../web/locale/locale.ts'
import { LAYOUTS } from '../../web/view/view.ts'

export const MAX_LIMIT = 10_000
export const DEFAULT_LIMIT = 1_000
export const DEFAULT_STEP = 'month'
export const DEFAULT_WITHIN = 0.15

const PERIOD_WORDS =
  'must be a day (2024-11-15), a month (2024-11), a quarter (2024-Q4), an ISO week (2024-W46) or a year (2024)'

/** A single code or name, which must not look like a list. */
const code = z
  .string()
  .min(1, 'is empty')
  .refine((text) => !text.includes(','), 'must be a single value')

/** Comma-separated values without duplicates; description and examples are those of an item. */
function listOf<Item extends z.ZodType<string, string>>(item: Item, example = item.meta()?.examples) {
  const values = item instanceof z.ZodEnum ? { enum: item.options } : {}
  const examples = example === undefined ? {} : { examples: [example] }
  return z
    .string()
    .min(1, 'is empty')
    .transform((text) => text.split(','))
    .pipe(z.array(item))
    .transform((values) => [...new Set(values)])
    .meta({ wire: { type: 'array', minItems: 1, items: { type: 'string', ...values }, ...examples } })
}

type Lists<Items extends Record<string, z.ZodType<string, string>>> = {
  [Name in keyof Items]: z.ZodOptional<ReturnType<typeof listOf<Items[Name]>>>
}

function listsOf<Items extends Record<string, z.ZodType<string, string>>>(items: Items): Lists<Items> {
  const lists = Object.entries(items).map(([name, item]) => [
    name,
    listOf(item)
      .optional()
      .describe(item.description ?? ''),
  ])
  return Object.fromEntries(lists) as Lists<Items>
}

const anyText = z.string().min(1, 'has an empty item')

const ALPHA_3 = /^[A-Z]{3}$/

/** ISO 3166-1 alpha-2; alpha-3 is converted. The table of codes is a plain object, which has names of its own too. */
const country = anyText.transform((text) =>
  ALPHA_3.test(text) ? (countries.alpha3ToAlpha2(text) ?? text) : text,
)

const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ wire: { type: 'boolean', default: false } })

/** A calendar period of which a parameter takes the first or the last day. */
const period = z.string().refine((text) => parsePeriod(text) !== null, PERIOD_WORDS)
const PERIOD_ON_THE_WIRE = { wire: { type: 'string', examples: ['2024-Q4'] } }
const firstDay = period.transform((text) => formatDay(parsePeriod(text)?.start ?? 0)).meta(PERIOD_ON_THE_WIRE)
const lastDay = period.transform((text) => formatDay(parsePeriod(text)?.end ?? 0)).meta(PERIOD_ON_THE_WIRE)
const wholePeriod = period
  .transform((text) => ({ from: firstDay.parse(text), to: lastDay.parse(text) }))
  .meta(PERIOD_ON_THE_WIRE)

const NO_INSTANT =
  'is neither a version number nor an RFC 3339 time such as 2024-11-15T12:00:00Z (write + as %2B)'

/** A version number, or an RFC 3339 time, normalized to UTC with milliseconds. */
const asOf = z.union(
  [
    z
      .string()
      .regex(/^(0|[1-9]\d{0,14})$/)
      .transform(Number),
    z.iso
      .datetime({ offset: true })
      .transform((text) => new Date(text).toISOString())
      .refine((time) => /^\d{4}-/.test(time), NO_INSTANT),
  ],
  {
    error: NO_INSTANT,
  },
)

const WITHIN_WORDS = 'is not a number from 0 to 1 with at most four decimals, such as 0.15'
const LIMIT_WORDS = `is not a whole number from 1 to ${MAX_LIMIT}, or all`
const WIDTH_WORDS = 'is not a whole number from 320 to 2000'

/**
 * The parameters of the API, each under the name that it has wherever it applies. The key `wire` of
 * a schema's metadata is its form in OpenAPI where zod sees only the text that arrives.
 */
export const parameters = {
  indicator: code
    .transform((id): [string] => [id])
    .default([DEFAULT_INDICATOR])
    .describe('What is counted: the id of one indicator.')
    .meta({ wire: { type: 'string', default: DEFAULT_INDICATOR, examples: [DEFAULT_INDICATOR] } }),
  indicators: listOf(anyText, [DEFAULT_INDICATOR])
    .optional()
    .describe('What is counted: ids of indicators, joined by commas. Default: all.'),
  country: listOf(country, ['PL', 'LV', 'LT'])
    .optional()
    .describe('Reporting sides, joined by commas: ISO 3166-1 alpha-2 or alpha-3, or `EU`.'),
  neighbour: listOf(country, ['BY'])
    .optional()
    .describe('Other sides, joined by commas: ISO 3166-1 alpha-2 or alpha-3, or `EU`.'),
  from: firstDay
    .optional()
    .describe('The first day, inclusive: a day, or the first of a month, quarter, ISO week or year.'),
  to: lastDay
    .optional()
    .describe('The last day, inclusive: a day, or the last of a month, quarter, ISO week or year.'),
  period: wholePeriod
    .optional()
    .describe('Short for `from` and `to`: a day, month, quarter, ISO week or year.'),
  interval: z
    .enum(INTERVALS)
    .default('month')
    .describe('The length of the calendar periods; weeks are those of ISO 8601.'),
  intervalOrAuto: z
    .enum([...INTERVALS, 'auto'])
    .default('month')
    .describe(
      'The length of the calendar periods, weeks being those of ISO 8601; or `auto`: for each border the runs of whole ' +
        'months (or another `step`), at most 366 days long, that are known, cut so that the fewest days are left unknown, ' +
        'then into as many known runs as possible. What lies between them is a row of its own, however long.',
    ),
  step: z
    .enum(STEPS)
    .optional()
    .describe('Only with `interval=auto`: the length of the calendar periods that runs are made of.')
    .meta({ wire: { type: 'string', enum: [...STEPS], default: DEFAULT_STEP } }),
  within: z
    .string()
    .regex(/^(?:0(?:\.\d{1,4})?|1(?:\.0{1,4})?)$/, WITHIN_WORDS)
    .transform(Number)
    .optional()
    .describe(
      'Only with `interval=auto`: a run is known where it is exact, or `max` exceeds `min` by no more than this share of `min`.',
    )
    .meta({ wire: { type: 'number', minimum: 0, maximum: 1, multipleOf: 0.0001, default: DEFAULT_WITHIN } }),
  ...listsOf(EVIDENCE_FILTERS),
  qualifier: listOf(z.enum(QUALIFIERS))
    .optional()
    .describe('Only figures with these qualifiers, joined by commas.'),
  status: listOf(z.enum(STATUSES)).optional().describe('Only figures with these statuses, joined by commas.'),
  cumulative: flag
    .default(false)
    .describe('`true`: each row counts from 1 January, or from the start of the window if later.'),
  published_until: civilDate
    .optional()
    .describe(
      'Use only what had been published by this day: what a reader could know then. Undated sources are left out.',
    ),
  as_of: asOf
    .optional()
    .describe('The data as this service held them: at a version, or at a time (RFC 3339).')
    .meta({
      wire: {
        anyOf: [
          { type: 'integer', minimum: 0 },
          { type: 'string', format: 'date-time' },
        ],
        examples: [1],
      },
    }),
  after: z
    .string()
    .regex(/^(0|[1-9]\d{0,14})$/, 'is not a version number')
    .transform(Number)
    .optional()
    .describe(
      'Only changes of later versions than this one, such as the `meta.version` of an earlier answer.',
    )
    .meta({ wire: { type: 'integer', minimum: 0, examples: [1] } }),
  explain: flag.default(false).describe('`true`: each bound comes with its proof (JSON only).'),
  detail: flag
    .default(false)
    .describe('`true`: also the size of the database, and the newest backup that was found sound.'),
  header: z
    .enum(['names', 'labels'])
    .optional()
    .describe(
      'The header line of CSV: the `names` of the fields (the default), or `labels` for people. With labels the text is ' +
        'marked as UTF-8, and what a spreadsheet would run as a formula stands behind an apostrophe.',
    ),
  sep: z
    .enum([',', ';', 'tab'])
    .optional()
    .describe('What separates the cells of CSV. Default: a comma; with `decimal=comma` a semicolon.'),
  decimal: z
    .enum(['point', 'comma'])
    .optional()
    .describe(
      'The decimal mark of the spreadsheet that is to read CSV. All numbers are whole, so it decides `sep` only.',
    ),
  limit: z
    .string()
    .regex(/^(?:[1-9]\d{0,4}|all)$/, LIMIT_WORDS)
    .transform((text) => (text === 'all' ? Number.POSITIVE_INFINITY : Number(text)))
    .refine((limit) => limit <= MAX_LIMIT || limit === Number.POSITIVE_INFINITY, LIMIT_WORDS)
    .default(DEFAULT_LIMIT)
    .describe(
      'The largest number of rows of a page; `all`, in the formats that are streamed, is every row at once.',
    )
    .meta({
      wire: {
        anyOf: [
          { type: 'integer', minimum: 1, maximum: MAX_LIMIT },
          { type: 'string', const: 'all' },
        ],
        default: DEFAULT_LIMIT,
      },
    }),
  cursor: z
    .string()
    .min(1, 'is empty')
    .optional()
    .describe('Where to go on: `meta.next` of the page before, as it stands.'),
  dry_run: flag
    .default(false)
    .describe('`true`: check everything and say what would happen, but write nothing.'),
  retraction: singleLine(500)
    .describe('Why it is withdrawn: it stays with the change.')
    .meta({ examples: ['Published by mistake.'] }),
  reason: singleLine(500)
    .optional()
    .describe('Why: it stays with the change.')
    .meta({ examples: ['The ministry corrected its figure.'] }),
  layout: z
    .enum(LAYOUTS)
    .default('stack')
    .describe('How a chart shows several countries: stacked, or side by side.'),
  lang: z
    .enum(Object.keys(LANGUAGES) as [LanguageCode, ...LanguageCode[]])
    .optional()
    .describe(
      'The language of words, numbers and dates. Default: what `Accept-Language` asks for, else English.',
    ),
  theme: z.enum(['light', 'dark']).default('light').describe('The colours of a picture.'),
  width: z
    .string()
    .regex(/^[1-9]\d{2,3}$/, WIDTH_WORDS)
    .transform(Number)
    .refine((width) => width >= 320 && width <= 2000, WIDTH_WORDS)
    .default(1040)
    .describe('The width of the chart in a picture, in CSS pixels.')
    .meta({ wire: { type: 'integer', minimum: 320, maximum: 2000, default: 1040 } }),
  _: z.unknown().optional().describe('Ignored; spreadsheets use it to defeat caches.'),
}

/** The query of a route without parameters. */
export const noParameters = z.strictObject({ _: parameters._ })

/** The parameters that select the window. */
export const windowParameters = { from: parameters.from, to: parameters.to, period: parameters.period }

/** The parameters that select borders. */
export const borderParameters = { country: parameters.country, neighbour: parameters.neighbour }

/** The parameters that select the evidence. */
export const evidenceParameters = pick(parameters, EVIDENCE_FIELDS)

/** The parameters that select publications. */
export const publicationParameters = {
  ...pick(parameters, Object.keys(PUBLICATION_FILTERS) as (keyof typeof PUBLICATION_FILTERS)[]),
  published_until: parameters.published_until,
}

/** The parameters of every collection: version and presentation. */
export const outputParameters = {
  as_of: parameters.as_of,
  header: parameters.header,
  sep: parameters.sep,
  decimal: parameters.decimal,
  _: parameters._,
}

/** Returns the parameter `format` for a route with these formats. */
export function formatParameter(formats: readonly FormatName[]) {
  return z
    .enum(formats)
    .optional()
    .describe('The format of the answer; it wins over the `Accept` header. Default: json.')
}

/** The parameters of pagination. */
export const pagingParameters = { limit: parameters.limit, cursor: parameters.cursor }

function pick<Fields, Name extends keyof Fields>(fields: Fields, names: readonly Name[]): Pick<Fields, Name> {
  return Object.fromEntries(names.map((name) => [name, fields[name]])) as Pick<Fields, Name>
}
