import { z } from 'zod'
import type { Window } from '../../domain/calendar.ts'
import { FLOWS } from '../../formats/sdmx/dataflows.ts'
import { parseTimePeriod } from '../../formats/sdmx/time-period.ts'
import { notImplemented } from '../problems/problem.ts'
import { parameters } from '../query/parameters.ts'
import { NO_TIME_PERIOD } from './component-filter.ts'
import { artefactPath } from './path-parameters.ts'
import { asOf } from './response.ts'

const { agencyID, resourceID, version } = artefactPath

/** The parts of the path of a data query. */
export const dataPath = {
  context: z
    .enum(['dataflow', 'datastructure', 'provisionagreement', '*'])
    .describe('In whose name: `dataflow` or `datastructure`; `*` is any.')
    .meta({ examples: ['dataflow'] }),
  agencyID,
  resourceID,
  version,
  key: z
    .string()
    .describe(
      'The codes of the dimensions but time, joined by points: `M.attempted_crossings.PL.BY`; `*` is any, as is what is left out at the end. Several keys are joined by commas.',
    )
    .meta({ examples: ['M.attempted_crossings.PL.BY'] }),
}

const timePeriod = z
  .string()
  .refine((text) => parseTimePeriod(text) !== null, NO_TIME_PERIOD)
  .transform((text): Window => parseTimePeriod(text) ?? { start: 0, end: 0 })
  .optional()
  .meta({ wire: { type: 'string', examples: ['2024-Q4'] } })

const NO_COUNT = 'must be a whole number from 1 to 999999'

const count = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, NO_COUNT)
  .transform(Number)
  .optional()
  .meta({ wire: { type: 'integer', minimum: 1, maximum: 999_999 } })

const names = z
  .string()
  .min(1, 'is empty')
  .transform((text) => [...new Set(text.split(','))])

const text = z.string().min(1, 'is empty').optional()

/** The parameters of SDMX data queries that are not implemented. */
const UNDONE = ['updatedAfter', 'offset', 'limit', 'sort', 'reportingYearStartDay'] as const

const components = FLOWS.flatMap(({ dimensions, measures, attributes }) => [
  ...dimensions,
  ...measures,
  ...attributes,
])

/** A constraint for each component of any flow, such as `c[REF_AREA]`. */
const constraints = Object.fromEntries(
  components.map(({ id, name }) => [
    `c[${id}]`,
    text.describe(
      `${name}: values, of which commas mean either and a plus both, each with an operator: eq (the default), ne, lt, le, gt, ge, co, nc, sw or ew.`,
    ),
  ]),
)

/** The parameters of a data query. */
export const dataQuery = z.strictObject({
  ...constraints,
  startPeriod: timePeriod.describe(
    'Only what starts then or later: the `c[TIME_PERIOD]=ge:` of SDMX REST 1.',
  ),
  endPeriod: timePeriod.describe('Only what ends then or earlier: the `c[TIME_PERIOD]=le:` of SDMX REST 1.'),
  firstNObservations: count.describe('Of each series, at most so many observations from its first on.'),
  lastNObservations: count.describe('Of each series, at most so many observations up to its last.'),
  dimensionAtObservation: z
    .enum(['AllDimensions', ...new Set(FLOWS.flatMap(({ dimensions }) => dimensions.map(({ id }) => id)))])
    .default('AllDimensions')
    .describe('How the data are packaged: `AllDimensions`, a flat list, is the only one done here.'),
  attributes: names
    .default(['dsd'])
    .describe('The attributes wanted, joined by commas: ids, `dsd`, `all`, `obs`, or `none`.')
    .meta({ wire: { type: 'string', default: 'dsd' } }),
  measures: names
    .default(['all'])
    .describe('The measures wanted: `OBS_VALUE`, `all`, or `none`.')
    .meta({ wire: { type: 'string', default: 'all' } }),
  includeHistory: z
    .enum(['true', 'false'])
    .default('false')
    .describe('`true` is not done here; asOf answers a state of the past.'),
  ...Object.fromEntries(UNDONE.map((name) => [name, text.describe('Not done here: a 501.')])),
  asOf,
  _: parameters._,
})

export type DataQuery = z.output<typeof dataQuery>

/** @throws Problem (501) for what SDMX REST has and is not done here */
export function requireDone(query: DataQuery): void {
  const given: Readonly<Record<string, unknown>> = query
  const { includeHistory, dimensionAtObservation } = query
  const undone = [
    ...UNDONE.filter((name) => given[name] !== undefined),
    ...(includeHistory === 'true' ? ['includeHistory'] : []),
  ].map((parameter) => ({ parameter, detail: 'is not done here; leave it out' }))
  if (dimensionAtObservation !== 'AllDimensions') {
    const detail = `${dimensionAtObservation} is not done here; there is AllDimensions`
    undone.push({ parameter: 'dimensionAtObservation', detail })
  }
  if (undone.length > 0) throw notImplemented(undone)
}
