import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import type { Cells, RowFault } from '../../domain/import-row.ts'
import { BadCsv } from './bad-csv.ts'
import { utf8Lines } from './utf8-lines.ts'

/** The columns that a table must have, and those that it may have. */
export interface Columns {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** A row by the line that it begins on: its cells, or what is wrong with its form. */
export type CsvRow =
  | { readonly line: number; readonly cells: Cells }
  | { readonly line: number; readonly faults: readonly RowFault[] }

/** A longer row was meant to be several: the longest that can be right has a third of that. */
const MAX_ROW_BYTES = 128 * 1024

/**
 * Reads CSV (RFC 4180) in UTF-8 with a header line, as a stream of rows. Lines end in CRLF or LF; blank lines and rows
 * of empty cells, which spreadsheets leave at the end, are skipped. A wrong header is the only fault reported.
 * @throws BadCsv for invalid CSV
 */
export async function* readCsv(bytes: AsyncIterable<Uint8Array>, columns: Columns): AsyncGenerator<CsvRow> {
  let header: readonly string[] | undefined
  for await (const { line, cells } of recordsOf(bytes, [...columns.required, ...columns.optional])) {
    if (header === undefined) {
      header = cells
      const faults = faultsOfHeader(header, columns)
      if (faults.length === 0) continue
      yield { line, faults }
      return
    }
    if (cells.length === header.length && cells.every((cell) => cell === '')) continue
    yield cells.length === header.length
      ? { line, cells: Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])) }
      : { line, faults: [{ column: null, reason: `has ${cells.length} cells, not ${header.length}` }] }
  }
  if (header === undefined) throw new BadCsv(1, 'is empty; it names the columns')
}

interface CsvRecord {
  readonly line: number
  readonly cells: readonly string[]
}

async function* recordsOf(
  bytes: AsyncIterable<Uint8Array>,
  known: readonly string[],
): AsyncGenerator<CsvRecord> {
  let next = 1
  let isHeader = true
  const lines: number[] = []
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    max_record_size: MAX_ROW_BYTES,
    on_record: (cells) => {
      if (isHeader && !isBlank(cells)) {
        requireHeader(cells, next, known)
        isHeader = false
      }
      lines.push(next)
      next += 1 + cells.reduce((count, cell) => count + newlinesIn(cell), 0)
      return cells
    },
  })
  const records: AsyncIterable<string[]> = pipeline(
    Readable.from(utf8Lines(bytes, MAX_ROW_BYTES)),
    parser,
    () => undefined,
  )
  try {
    for await (const cells of records) {
      const line = lines.shift() ?? next
      if (!isBlank(cells)) yield { line, cells }
    }
  } catch (error) {
    throw error instanceof CsvError ? new BadCsv(next, REASONS[error.code] ?? 'is not CSV') : error
  }
}

const REASONS: Readonly<Partial<Record<CsvError['code'], string>>> = {
  CSV_QUOTE_NOT_CLOSED: 'opens a quote that is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'goes on behind a closing quote; a quote inside a cell is written twice',
  INVALID_OPENING_QUOTE: 'has a quote inside a cell that is not quoted',
  CSV_MAX_RECORD_SIZE: `begins a row of more than ${MAX_ROW_BYTES} bytes; is a quote never closed?`,
}

function newlinesIn(cell: string): number {
  return cell.includes('\n') ? cell.split('\n').length - 1 : 0
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0] === ''
}

/** @throws BadCsv where the first line is no header of a table with commas, which hides what else is wrong */
function requireHeader(names: readonly string[], line: number, known: readonly string[]): void {
  const [first = ''] = names
  const isOne = names.length === 1
  if (names.some((name) => name.includes('\r')))
    throw new BadCsv(line, 'ends in CR alone; lines end in CRLF or LF')
  if (isOne && first.includes(';')) throw new BadCsv(line, 'has semicolons between its columns, not commas')
  if (isOne && first.includes('\t')) throw new BadCsv(line, 'has tabs between its columns, not commas')
  if (!names.some((name) => known.includes(name))) {
    throw new BadCsv(line, `names none of the columns ${known.join(',')}`)
  }
}

function faultsOfHeader(names: readonly string[], { required, optional }: Columns): RowFault[] {
  const wrong = [...new Set(names)].flatMap((name): RowFault[] => {
    if (![...required, ...optional].includes(name))
      return [{ column: name.slice(0, 100), reason: 'unknown column' }]
    return names.indexOf(name) === names.lastIndexOf(name) ? [] : [{ column: name, reason: 'is there twice' }]
  })
  const missing = required.filter((name) => !names.includes(name))
  return [...wrong, ...missing.map((column) => ({ column, reason: 'is missing' }))]
}
