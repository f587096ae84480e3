import type { Page } from '../../domain/filter.ts'
import type { Row } from '../../formats/table.ts'

/** Further members of the JSON, besides `data` and `meta`. */
export type Extra = Readonly<Record<string, unknown>>

interface Rows<Loaded extends Row> {
  readonly rows: readonly Loaded[]
  readonly extra?: Extra
}

/** Loads rows behind a place: as many as the limit, or all that are left. */
export type LoadRows<Place, Loaded extends Row = Row> = (page: Page<Place>) => Promise<Rows<Loaded>>

/** Returns the key of a row that its cursor holds. */
export type CursorKeyOf<Place> = (row: Row) => Place

const BATCH_SIZE = 500

/** Loads a page of a list, and the cursor key of its last row where more rows follow, else null. */
export async function loadPage<Place, Loaded extends Row>(
  load: LoadRows<Place, Loaded>,
  { after, limit }: Page<Place>,
  placeOf: CursorKeyOf<Place>,
): Promise<Rows<Loaded> & { next: Place | null }> {
  // One row more than the page tells whether another page follows.
  const { rows, ...rest } = await load({ after, limit: limit + 1 })
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return { ...rest, rows: page, next: last === undefined ? null : placeOf(last) }
}

/** Yields all rows of a list behind a place, and loads them in batches as they are consumed. */
export async function* iterateRows<Place>(
  load: LoadRows<Place>,
  after: Place | null,
  placeOf: CursorKeyOf<Place>,
): AsyncGenerator<Row> {
  let place = after
  do {
    const { rows, next } = await loadPage(load, { after: place, limit: BATCH_SIZE }, placeOf)
    yield* rows
    place = next
  } while (place !== null)
}
