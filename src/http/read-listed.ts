import type { Filter } from '../domain/filter.ts'
import type { JudgedObservation } from '../domain/observation.ts'
import { type Listed, ROWS_PER_PAGE, type Sort } from '../web/page-model.ts'
import { judgedObservations } from './judged-observations.ts'
import type { FigureSources } from './series-reader.ts'

/** A page lists no more published figures than this; downloads have them all. */
const MOST = 20_000

/** Some of the published figures that a filter means, sorted. */
export async function readListed(
  sources: FigureSources,
  filter: Filter,
  { status, sort, offset }: Pick<Listed, 'status' | 'sort' | 'offset'>,
): Promise<Listed> {
  const judged = await judgedObservations(sources, filter, status === null ? undefined : [status], {
    after: null,
    limit: MOST,
  })
  const direction = sort.isDescending ? -1 : 1
  const sorted = judged
    .map(({ row }) => row)
    .sort((a, b) => direction * compare(sortKey(a, sort.by), sortKey(b, sort.by)))
  return { rows: sorted.slice(offset, offset + ROWS_PER_PAGE), offset, count: sorted.length, status, sort }
}

function sortKey(row: JudgedObservation, by: Sort): string | number {
  if (by === 'period') return row.period_start + row.period_end
  return row[by] ?? ''
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
