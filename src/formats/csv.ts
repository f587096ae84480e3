import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'

export const CSV_TYPE = 'text/csv; charset=utf-8; header=present'

/**
 * Rows as CSV (RFC 4180), exact: no null is made into a 0 or a word, and no text is changed.
 * Null is an empty cell; a list is its values joined by commas, as in a query; an object is its JSON.
 */
export function formatCsv(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  return stringify(
    rows.map((row) => columns.map((column) => textOf(row[column]))),
    { header: true, columns: [...columns], record_delimiter: 'windows', quoted_match: /[\r\n]/ },
  )
}

/** The records of a CSV text with a header line; an empty cell is null. */
export function parseCsv(text: string): Record<string, string | null>[] {
  return parse(text, { bom: true, columns: true, cast: (value) => (value === '' ? null : value) })
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  if (Array.isArray(cell)) return cell.map(textOf).join(',')
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}
