import { componentOf } from '../domain/joint/component.ts'
import type { Reader } from '../store/read/reader.ts'
import { loadSeries, type Series, type SeriesReader } from './load-series.ts'

/** Returns the components as a transaction leaves them, each reconciled once; call it after the last write. */
export function transactionSeries(transaction: Reader): SeriesReader {
  const known = new Map<string, Promise<Series>>()
  return {
    read(request, turn) {
      const ids = componentOf(request.border, request.borders).map(({ id }) => id)
      const name = JSON.stringify([ids, request.indicator, request.evidence])
      const series = known.get(name) ?? loadSeries(transaction, request, turn)
      known.set(name, series)
      return series
    },
  }
}
