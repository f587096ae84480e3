import { ClientGone } from '../concurrency/task.ts'
import type { SharedTurn, Turn } from '../concurrency/turns.ts'
import type { Border } from '../domain/border.ts'
import { type EvidenceFilter, evidenceKey } from '../domain/filter.ts'
import { componentOf } from '../domain/joint/component.ts'
import type { Store } from '../store/store.ts'
import {
  type Excess,
  loadSeries,
  type Series,
  type SeriesReader,
  type SeriesRequest,
  SeriesTooLarge,
} from './load-series.ts'
import { type SeriesVersions, seriesVersions } from './series-versions.ts'
import { weighedCache } from './weighed-cache.ts'

/** The size of the cache in reconciled observations: about 300 bytes each, with what proofs need. */
const MAX_OBSERVATIONS = 750_000

export interface SeriesCacheOptions {
  /** The size of the cache, in observations. */
  readonly limit?: number
  /** Receives the milliseconds that each reconciliation took. */
  readonly reconciled?: ((ms: number) => void) | undefined
  /** When series changed; shared with other caches. */
  readonly history?: SeriesVersions
}

/**
 * Caches reconciled components. The cache key is the evidence plus the last versions that changed each series of the
 * component, so a write invalidates only the component it touches.
 */
export function cacheSeries(
  store: Store,
  { limit = MAX_OBSERVATIONS, reconciled, history = seriesVersions(store) }: SeriesCacheOptions = {},
): SeriesReader {
  const cache = weighedCache<Series | RefusedSeries>(limit)
  const inFlight = new Map<string, SharedTurn>()
  const states = stateKeys()
  const keyOfEvidence = evidenceKeys()
  const reader: SeriesReader = {
    async read(request, turn) {
      const state = states.of(request) ?? states.know(request, await stateKeyOf(history, request))
      if (state === null) return await loadSeries(store, request, turn, reconciled)
      const key = state + keyOfEvidence(request.evidence)
      const series = await shared(key, request, turn)
      if ('tooLarge' in series) throw new SeriesTooLarge(series.tooLarge, series.excess)
      return series
    },
  }
  return reader

  /** Loads a series once for concurrent requests (single flight); starts over where the clients of a flight have left. */
  async function shared(key: string, request: SeriesRequest, turn: Turn): Promise<Series | RefusedSeries> {
    for (;;) {
      try {
        inFlight.get(key)?.join(turn)
        return await cache.get(key, () => readFor(key, request, turn.share()))
      } catch (error) {
        if (!(error instanceof ClientGone) || turn.task.signal.aborted) throw error
      }
    }
  }

  async function readFor(
    key: string,
    request: SeriesRequest,
    turn: SharedTurn,
  ): Promise<Series | RefusedSeries> {
    inFlight.set(key, turn)
    try {
      return await loadSeries(store, request, turn, reconciled).catch(refusalOf)
    } finally {
      if (inFlight.get(key) === turn) inFlight.delete(key)
    }
  }
}

/** Caches that a series is too large. */
interface RefusedSeries {
  readonly tooLarge: Border
  readonly excess: Excess
  readonly cost: number
}

function refusalOf(error: unknown): RefusedSeries {
  if (error instanceof SeriesTooLarge) {
    const { border: tooLarge, excess } = error
    return { tooLarge, excess, cost: 1 }
  }
  throw error
}

/** Returns the key of a state: the last versions that changed each series of a component; null while uncommitted. */
async function stateKeyOf(
  history: SeriesVersions,
  { border, borders, indicator, evidence }: SeriesRequest,
): Promise<string | null> {
  const changes: [string, number][] = []
  for (const { id } of componentOf(border, borders)) {
    const changed = await history.lastChangedAt(id, indicator, evidence.version)
    if (changed === null) return null
    changes.push([id, changed])
  }
  return JSON.stringify([indicator, changes])
}

/** Remembers the keys of states for as long as the borders of their version are cached. */
function stateKeys() {
  const known = new WeakMap<readonly Border[], Map<string, string>>()
  const placeOf = ({ border, indicator, evidence }: SeriesRequest) =>
    `${evidence.version} ${border.id} ${indicator}`
  return {
    of: (request: SeriesRequest) => known.get(request.borders)?.get(placeOf(request)),
    know(request: SeriesRequest, state: string | null) {
      if (state === null) return null
      const states = known.get(request.borders) ?? new Map<string, string>()
      known.set(request.borders, states.set(placeOf(request), state))
      return state
    },
  }
}

/** Computes the key of evidence once a request. */
function evidenceKeys() {
  const keys = new WeakMap<EvidenceFilter, string>()
  return (evidence: EvidenceFilter): string => {
    const key = keys.get(evidence) ?? evidenceKey(evidence)
    keys.set(evidence, key)
    return key
  }
}
