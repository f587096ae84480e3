import { FIRST_DAY, formatDay, LAST_DAY, overlaps, type Window } from '../../domain/calendar.ts'
import { unionOf } from '../../domain/day-set.ts'
import { type Statement, windowOf } from '../../domain/observation.ts'
import { FAR_DAYS } from '../../domain/slips.ts'
import type { Reader } from './reader.ts'

/** Figures of one series that begin in one decade and end in one. */
interface Group {
  readonly border: string
  readonly indicator: string
  window: Window
  count: number
  readonly figures: { readonly place: number; readonly figure: Statement }[]
}

const EVER = { from: formatDay(FIRST_DAY), to: formatDay(LAST_DAY) }

/**
 * Finds the figures of a write that lie decades away from all others of their series: from those that stood
 * before it, or, where it is the first of a series, from most of the write itself. Figures are grouped by
 * decade, so that a table of any length costs a few look-ups. `place` is where a figure stands in the write.
 */
export function farFigureFinder(limit: number) {
  const series = new Map<string, Map<string, Group>>()
  return {
    add(place: number, figure: Statement): void {
      const { indicator, period_start, period_end } = figure
      const border = `${figure.country}-${figure.neighbour}`
      const groups = series.get(`${border} ${indicator}`) ?? new Map<string, Group>()
      series.set(`${border} ${indicator}`, groups)
      const decades = `${period_start.slice(0, 3)} ${period_end.slice(0, 3)}`
      const window = windowOf(figure)
      const group = groups.get(decades) ?? { border, indicator, window, count: 0, figures: [] }
      groups.set(decades, group)
      const { start, end } = group.window
      group.window = { start: Math.min(start, window.start), end: Math.max(end, window.end) }
      group.count += 1
      if (group.figures.length < limit) group.figures.push({ place, figure })
    },

    /** Returns the figures that lie far off, with their places; `version` is the one before the write. */
    async find(reader: Reader, version: number): Promise<Group['figures']> {
      const far: Group[] = []
      for (const groups of series.values()) {
        const all = [...groups.values()]
        const [first] = all
        if (first === undefined) continue
        const isNew = !(await reader.hasFigureBetween(first, EVER, version))
        const apart = isNew ? apartFromMost(all) : []
        for (const group of all) {
          const isFar = isNew
            ? apart.includes(group)
            : !(await reader.hasFigureBetween(group, around(group.window), version))
          if (isFar) far.push(group)
        }
      }
      return far.flatMap(({ figures }) => figures).slice(0, limit)
    },
  }
}

/** The groups that no chain of figures connects with the largest part of a series. */
function apartFromMost(groups: readonly Group[]): Group[] {
  const clusters = unionOf(
    groups.map(({ window: { start, end } }) => ({ start: start - FAR_DAYS / 2, end: end + FAR_DAYS / 2 })),
  ).map((span) => groups.filter(({ window }) => overlaps(window, span)))
  const sizeOf = (cluster: readonly Group[]) => cluster.reduce((sum, { count }) => sum + count, 0)
  const largest = Math.max(...clusters.map(sizeOf))
  const most = clusters.findLast((cluster) => sizeOf(cluster) === largest)
  return clusters.flatMap((cluster) => (cluster === most ? [] : cluster))
}

function around({ start, end }: Window): { from: string; to: string } {
  return {
    from: formatDay(Math.max(start - FAR_DAYS, FIRST_DAY)),
    to: formatDay(Math.min(end + FAR_DAYS, LAST_DAY)),
  }
}
