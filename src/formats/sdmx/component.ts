import type { z } from 'zod'
import { toDay, type Window } from '../../domain/calendar.ts'
import { type Column, cellOf, columnsOf, type Row, type Table } from '../table.ts'
import type { CodelistId } from './codelists.ts'
import { type TimePeriod, timePeriodOf } from './time-period.ts'

/** A row, and the window that it is of. */
export interface Placed {
  readonly row: Row
  readonly window: Window
  readonly time: TimePeriod
}

type Cell = ReturnType<typeof cellOf>

/** A dimension, measure or attribute: the values of a code list, or of a type of SDMX. */
export interface Component {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly representation: { readonly codelist: CodelistId } | { readonly dataType: string }
  of(placed: Placed): Cell
}

/** The rows that are of a window, each with it; a figure that nothing dates has no key in SDMX, and is left out. */
export async function* placedRows({ rows }: Pick<Table, 'rows'>): AsyncGenerator<Placed> {
  for await (const row of rows) {
    const placed = placedRow(row)
    if (placed !== null) yield placed
  }
}

/** A row with its window; null where nothing dates it. */
function placedRow(row: Row): Placed | null {
  const { period_start, period_end } = row
  if (typeof period_start !== 'string' || typeof period_end !== 'string') return null
  const window = { start: toDay(period_start), end: toDay(period_end) }
  return { row, window, time: timePeriodOf(window) }
}

const DATA_TYPES = {
  text: 'String',
  integer: 'Long',
  boolean: 'Boolean',
  date: 'GregorianDay',
  time: 'DateTime',
}

/** Makes components of the fields of a row, with the title and the description that tables give them. */
export function fieldsOf(row: z.ZodObject) {
  const columns = columnsOf(row)
  return (name: string, as: { id?: string; codelist?: CodelistId } = {}): Component => {
    const column = find(columns, name)
    return {
      id: as.id ?? name.toUpperCase(),
      name: column.title,
      description: column.description,
      representation:
        as.codelist === undefined ? { dataType: DATA_TYPES[column.type] } : { codelist: as.codelist },
      of: ({ row }) => cellOf(row, column),
    }
  }
}

function find(columns: readonly Column[], name: string): Column {
  const column = columns.find((each) => each.name === name)
  if (column === undefined) throw new RangeError(`no field ${name}`)
  return column
}
