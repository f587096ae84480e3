import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { toDay } from '../domain/calendar.ts'
import { METHOD } from '../domain/method.ts'
import {
  type CellType,
  type Chunks,
  type Column,
  cellOf,
  inBatches,
  type Row,
  type Table,
  type TableDescription,
} from './table.ts'

export const PARQUET_TYPE = 'application/vnd.apache.parquet'

/** Rows that are gathered into a row group: few enough to be written between two other requests. */
const ROWS_PER_GROUP = 1_000

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema']
type Physical = string | number | bigint | boolean | null

/** The storage of a type of cell: its element of the schema, and its value. */
interface Storage {
  readonly element: Omit<Schema[number], 'name' | 'repetition_type'>
  store(cell: string | number | boolean): Physical
}

/** All whole numbers are 64 bits wide, for sums of counts go beyond 32. */
const STORAGE: Readonly<Record<CellType, Storage>> = {
  text: {
    element: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
    store: String,
  },
  integer: { element: { type: 'INT64' }, store: (cell) => BigInt(cell) },
  boolean: { element: { type: 'BOOLEAN' }, store: (cell) => cell === true },
  date: {
    element: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
    store: (cell) => toDay(String(cell)),
  },
  time: {
    element: {
      type: 'INT64',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    },
    store: (cell) => BigInt(Date.parse(String(cell))),
  },
}

/** Rows as Apache Parquet, in row groups of one size; what they are stands in the metadata of the file. */
export async function* writeParquet({ columns, rows, description }: Table): Chunks {
  const writer = new ByteWriter()
  const file = new ParquetWriter({
    writer,
    schema: schemaOf(columns),
    kvMetadata: metadataOf(await description()),
    createdBy: 'Border Crossings (hyparquet-writer)',
  })
  for await (const piece of inBatches(rows, ROWS_PER_GROUP)) {
    file.write({ columnData: columns.map((column) => columnOf(piece, column)), rowGroupSize: piece.length })
    yield taken(writer)
  }
  file.finish()
  yield taken(writer)
}

/** Returns the bytes written since the last call; the writer goes on with an empty buffer. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice()
  writer.index = 0
  return bytes
}

function schemaOf(columns: readonly Column[]): Schema {
  const elements = columns.map(({ name, type, isNullable }) => ({
    name,
    ...STORAGE[type].element,
    repetition_type: isNullable ? ('OPTIONAL' as const) : ('REQUIRED' as const),
  }))
  return [{ name: 'schema', num_children: columns.length }, ...elements]
}

function columnOf(rows: readonly Row[], column: Column) {
  const { store } = STORAGE[column.type]
  const data = rows.map((row) => {
    const cell = cellOf(row, column)
    return cell === null ? null : store(cell)
  })
  return { name: column.name, data }
}

function metadataOf({ title, description, version, recorded_at, address, licence }: TableDescription) {
  const all = { title, description, version, method: METHOD, recorded_at, address, licence }
  return Object.entries(all)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ({ key, value: String(value) }))
}
