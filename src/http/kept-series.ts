import { membersOf } from '../domain/reconcile-indicator.ts'
import type { Store } from '../store/store.ts'
import type { Dependencies } from './ask.ts'
import { keeper } from './keeper.ts'
import { type SeriesHistory, seriesHistory } from './series-history.ts'
import { readSeries, type Series, type SeriesAsked, type SeriesReader } from './series-reader.ts'

/** So many observations are kept reconciled; each takes about 200 bytes. */
const MAX_KEPT = 1_500_000

/** What the routes that answer with figures are built from. */
export interface FigureDependencies extends Dependencies {
  readonly series: SeriesReader
}

export interface KeepSeriesOptions {
  /** How many observations are kept reconciled. */
  readonly limit?: number
  /** Told how many milliseconds each series took. */
  readonly reconciled?: ((ms: number) => void) | undefined
}

/**
 * Reconciles series as they are asked for, and keeps those asked for last. What is kept is named by the evidence
 * and by the last version that changed the series, a group's also by those of its members. So a write to one
 * series leaves all others as they are, and what is kept of the past holds.
 */
export function keepSeries(
  store: Store,
  { limit = MAX_KEPT, reconciled }: KeepSeriesOptions = {},
): SeriesReader {
  const kept = keeper<Series>(limit)
  const history = seriesHistory(store)
  const reader: SeriesReader = {
    async read(asked) {
      const name = await nameOf(history, asked)
      const make = () => readSeries(store, reader, asked, reconciled)
      return name === null ? await make() : await kept.get(name, make)
    },
  }
  return reader
}

async function nameOf(
  history: SeriesHistory,
  { border, borders, indicator, evidence }: SeriesAsked,
): Promise<string | null> {
  const { version, published_until, origin, source, kind, period_basis } = evidence
  const states: [string, number][] = []
  for (const { id } of new Set([border, ...membersOf(border, borders)])) {
    const changed = await history.lastChange(id, indicator, version)
    if (changed === null) return null
    states.push([id, changed])
  }
  return JSON.stringify([indicator, states, published_until, origin, source, kind, period_basis])
}
