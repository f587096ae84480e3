import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { type Chunks, type Column, cellOf, inBatches, type Row, type Table } from '../table.ts'

export const CSV_TYPE = 'text/csv; charset=utf-8; header=present'

/** The dialect of CSV: exact, for programs, or safe for spreadsheets. */
export interface CsvDialect {
  /** `names` are the fields' names, and all is exact; with `labels` people read it, and no text becomes a formula. */
  readonly header: 'names' | 'labels'
  readonly separator: string
}

const EXACT: CsvDialect = { header: 'names', separator: ',' }
const ROWS_PER_PIECE = 100

/** By this mark at its start a spreadsheet knows that a text is UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF'

/**
 * Rows as CSV (RFC 4180). Null is an empty cell, and never a 0 or a word; a list is its values joined by
 * commas, an object its JSON. For a spreadsheet, text that it would run as a formula stands behind an
 * apostrophe; numbers stay numbers.
 */
export async function* writeCsv(
  { columns, rows }: Pick<Table, 'columns' | 'rows'>,
  dialect: CsvDialect = EXACT,
): Chunks {
  const isForPeople = dialect.header === 'labels'
  yield (isForPeople ? BYTE_ORDER_MARK : '') +
    linesOf([columns.map(({ name, title }) => (isForPeople ? title : name))], dialect)
  for await (const piece of inBatches(rows, ROWS_PER_PIECE)) yield linesOf(cellsOf(piece, columns), dialect)
}

/** Rows as one CSV text, exact. */
export function formatCsv(columns: readonly string[], rows: readonly Row[]): string {
  const named = columns.map((name) => ({ name }))
  return linesOf([columns, ...cellsOf(rows, named)], EXACT)
}

/** The records of a CSV text with a header line; an empty cell is null. */
export function parseCsv(text: string): Record<string, string | null>[] {
  return parse(text, { bom: true, columns: true, cast: (value) => (value === '' ? null : value) })
}

function cellsOf(rows: readonly Row[], columns: readonly Pick<Column, 'name'>[]) {
  return rows.map((row) => columns.map((column) => cellOf(row, column)))
}

function linesOf(
  records: readonly (readonly (string | number | boolean | null)[])[],
  { header, separator }: CsvDialect,
): string {
  return stringify([...records], {
    delimiter: separator,
    record_delimiter: 'windows',
    quoted_match: /[\r\n]/,
    escape_formulas: header === 'labels',
    cast: { boolean: String },
  })
}
