import fc from 'fast-check'
import { formatDay, toDay } from '../../../src/domain/calendar.ts'
import { parsePeriod } from '../../../src/domain/period.ts'
import { parseTimePeriod } from '../../../src/formats/sdmx/time-period.ts'
import { valuesOf } from '../generated/schema-values.ts'
import type { Parameter } from './conformance.ts'
import { CODES, period, type Question, someOf } from './questions.ts'

const anyDay = fc.integer({ min: toDay('2020-01-01'), max: toDay('2026-12-31') }).map(formatDay)
const moment = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('1', '2026-06-01T12:00:00Z') },
  fc.constantFrom('0', '2020-02-29T23:59:59.5+02:00', '0001-01-01T00:00:00Z'),
)

const FREQUENCIES = ['A', 'Q', 'M', 'W', 'D', '_O']
const TIME_PERIODS = fc.oneof(
  period,
  fc.tuple(anyDay, fc.integer({ min: 1, max: 400 })).map(([day, days]) => `${day}/P${days}D`),
)
const OPERATORS = ['ne', 'lt', 'le', 'gt', 'ge', 'co', 'nc', 'sw', 'ew']

/** One key of SDMX: for each dimension a code or any, the last ones left out or not. */
const sdmxKey = fc
  .tuple(
    fc.constantFrom(...FREQUENCIES, '*'),
    fc.constantFrom(...CODES.indicators, '*'),
    fc.constantFrom(...CODES.countries, '*'),
    fc.constantFrom(...CODES.neighbours, '*'),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([freq, indicator, area, counterpart, length]) =>
    [freq, indicator, area, counterpart].slice(0, length).join('.'),
  )

/** What the document cannot list because the data decide: for each parameter, values that the seeds have. */
const HELD: Readonly<Record<string, fc.Arbitrary<string>>> = {
  indicator: fc.constantFrom(...CODES.indicators),
  country: someOf([...CODES.countries, 'POL', 'LVA']),
  neighbour: someOf([...CODES.neighbours, 'BLR']),
  origin: someOf(CODES.origins),
  publisher: someOf(CODES.publishers),
  source: someOf(CODES.sources, 20),
  from: period,
  to: period,
  period,
  within: fc.constantFrom('0', '0.15', '0.0001', '1'),
  published_until: anyDay,
  as_of: moment,
  asOf: moment,
  limit: fc.integer({ min: 1, max: 60 }).map(String),
  _: fc.string({ unit: 'binary', maxLength: 40 }),
  after: fc.constant('0'),
  startPeriod: TIME_PERIODS,
  endPeriod: TIME_PERIODS,
  attributes: someOf(['dsd', 'obs', 'none', 'OBS_STATUS', 'QUALIFIER', 'VALUE_MIN', 'PERIOD_END']),
  measures: fc.constantFrom('all', 'none', 'OBS_VALUE'),
  references: fc.constantFrom('none', 'all', 'children', 'descendants', 'parents', 'ancestors,codelist'),
  artefactType: fc.constantFrom(
    '*',
    'dataflow',
    'datastructure',
    'codelist',
    'conceptscheme',
    'agencyscheme',
  ),
  agencyID: fc.constantFrom('BC', '*', 'SDMX,BC'),
  resourceID: fc.constantFrom('FIGURES', 'OBSERVATIONS', 'DSD_FIGURES', 'DSD_OBSERVATIONS', 'CL_AREA', '*'),
  version: fc.constantFrom('1.0.0', '*', '~', '+', '1.0+'),
  itemID: fc.constantFrom('PL', '*', 'PL,LV'),
  key: fc.array(sdmxKey, { minLength: 1, maxLength: 2 }).map((keys) => keys.join(',')),
  figure: fc.constantFrom('PL-BY', 'total', '2024-11', 'nothing'),
  updatedAfter: fc.constant('2024-01-01T00:00:00Z'),
  offset: fc.constant('10'),
  sort: fc.constantFrom('asc', 'series_key'),
  reportingYearStartDay: fc.constant('--07-01'),
  'c[FREQ]': someOf(FREQUENCIES),
  'c[INDICATOR]': someOf(CODES.indicators),
  'c[REF_AREA]': someOf(CODES.countries),
  'c[COUNTERPART_AREA]': someOf(CODES.neighbours),
  'c[SOURCE]': someOf(CODES.sources),
  'c[TIME_PERIOD]': fc
    .tuple(fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge'), TIME_PERIODS)
    .map(([operator, time]) => `${operator}:${time}`),
}

/** What a component of SDMX that no code list is known of here may be held against. */
const comparison = fc
  .tuple(
    fc.constantFrom(...OPERATORS),
    fc.oneof(fc.nat({ max: 50_000 }).map(String), fc.constantFrom('x', 'a')),
  )
  .map(([operator, value]) => `${operator}:${value}`)

/** Values that a parameter takes: those that the document lists, else those that the data have, else what its schema says. */
export function acceptedValues({ name, schema, example, ...parameter }: Parameter): fc.Arbitrary<string> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.map(String))
  if (schema.items?.enum !== undefined) return someOf(schema.items.enum.map(String))
  if (parameter.in === 'path' && schema.type === 'integer')
    return fc.integer({ min: 1, max: 400 }).map(String)
  const held = HELD[name]
  if (held !== undefined) return held
  if (name.startsWith('c[')) return comparison
  if (parameter.in === 'path' && example !== undefined) return fc.constant(String(example))
  const isOpen = schema.type === 'string' && Object.keys(schema).every((key) => !SAYING.has(key))
  if (isOpen) throw new Error(`nobody has said which values ${name} takes`)
  return valuesOf(schema).map(String)
}

/** What of a schema says which texts it takes. */
const SAYING = new Set(['pattern', 'format', 'maxLength', 'minLength'])

/** Queries that an operation with these parameters accepts. */
export function questionsOf(parameters: readonly Parameter[]): fc.Arbitrary<Question> {
  const query = parameters.filter((each) => each.in === 'query' && each.name !== 'cursor')
  const model = Object.fromEntries(query.map((each) => [each.name, acceptedValues(each)]))
  const isPageSize = ({ name, schema }: Parameter) => name === 'limit' && schema.anyOf !== undefined
  const needed = query.filter((each) => each.required === true || isPageSize(each))
  return fc.record(model, { requiredKeys: needed.map(({ name }) => name) }).map(consistent)
}

/** The same question without what excludes itself. */
function consistent(question: Question): Question {
  const { from, to, startPeriod, endPeriod, explain, header, sep, decimal, ...rest } = question
  const { step, within, cumulative, ...others } = rest
  const isBackwards =
    from !== undefined && to !== undefined && (parsePeriod(from)?.start ?? 0) > (parsePeriod(to)?.end ?? 0)
  const window = question.period !== undefined ? {} : isBackwards ? { from: to, to: from } : { from, to }
  const isNever =
    (parseTimePeriod(startPeriod ?? '')?.start ?? 0) > (parseTimePeriod(endPeriod ?? '')?.end ?? Infinity)
  const { format = 'json' } = question
  return {
    ...others,
    ...(question.interval === 'auto' ? { step, within } : { cumulative }),
    ...window,
    ...(isNever ? { startPeriod } : { startPeriod, endPeriod }),
    ...(format === 'json' ? { explain } : {}),
    ...(format === 'csv' ? { header, sep, decimal } : {}),
  }
}
