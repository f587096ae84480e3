import { formatDay } from '../../domain/calendar.ts'
import { type Chunks, inBatches, type Table } from '../table.ts'
import { type Codelist, codelistsOf } from './codelists.ts'
import { type Component, type Placed, placedRows } from './component.ts'
import { type Flow, flowOf, idIn } from './dataflows.ts'
import { messageHeader } from './message-header.ts'
import type { SdmxOptions } from './sdmx-csv.ts'
import { urnOf } from './urn.ts'

export const SDMX_JSON_TYPE = 'application/vnd.sdmx.data+json;version=2.0.0'

const ROWS_PER_PIECE = 500

/**
 * Rows as an SDMX-JSON 2.0 data message: a flat list of observations, all dimensions at the observation. The
 * structure comes after the data, so that it can list the values that occur; the order of fields says nothing.
 */
export async function* writeSdmxJson(
  table: Table,
  { flow = flowOf(table), context = 'dataflow' }: SdmxOptions = {},
): Chunks {
  const about = await table.metadata()
  const codelists = codelistsOf(about)
  const dimensions = flow.dimensions.map((component) => listed(component, codelists))
  const rest = [...flow.measures, ...flow.attributes].map((component) =>
    isCoded(component) ? listed(component, codelists) : direct(component),
  )
  const links = [{ rel: context, urn: urnOf(context, idIn(flow, context)) }]
  const meta = { ...messageHeader('data', about), next: about.next }
  const dataSet = `"structure":0,"action":"Information","links":${JSON.stringify(links)}`
  yield `{"meta":${JSON.stringify(meta)},"data":{"dataSets":[{${dataSet},"observations":{`
  let separator = ''
  for await (const piece of inBatches(placedRows(table), ROWS_PER_PIECE)) {
    const text = piece.map((placed) => {
      const key = dimensions.map((each) => each.cellOf(placed)).join(':')
      return `"${key}":${JSON.stringify(rest.map((each) => each.cellOf(placed)))}`
    })
    yield separator + text.join(',')
    separator = ','
  }
  const shown = [dimensions, rest.slice(0, flow.measures.length), rest.slice(flow.measures.length)]
  yield `}}],"structures":[${JSON.stringify({ links, ...structureOf(flow, shown.map(shownOf)) })}]}}`
}

/** The values of a component that occur in a message. */
interface Used {
  /** Represents the value of a row: its index among those that occur, or itself. */
  cellOf(placed: Placed): unknown
  /** The component with the values that occurred. */
  shown(): Record<string, unknown>
}

function isCoded({ representation }: Component): boolean {
  return 'codelist' in representation
}

/** A component whose values stand in a list, and the places in it in their stead. */
function listed(component: Component, codelists: readonly Codelist[]): Used {
  const places = new Map<unknown, number>()
  const values: unknown[] = []
  const valueAs = valueIn(component, codelists)
  return {
    cellOf(placed) {
      const cell = component.of(placed)
      if (cell === null) return null
      const place = places.get(cell) ?? values.push(valueAs(String(cell), placed)) - 1
      places.set(cell, place)
      return place
    },
    shown: () => ({ ...named(component), ...(values.length === 0 ? {} : { values }) }),
  }
}

/** A component whose values stand where they belong. */
function direct(component: Component): Used {
  return { cellOf: (placed) => component.of(placed), shown: () => named(component) }
}

function named({ id, name, description, representation }: Component) {
  const format = 'dataType' in representation ? { format: { dataType: representation.dataType } } : {}
  return { id, name, description, ...format }
}

/** Lists a value: a code with its name, a time period with its start and end. */
function valueIn({ representation }: Component, codelists: readonly Codelist[]) {
  if ('dataType' in representation) {
    return (value: string, { window }: Placed) => ({
      value,
      start: `${formatDay(window.start)}T00:00:00Z`,
      end: `${formatDay(window.end)}T23:59:59Z`,
    })
  }
  const codes = codelists.find(({ id }) => id === representation.codelist)?.codes ?? []
  const names = new Map(codes.map(({ id, name }) => [id, name]))
  return (id: string) => ({ id, name: names.get(id) ?? id })
}

function shownOf(components: readonly Used[]) {
  return components.map((component) => component.shown())
}

/** The part of a message that says how its data are to be read; a dimension without values has no place in it. */
function structureOf(
  { name, description }: Flow,
  [dimensions = [], measures = [], attributes = []]: readonly Record<string, unknown>[][],
) {
  const keyed = dimensions.map((dimension, keyPosition) => ({ ...dimension, keyPosition }))
  return {
    name,
    description,
    dataSets: [0],
    dimensions: { observation: keyed.filter((dimension) => 'values' in dimension) },
    measures: { observation: measures },
    attributes: {
      observation: attributes.map((attribute) => ({ ...attribute, relationship: { observation: {} } })),
    },
  }
}
