import { z } from 'zod'
import type { Border } from '../domain/border.ts'
import type { Indicator } from '../domain/indicator.ts'
import type { Source } from '../domain/source.ts'

/** A row of an answer; a field that is undefined is left out. */
export type Row = Readonly<Record<string, unknown>>

export type CellType = 'text' | 'integer' | 'boolean' | 'date' | 'time'

/** A column of a table: what its cells hold, and what they mean. */
export interface Column {
  readonly name: string
  /** For people, as the head of a column. */
  readonly title: string
  readonly description: string
  readonly type: CellType
  readonly isNullable: boolean
}

/** The description of a table, for formats that have a place for it. */
export interface TableDescription {
  readonly title: string
  readonly description: string
  /** The address of the answer for good. */
  readonly address: string
  /** The address of the next page; null where this is all. */
  readonly next: string | null
  readonly version: number
  /** When that version was recorded: RFC 3339, UTC; null before the first write. */
  readonly recorded_at: string | null
  readonly licence: string
  readonly indicators: readonly Indicator[]
  readonly borders: readonly Border[]
}

/** The description of a table and the publications of its rows, which take long to find. */
export interface TableMetadata extends TableDescription {
  readonly sources: readonly Source[]
}

/** Rows on their way into a format, which reads them once, in order, and as slowly as its reader takes them. */
export interface Table {
  readonly columns: readonly Column[]
  readonly rows: AsyncIterable<Row> | Iterable<Row>
  description(): Promise<TableDescription>
  metadata(): Promise<TableMetadata>
}

/** A table as the bytes of a format, piece by piece. */
export type Chunks = AsyncIterable<string | Uint8Array>

/** The columns of a row: its fields, save for `proof`, which no table has a place for. */
export function columnsOf(row: z.ZodObject): Column[] {
  const fields: Record<string, z.ZodType> = row.shape
  return Object.entries(fields)
    .filter(([name]) => name !== 'proof')
    .map(([name, field]) => ({
      name,
      title: titleOf(name),
      description: field.description ?? '',
      type: cellTypeOf(field),
      isNullable: field.safeParse(null).success,
    }))
}

function cellTypeOf(field: z.ZodType): CellType {
  const { anyOf, ...schema } = z.toJSONSchema(field)
  const [kind = schema, ...others] = (anyOf ?? []).filter(({ type }) => type !== 'null')
  if (others.length > 0) return 'text'
  if (kind.type === 'integer' || kind.type === 'boolean') return kind.type
  if (kind.format === 'date') return 'date'
  return kind.format === 'date-time' ? 'time' : 'text'
}

/** Names that are abbreviations. */
const ABBREVIATIONS = new Map([
  ['id', 'ID'],
  ['url', 'URL'],
])

function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ')
  return ABBREVIATIONS.get(name) ?? words.slice(0, 1).toUpperCase() + words.slice(1)
}

/** A cell as a table shows it: a list is its values joined by commas, as in a query; an object is its JSON. */
export function cellOf(row: Row, { name }: Pick<Column, 'name'>): string | number | boolean | null {
  const cell = row[name]
  if (cell === null || cell === undefined) return null
  if (typeof cell === 'number' || typeof cell === 'boolean' || typeof cell === 'string') return cell
  return Array.isArray(cell) ? cell.map(String).join(',') : JSON.stringify(cell)
}

/** Rows in pieces of at most so many, to write them at one go. */
export async function* inBatches<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  length: number,
): AsyncGenerator<Item[], void, undefined> {
  let piece: Item[] = []
  for await (const item of items) {
    piece.push(item)
    if (piece.length < length) continue
    yield piece
    piece = []
  }
  if (piece.length > 0) yield piece
}
