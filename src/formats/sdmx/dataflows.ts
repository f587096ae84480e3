import { z } from 'zod'
import { FIGURE_QUALIFIERS } from '../../domain/figure.ts'
import { observationWithStatusSchema, rangeOf } from '../../domain/observation.ts'
import { seriesRowSchema } from '../../domain/series.ts'
import type { Row, Table } from '../table.ts'
import { type Component, fieldsOf } from './component.ts'
import { figureStatus, observationStatus } from './obs-status.ts'

export const AGENCY = 'BC'
export const VERSION = '1.0.0'

/** The parts of a dataflow, and of the data structure that it alone uses. */
export interface Flow {
  readonly id: string
  readonly structureId: string
  readonly name: string
  readonly description: string
  readonly dimensions: readonly Component[]
  readonly measures: readonly Component[]
  readonly attributes: readonly Component[]
}

export type Context = 'dataflow' | 'datastructure'

/** The identifier of the artefact that data are of. */
export function idIn({ id, structureId }: Flow, context: Context): string {
  return context === 'dataflow' ? id : structureId
}

/** The flow whose rows a table has. */
export function flowOf({ columns }: Pick<Table, 'columns'>): Flow {
  return columns.some(({ name }) => name === 'source') ? OBSERVATIONS : FIGURES
}

const FREQ: Component = {
  id: 'FREQ',
  name: 'Frequency',
  description: 'How often there are periods such as this one.',
  representation: { codelist: 'CL_FREQ' },
  of: ({ time }) => time.freq,
}

const TIME_PERIOD: Component = {
  id: 'TIME_PERIOD',
  name: 'Time period',
  description: 'The days counted, both ends included: a calendar period, or else the first day and a length.',
  representation: { dataType: 'ObservationalTimePeriod' },
  of: ({ time }) => time.label,
}

const statusOf = (of: (row: Row) => string): Component => ({
  id: 'OBS_STATUS',
  name: 'Observation status',
  description: 'How the value stands, in the codes of SDMX.',
  representation: { codelist: 'CL_OBS_STATUS' },
  of: ({ row }) => of(row),
})

const figure = fieldsOf(seriesRowSchema)
const figureStatusFields = z.object({ qualifier: z.enum(FIGURE_QUALIFIERS) })

/** The answers: the tightest ranges for windows and calendar periods. */
export const FIGURES: Flow = {
  id: 'FIGURES',
  structureId: 'DSD_FIGURES',
  name: 'Figures',
  description:
    'The tightest range of the count that all accepted observations leave, by border and period. OBS_VALUE is the number that may be quoted; an empty one is unknown, never 0.',
  dimensions: [
    FREQ,
    figure('indicator', { codelist: 'CL_INDICATOR' }),
    figure('country', { id: 'REF_AREA', codelist: 'CL_AREA' }),
    figure('neighbour', { id: 'COUNTERPART_AREA', codelist: 'CL_AREA' }),
    TIME_PERIOD,
  ],
  measures: [figure('count', { id: 'OBS_VALUE' })],
  attributes: [
    statusOf((row) => figureStatus(figureStatusFields.parse(row).qualifier)),
    figure('qualifier', { codelist: 'CL_FIGURE_QUALIFIER' }),
    figure('min', { id: 'VALUE_MIN' }),
    figure('max', { id: 'VALUE_MAX' }),
    figure('days'),
    figure('days_reported'),
    figure('conflicts'),
    figure('period_start'),
    figure('period_end'),
    figure('period'),
    figure('partial'),
    figure('known'),
  ],
}

const observation = fieldsOf(observationWithStatusSchema)
const judgedFields = observationWithStatusSchema.pick({ status: true, kind: true, qualifier: true })
const rangeFields = observationWithStatusSchema.pick({ count: true, qualifier: true })

const bound = (id: string, end: 'min' | 'max', description: string): Component => ({
  id,
  name: end === 'min' ? 'Min' : 'Max',
  description,
  representation: { dataType: 'Long' },
  of: ({ row }) => {
    const value = rangeOf(rangeFields.parse(row))?.[end] ?? Number.POSITIVE_INFINITY
    return Number.isFinite(value) ? value : null
  },
})

/** The evidence: each number as a publication states it. */
const OBSERVATIONS: Flow = {
  id: 'OBSERVATIONS',
  structureId: 'DSD_OBSERVATIONS',
  name: 'Observations',
  description: 'Each number as a publication states it, and how it fares against the others.',
  dimensions: [
    FREQ,
    observation('indicator', { codelist: 'CL_INDICATOR' }),
    observation('country', { id: 'REF_AREA', codelist: 'CL_AREA' }),
    observation('neighbour', { id: 'COUNTERPART_AREA', codelist: 'CL_AREA' }),
    observation('source', { codelist: 'CL_SOURCE' }),
    TIME_PERIOD,
  ],
  measures: [observation('count', { id: 'OBS_VALUE' })],
  attributes: [
    statusOf((row) => observationStatus(judgedFields.parse(row))),
    observation('qualifier', { codelist: 'CL_QUALIFIER' }),
    bound('VALUE_MIN', 'min', 'The smallest number that it stands for; empty where it constrains nothing.'),
    bound('VALUE_MAX', 'max', 'The largest number that it stands for; empty without an upper bound.'),
    observation('status', { codelist: 'CL_STATUS' }),
    observation('period_start'),
    observation('period_end'),
    observation('period_basis', { codelist: 'CL_PERIOD_BASIS' }),
    observation('origin'),
    observation('kind', { codelist: 'CL_KIND' }),
    observation('publisher'),
    observation('published_on'),
    observation('url'),
    observation('title'),
    observation('note'),
    observation('id', { id: 'OBSERVATION' }),
    observation('version'),
  ],
}

export const FLOWS: readonly Flow[] = [FIGURES, OBSERVATIONS]
