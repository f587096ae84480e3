import type { Reader } from '../store/read/reader.ts'
import { loadSeries, type Series, type SeriesReader } from './load-series.ts'

/** Returns the series as a transaction leaves them, each reconciled once; call it after the last write. */
export function transactionSeries(transaction: Reader): SeriesReader {
  const known = new Map<string, Promise<Series>>()
  const reader: SeriesReader = {
    read(request, turn) {
      const name = JSON.stringify([request.border.id, request.indicator, request.evidence])
      const series = known.get(name) ?? loadSeries(transaction, reader, request, turn)
      known.set(name, series)
      return series
    },
  }
  return reader
}
