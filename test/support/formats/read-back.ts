import { randomUUID } from 'node:crypto'
import { unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { readSheet } from 'read-excel-file/node'
import type { Chunks } from '../../../src/formats/table.ts'

/** A row as a reader of files gives it: days and times are dates, and what is not there is null. */
export type ReadRow = Readonly<Record<string, unknown>>

/** All that is written, in one piece. */
export async function gathered(written: Chunks): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of written) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

/** The cells of a sheet of an Excel workbook. */
export async function readCells(bytes: Buffer, sheet: string | number = 1): Promise<unknown[][]> {
  return await readSheet(bytes, sheet, { trim: false })
}

/** The rows of the first sheet of an Excel workbook, by the names in its header. */
export async function readXlsx(bytes: Buffer): Promise<ReadRow[]> {
  const [header = [], ...rows] = await readCells(bytes)
  return rows.map((cells) => Object.fromEntries(header.map((name, at) => [String(name), cells[at] ?? null])))
}

const sliceOf = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer

/** The rows of a Parquet file as hyparquet reads them. */
export async function readParquet(bytes: Buffer): Promise<ReadRow[]> {
  const rows: Record<string, unknown>[] = await parquetReadObjects({ file: sliceOf(bytes) })
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
    ),
  )
}

/** What a Parquet file says of itself. */
export function readParquetMetadata(bytes: Buffer) {
  return parquetMetadata(sliceOf(bytes))
}

/** The rows and the types of a Parquet file as DuckDB reads them. */
export async function readWithDuckdb(
  bytes: Buffer,
): Promise<{ types: Record<string, string>; rows: ReadRow[] }> {
  const path = join(tmpdir(), `read-back-${randomUUID()}.parquet`)
  await writeFile(path, bytes)
  try {
    const connection = await (await DuckDBInstance.create()).connect()
    await connection.run("SET TimeZone = 'UTC'")
    const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`)
    const names = reader.columnNames()
    const types = reader.columnTypes().map(String)
    const rows = reader
      .getRowsJson()
      .map((cells) =>
        Object.fromEntries(
          names.map((name, at) => [name, typedCell(cells[at] as string | null, types[at] ?? '')]),
        ),
      )
    connection.closeSync()
    return { types: Object.fromEntries(names.map((name, at) => [name, types[at] ?? ''])), rows }
  } finally {
    await unlink(path)
  }
}

function typedCell(json: string | null, type: string): unknown {
  if (json === null || typeof json === 'boolean') return json
  if (type === 'BIGINT') return Number(json)
  if (type === 'DATE') return new Date(json)
  // DuckDB's client writes times in the zone of the machine, whatever was set, and whole hours without minutes.
  if (type.startsWith('TIMESTAMP')) return new Date(json.replace(' ', 'T').replace(/[+-]\d\d$/, '$&:00'))
  return json
}
