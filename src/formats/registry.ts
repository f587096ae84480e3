import { CSV_TYPE, type CsvDialect, writeCsv } from './csv/write-csv.ts'
import { JSON_STAT_TYPE, writeJsonStat } from './json-stat.ts'
import { NDJSON_TYPE, writeNdjson } from './ndjson.ts'
import { PARQUET_TYPE, writeParquet } from './parquet.ts'
import { SDMX_CSV_TYPE, writeSdmxCsv } from './sdmx/sdmx-csv.ts'
import { SDMX_JSON_TYPE, writeSdmxJson } from './sdmx/sdmx-json.ts'
import type { Chunks, Table } from './table.ts'
import { writeXlsx, XLSX_TYPE } from './xlsx/xlsx.ts'

/** A format that rows are written in. */
export interface TableFormat {
  /** The media type that `Accept` asks for it with. */
  readonly accept: string
  /** The media type that it is sent as. */
  readonly type: string
  readonly description: string
  /** True where rows are streamed; otherwise the whole table is in memory. */
  readonly isStreamed: boolean
  /** For what a browser is to save rather than show, how the name of the file ends. */
  readonly extension?: string
  write(table: Table, dialect: CsvDialect): Chunks
}

/** The formats of tables besides JSON, the first of them preferred where several are as welcome. */
export const TABLE_FORMATS = {
  csv: {
    accept: 'text/csv',
    type: CSV_TYPE,
    description: 'The rows of `data` as CSV (RFC 4180), with a header line; null is an empty cell.',
    isStreamed: true,
    write: writeCsv,
  },
  ndjson: {
    accept: 'application/x-ndjson',
    type: NDJSON_TYPE,
    description: 'The rows of `data`, each as JSON on a line of its own.',
    isStreamed: true,
    write: writeNdjson,
  },
  jsonstat: {
    accept: 'application/vnd.json-stat+json',
    type: JSON_STAT_TYPE,
    description:
      'The figures as a JSON-stat 2.0 dataset: a cube of indicator, border, period and measure; `status` is the qualifier.',
    isStreamed: false,
    write: writeJsonStat,
  },
  xlsx: {
    accept: XLSX_TYPE,
    type: XLSX_TYPE,
    description:
      'The rows of `data` as an Excel workbook, with a sheet of notes; dates are dates, null is an empty cell.',
    isStreamed: true,
    extension: 'xlsx',
    write: (table) => writeXlsx(table),
  },
  parquet: {
    accept: PARQUET_TYPE,
    type: PARQUET_TYPE,
    description:
      'The rows of `data` as Apache Parquet, in columns of their types; what is not known is null.',
    isStreamed: true,
    extension: 'parquet',
    write: writeParquet,
  },
  'sdmx-csv': {
    accept: SDMX_CSV_TYPE,
    type: SDMX_CSV_TYPE,
    description: 'SDMX-CSV 2.0, of the dataflow BC:FIGURES or BC:OBSERVATIONS; null is an empty cell.',
    isStreamed: true,
    write: (table) => writeSdmxCsv(table),
  },
  'sdmx-json': {
    accept: SDMX_JSON_TYPE,
    type: SDMX_JSON_TYPE,
    description: 'An SDMX-JSON 2.0 data message, of the dataflow BC:FIGURES or BC:OBSERVATIONS.',
    isStreamed: false,
    write: (table) => writeSdmxJson(table),
  },
} satisfies Record<string, TableFormat>

export type FormatName = 'json' | keyof typeof TABLE_FORMATS

/** The formats that any rows can be written in. */
export const ROW_FORMATS: readonly FormatName[] = ['json', 'csv', 'ndjson', 'xlsx', 'parquet']

const JSON_ACCEPTED = 'application/json'

/** The media type that asks for a format. */
export function mediaTypeOf(format: FormatName): string {
  return format === 'json' ? JSON_ACCEPTED : TABLE_FORMATS[format].accept
}
