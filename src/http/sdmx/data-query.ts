import type { FastifyRequest } from 'fastify'
import { FIRST_DAY, formatDay, LAST_DAY, type Window } from '../../domain/calendar.ts'
import { codelistsOf } from '../../formats/sdmx/codelists.ts'
import { type Component, type Placed, placedRows } from '../../formats/sdmx/component.ts'
import {
  AGENCY,
  type Context,
  FIGURES,
  FLOWS,
  type Flow,
  idIn,
  VERSION,
} from '../../formats/sdmx/dataflows.ts'
import type { Row } from '../../formats/table.ts'
import type { FigureContext } from '../../results/load-series.ts'
import type { Dependencies, FigureDependencies } from '../dependencies.ts'
import { badRequest, notImplemented, Problem } from '../problems/problem.ts'
import { unknownValue } from '../problems/unknown-value.ts'
import { newestVersionOf } from '../query/newest-version.ts'
import type { ResolvedQuery } from '../query/resolve-query.ts'
import { allows, type ComponentConstraint, fits, hullOf, readConstraint } from './component-filter.ts'
import type { DataQuery } from './data-parameters.ts'
import { endsOf } from './first-last-n.ts'
import { ANY } from './path-parameters.ts'
import { inSdmxTerms, resolveInSdmxTerms } from './response.ts'
import { figureRows, observationRows } from './rows.ts'
import { type Key, readKeys } from './series-key.ts'
import { isVersion } from './structure-selection.ts'

interface Path {
  readonly context?: string
  readonly agencyID?: readonly string[]
  readonly resourceID?: readonly string[]
  readonly version?: readonly string[]
  readonly key?: string
}

/** The data that a query of SDMX REST means: what they are of, and its rows. */
interface Data {
  readonly resolved: ResolvedQuery
  readonly flow: Flow
  readonly context: Context
  readonly rows: AsyncIterable<Row>
}

/**
 * Reads a data query of SDMX REST, and answers it the way of all others: a filter, the observations or figures that it
 * means, and of these rows the ones that fit its key and constraints.
 */
export async function resolveDataQuery(
  dependencies: FigureDependencies & FigureContext,
  request: FastifyRequest,
  path: Path,
  query: DataQuery,
): Promise<Data> {
  const { flow, context } = flowMeant(path)
  const codesOf = await knownCodes(dependencies, request)
  const dimensions = flow.dimensions.slice(0, -1)
  const keys = readKeys(path.key ?? '*', dimensions, codesOf)
  const constraints = constraintsOf(flow, query, codesOf)
  const candidates = Object.fromEntries(
    dimensions.map((dimension, index) => [
      dimension.id,
      codesOf(dimension).filter(
        (code) =>
          keys.some((key) => (key[index] ?? code) === code) &&
          constraints.every((each) => each.component.id !== dimension.id || allows(each, code)),
      ),
    ]),
  )
  const isOpen = (id: string) =>
    keys.some((key) => key[dimensions.findIndex((each) => each.id === id)] === undefined) &&
    constraints.every(({ component }) => component.id !== id)
  const window = windowOf(constraints, query)
  const resolved = await resolveInSdmxTerms(dependencies, request, {
    asOf: query.asOf,
    indicator: candidates.INDICATOR,
    country: candidates.REF_AREA,
    neighbour: candidates.COUNTERPART_AREA,
    source: isOpen('SOURCE') ? undefined : candidates.SOURCE,
    ...daysOf(window),
  })
  const { filter } = resolved
  const rows = isEmpty(window)
    ? none()
    : flow === FIGURES
      ? await inSdmxTerms(() => figureRows(dependencies, filter, candidates.FREQ ?? []))
      : observationRows(dependencies, filter)
  const isMeant = (placed: Placed) =>
    within(placed.window, query) &&
    keys.some((key) => hasKey(placed, key, dimensions)) &&
    constraints.every((constraint) => fits(constraint, placed))
  const seriesOf = (placed: Placed) => dimensions.map((dimension) => dimension.of(placed)).join('.')
  const { firstNObservations: first, lastNObservations: last } = query
  const matching = endsOf(those(placedRows({ rows }), isMeant), seriesOf, { first, last })
  return { resolved, flow: restricted(flow, query), context, rows: rowsOf(matching) }
}

/** The one dataflow, or its data structure, that a path names. @throws Problem (404) for none, (501) for several */
function flowMeant({ context = '*', agencyID = ANY, resourceID = ANY, version = ANY }: Path) {
  if (context === 'provisionagreement')
    throw notImplemented([{ parameter: 'context', detail: 'there are dataflow and datastructure' }])
  const contexts: readonly Context[] = ['dataflow', 'datastructure']
  const isNamed = (names: readonly string[], id: string) => names.includes('*') || names.includes(id)
  const found = FLOWS.flatMap((flow) => contexts.map((each) => ({ flow, context: each }))).filter(
    (each) =>
      (context === '*' || context === each.context) &&
      isNamed(agencyID, AGENCY) &&
      isNamed(resourceID, idIn(each.flow, each.context)) &&
      version.some((requested) => isVersion(requested, VERSION)),
  )
  const [one] = found
  if (one === undefined)
    throw new Problem(404, 'There are no data of this; /sdmx/structure/dataflow lists what there is.')
  if (found.length > 1)
    throw notImplemented([
      {
        parameter: 'resourceID',
        detail: 'names several; one of FIGURES and OBSERVATIONS is answered at once',
      },
    ])
  return one
}

/** The codes that a coded component can have, those of what is retracted included. */
async function knownCodes({ store }: Dependencies, request: FastifyRequest) {
  const { version } = await newestVersionOf(request, store)
  const codes = await store.codes(version)
  const fixed = codelistsOf({ indicators: [], borders: [], sources: [] })
  return ({ id, representation }: Component): readonly string[] => {
    if (id === 'INDICATOR') return codes.indicator
    if (id === 'REF_AREA') return codes.country
    if (id === 'COUNTERPART_AREA') return codes.neighbour
    if (id === 'SOURCE') return codes.source
    const codelist = 'codelist' in representation ? representation.codelist : undefined
    return fixed.find((each) => each.id === codelist)?.codes.map((code) => code.id) ?? []
  }
}

/** @throws Problem (400) for components that the flow does not have, and for codes that name nothing */
function constraintsOf(
  { id, dimensions, measures, attributes }: Flow,
  query: DataQuery,
  codesOf: (component: Component) => readonly string[],
): ComponentConstraint[] {
  const components = [...dimensions, ...measures, ...attributes]
  const asked = Object.entries(query).flatMap(([name, value]) => {
    const component = /^c\[(.*)\]$/.exec(name)?.[1]
    return component !== undefined && typeof value === 'string' ? [[component, value] as const] : []
  })
  return asked.map(([name, text]) => {
    const parameter = `c[${name}]`
    const component = components.find((each) => each.id === name)
    if (component === undefined)
      throw badRequest([{ parameter, detail: `unknown component of ${AGENCY}:${id}` }])
    const codes = 'codelist' in component.representation ? codesOf(component) : undefined
    const constraint = readConstraint(component, text, codes)
    const unknown = constraint.alternatives
      .flat()
      .filter(({ operator, value }) => operator === 'eq' && codes !== undefined && !codes.includes(value))
      .map(({ value }) => ({
        parameter,
        detail: unknownValue(value, codes ?? []),
      }))
    if (unknown.length > 0) throw badRequest(unknown)
    return constraint
  })
}

/** The window of a query; an open end is Infinity. */
function windowOf(
  constraints: readonly ComponentConstraint[],
  { startPeriod, endPeriod }: DataQuery,
): Window {
  if (startPeriod !== undefined && endPeriod !== undefined && startPeriod.start > endPeriod.end)
    throw badRequest([{ parameter: 'startPeriod', detail: 'lies after endPeriod' }])
  const hulls = constraints.filter(({ component }) => component.id === 'TIME_PERIOD').map(hullOf)
  return {
    start: Math.max(startPeriod?.start ?? Number.NEGATIVE_INFINITY, ...hulls.map(({ start }) => start)),
    end: Math.min(endPeriod?.end ?? Number.POSITIVE_INFINITY, ...hulls.map(({ end }) => end)),
  }
}

function isEmpty({ start, end }: Window): boolean {
  return start > end || end < FIRST_DAY || start > LAST_DAY
}

function daysOf(window: Window): { from?: string; to?: string } {
  if (isEmpty(window)) return {}
  return {
    ...(Number.isFinite(window.start) ? { from: formatDay(window.start) } : {}),
    ...(Number.isFinite(window.end) ? { to: formatDay(window.end) } : {}),
  }
}

function within({ start, end }: Window, { startPeriod, endPeriod }: DataQuery): boolean {
  return start >= (startPeriod?.start ?? start) && end <= (endPeriod?.end ?? end)
}

function hasKey(placed: Placed, key: Key, dimensions: readonly Component[]): boolean {
  return dimensions.every((dimension, index) => (key[index] ?? dimension.of(placed)) === dimension.of(placed))
}

/** The flow with the measures and attributes that are wanted. @throws Problem (400) for ids that it does not have */
function restricted(flow: Flow, query: DataQuery): Flow {
  const wanted = (parameter: 'measures' | 'attributes', all: readonly string[], no: readonly string[]) => {
    const components = flow[parameter]
    const known = [...components.map(({ id }) => id), ...all, ...no]
    const unknown = query[parameter].filter((id) => !known.includes(id))
    if (unknown.length > 0)
      throw badRequest(unknown.map((id) => ({ parameter, detail: unknownValue(id, known) })))
    const isAll = query[parameter].some((id) => all.includes(id))
    return components.filter(({ id }) => isAll || query[parameter].includes(id))
  }
  return {
    ...flow,
    measures: wanted('measures', ['all'], ['none']),
    attributes: wanted('attributes', ['dsd', 'all', 'obs'], ['none', 'msd', 'dataset', 'series']),
  }
}

async function* none(): AsyncGenerator<Row> {}

async function* those(items: AsyncIterable<Placed>, isMeant: (item: Placed) => boolean) {
  for await (const item of items) if (isMeant(item)) yield item
}

async function* rowsOf(items: AsyncIterable<Placed>): AsyncGenerator<Row> {
  for await (const { row } of items) yield row
}
