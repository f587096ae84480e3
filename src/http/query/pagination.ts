import type { Page } from '../../domain/filter.ts'
import type { Row } from '../../formats/table.ts'

interface Rows {
  readonly rows: readonly Row[]
  readonly extra?: Readonly<Record<string, unknown>>
}

/** Answers the rows of a page: as many as it asks for, or all that are left. */
export type ReadRows<Place> = (page: Page<Place>) => Promise<Rows>

/** What a cursor must hold of a row to go on behind it. */
export type PlaceOf<Place> = (row: Row) => Place

/** Rows that are read at once on the way through a whole list. */
const ROWS_PER_STEP = 500

/** A page of a list, with what else belongs to it, and the place of its last row where more rows follow. */
export async function readPage<Place>(
  read: ReadRows<Place>,
  { after, limit }: Page<Place>,
  placeOf: PlaceOf<Place>,
): Promise<Rows & { next: Place | null }> {
  const { rows, ...rest } = await read({ after, limit: limit + 1 })
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return { ...rest, rows: page, next: last === undefined ? null : placeOf(last) }
}

/** All rows of a list from a place on, a page after the other, each read when its turn comes. */
export async function* readAll<Place>(
  read: ReadRows<Place>,
  after: Place | null,
  placeOf: PlaceOf<Place>,
): AsyncGenerator<Row> {
  let place = after
  do {
    const { rows, next } = await readPage(read, { after: place, limit: ROWS_PER_STEP }, placeOf)
    yield* rows
    place = next
  } while (place !== null)
}
