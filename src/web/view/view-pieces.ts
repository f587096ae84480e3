import type { View } from './view.ts'

/** So few rows serialize within a few milliseconds, even where each has a long proof. */
const ROWS_PER_PIECE = 50

/** Cuts a view into parts that can be serialized one by one; `assembleView` puts them together again. */
export function* piecesOfView(view: View): Generator<Partial<View>> {
  const { series, cumulative, observations, conflicts, ...rest } = view
  yield rest
  for (const some of chunks([...observations])) yield { observations: new Map(some) }
  for (const some of chunks(conflicts)) yield { conflicts: some }
  for (const [name, rows] of Object.entries({ series, cumulative })) {
    for (const [key, figures] of rows) {
      for (const some of chunks(figures)) yield { [name]: new Map([[key, some]]) }
    }
  }
}

/** Puts the pieces of a view together, in the order in which they were cut. */
export function assembleView(pieces: readonly Partial<View>[]): View {
  const [rest, ...others] = pieces
  const rowsOf = (name: 'series' | 'cumulative') => {
    const entries = others.flatMap((piece) => [...(piece[name] ?? [])])
    const byKey = Map.groupBy(entries, ([key]) => key)
    return new Map([...byKey].map(([key, some]) => [key, some.flatMap(([, figures]) => figures)]))
  }
  return {
    ...(rest as View),
    observations: new Map(others.flatMap((piece) => [...(piece.observations ?? [])])),
    conflicts: others.flatMap((piece) => piece.conflicts ?? []),
    series: rowsOf('series'),
    cumulative: rowsOf('cumulative'),
  }
}

/** Cuts a list into chunks; an empty list has one, so that its name and key are not lost. */
function* chunks<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start === 0 || start < items.length; start += ROWS_PER_PIECE) {
    yield items.slice(start, start + ROWS_PER_PIECE)
  }
}
