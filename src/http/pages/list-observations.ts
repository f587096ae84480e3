import type { Filter } from '../../domain/filter.ts'
import type { ObservationWithStatus } from '../../domain/observation.ts'
import type { FigureContext } from '../../results/load-series.ts'
import { observationsWithStatus } from '../../results/observations-with-status.ts'
import { type ObservationList, ROWS_PER_PAGE, type Sort } from '../../web/page/page-model.ts'

/** A page lists no more published figures than this; downloads have them all. */
const MOST = 20_000

/** Reading more rows at once blocks the event loop for longer than 10 ms. */
const ROWS_PER_READ = 1_000

/** Some of the published figures that a filter means, sorted. */
export async function listObservations(
  sources: FigureContext,
  filter: Filter,
  { status, sort, offset }: Pick<ObservationList, 'status' | 'sort' | 'offset'>,
): Promise<ObservationList> {
  const keyed: { readonly row: ObservationWithStatus; readonly key: string | number }[] = []
  for (let after: number | null = null, more = true; more; ) {
    const page = { after, limit: ROWS_PER_READ }
    const reconciled = await observationsWithStatus(
      sources,
      filter,
      status === null ? undefined : [status],
      page,
    )
    for (const { row } of reconciled) keyed.push({ row, key: sortKey(row, sort.by) })
    after = reconciled.at(-1)?.row.id ?? null
    more = reconciled.length === ROWS_PER_READ && keyed.length < MOST
    await sources.turn.yieldIfDue()
  }
  const direction = sort.isDescending ? -1 : 1
  const rows = keyed
    .sort((a, b) => direction * compare(a.key, b.key))
    .slice(offset, offset + ROWS_PER_PAGE)
    .map(({ row }) => row)
  return { rows, offset, count: keyed.length, status, sort }
}

function sortKey(row: ObservationWithStatus, by: Sort): string | number {
  if (by === 'period') return row.period_start + row.period_end
  return row[by] ?? ''
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
