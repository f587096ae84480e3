import type { Page } from '../../domain/filter.ts'
import type { Row } from '../../formats/table.ts'

interface Rows {
  readonly rows: readonly Row[]
  readonly extra?: Readonly<Record<string, unknown>>
}

/** Answers the rows of a page: as many as it asks for, or all that are left. */
export type ReadRows<Place> = (page: Page<Place>) => Promise<Rows>

/** What a cursor must hold of a row to go on behind it. */
export type CursorKeyOf<Place> = (row: Row) => Place

/** Rows that are read at once on the way through a whole list. */
const BATCH_SIZE = 500

/** A page of a list, with what else belongs to it, and the place of its last row where more rows follow. */
export async function readPage<Place>(
  read: ReadRows<Place>,
  { after, limit }: Page<Place>,
  placeOf: CursorKeyOf<Place>,
): Promise<Rows & { next: Place | null }> {
  const { rows, ...rest } = await read({ after, limit: limit + 1 })
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return { ...rest, rows: page, next: last === undefined ? null : placeOf(last) }
}

/** All rows of a list from a place on, a page after the other, each read when its turn comes. */
export async function* iterateRows<Place>(
  read: ReadRows<Place>,
  after: Place | null,
  placeOf: CursorKeyOf<Place>,
): AsyncGenerator<Row> {
  let place = after
  do {
    const { rows, next } = await readPage(read, { after: place, limit: BATCH_SIZE }, placeOf)
    yield* rows
    place = next
  } while (place !== null)
}
