import type { Statement } from '../../domain/observation.ts'

interface FirstState extends Statement {
  readonly version: number
  readonly author: string | null
}

/**
 * Compares the control totals of the seeds with the versions that seeded them: the number of figures of each series, and
 * the sum of their counts. Figures that somebody else recorded first do not count.
 */
export function checkSeeds(
  seeds: readonly Statement[],
  recorded: readonly FirstState[],
): { figures: number; series: number; versions: number[]; faults: string[] } {
  const keys = new Map(seeds.map((seed) => [keyOf(seed), seed]))
  const seeded = recorded.filter((figure) => figure.author === null && keys.has(keyOf(figure)))
  const expected = totalsOf(seeded.flatMap((figure) => keys.get(keyOf(figure)) ?? []))
  const found = totalsOf(seeded)
  const faults = [...expected].flatMap(([series, total]) =>
    found.get(series) === total ? [] : [`seeds of ${series} are ${found.get(series)}, and were ${total}`],
  )
  const versions = [...new Set(seeded.map(({ version }) => version))]
  return { figures: seeded.length, series: expected.size, versions, faults }
}

function keyOf({ source, country, neighbour, indicator, period_start, period_end }: Statement): string {
  return [source, country, neighbour, indicator, period_start, period_end].join(' ')
}

function totalsOf(figures: readonly Statement[]): ReadonlyMap<string, string> {
  const series = Map.groupBy(figures, (row) => `${row.country}-${row.neighbour} ${row.indicator}`)
  return new Map(
    [...series].map(([name, rows]) => [
      name,
      `${rows.length} figures that add up to ${rows.reduce((sum, { count }) => sum + count, 0)}`,
    ]),
  )
}
