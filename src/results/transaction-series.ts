import type { Reader } from '../store/read/reader.ts'
import { loadSeries, type Series, type SeriesReader } from './load-series.ts'

/** Returns the series as a transaction leaves them, each reconciled once; call it after the last write. */
export function transactionSeries(transaction: Reader): SeriesReader {
  const known = new Map<string, Promise<Series>>()
  const reader: SeriesReader = {
    read(asked, turn) {
      const name = JSON.stringify([asked.border.id, asked.indicator, asked.evidence])
      const series = known.get(name) ?? loadSeries(transaction, reader, asked, turn)
      known.set(name, series)
      return series
    },
  }
  return reader
}
