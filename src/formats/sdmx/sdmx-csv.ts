import { writeCsv } from '../csv/write-csv.ts'
import type { Chunks, Row, Table } from '../table.ts'
import { type Placed, placedRows } from './component.ts'
import { AGENCY, type Context, type Flow, flowOf, idIn, VERSION } from './dataflows.ts'

export const SDMX_CSV_TYPE = 'application/vnd.sdmx.data+csv;version=2.0.0'

/** The structure of the data and its agency; by default the dataflow of the rows, with all its components. */
export interface SdmxOptions {
  readonly flow?: Flow
  readonly context?: Context
}

/** Rows as SDMX-CSV 2.0: for information (ACTION `I`), null as an empty cell, the components in the order of their structure. */
export function writeSdmxCsv(
  table: Table,
  { flow = flowOf(table), context = 'dataflow' }: SdmxOptions = {},
): Chunks {
  const { dimensions, measures, attributes } = flow
  const components = [...dimensions, ...measures, ...attributes]
  const head = {
    STRUCTURE: context,
    STRUCTURE_ID: `${AGENCY}:${idIn(flow, context)}(${VERSION})`,
    ACTION: 'I',
  }
  const columns = [...Object.keys(head), ...components.map(({ id }) => id)]
  const rowOf = (placed: Placed): Row => ({
    ...head,
    ...Object.fromEntries(components.map((component) => [component.id, component.of(placed)])),
  })
  return writeCsv({
    columns: columns.map((name) => ({ name, title: name, description: '', type: 'text', isNullable: true })),
    rows: mapped(placedRows(table), rowOf),
  })
}

async function* mapped<From, To>(items: AsyncIterable<From>, change: (item: From) => To): AsyncGenerator<To> {
  for await (const item of items) yield change(item)
}
