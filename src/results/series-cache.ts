import { ClientGone } from '../concurrency/task.ts'
import type { SharedTurn, Turn } from '../concurrency/turns.ts'
import type { Border } from '../domain/border.ts'
import { membersOf } from '../domain/border-groups.ts'
import { type EvidenceFilter, evidenceKey } from '../domain/filter.ts'
import type { Store } from '../store/store.ts'
import { readSeries, type Series, type SeriesAsked, type SeriesReader, TooLarge } from './load-series.ts'
import { type SeriesHistory, seriesHistory } from './series-versions.ts'
import { keeper } from './weighed-cache.ts'

/** How many observations are cached reconciled: about 300 bytes each, with what proofs need. */
const MAX_KEPT = 750_000

export interface KeepSeriesOptions {
  /** How many observations are kept reconciled. */
  readonly limit?: number
  /** Told how many milliseconds each series took. */
  readonly reconciled?: ((ms: number) => void) | undefined
  /** When series changed, where others know it too. */
  readonly history?: SeriesHistory
}

/**
 * Reconciles series as they are asked for, and keeps those asked for last. What is kept is named by the evidence
 * and by the last version that changed the series, a group's also by those of its members. So a write to one
 * series leaves all others as they are, and what is kept of the past holds.
 */
export function keepSeries(
  store: Store,
  { limit = MAX_KEPT, reconciled, history = seriesHistory(store) }: KeepSeriesOptions = {},
): SeriesReader {
  const kept = keeper<Series | Refused>(limit)
  const inFlight = new Map<string, SharedTurn>()
  const states = knownStates()
  const keyOfEvidence = evidenceKeys()
  const reader: SeriesReader = {
    async read(asked, turn) {
      const state = states.of(asked) ?? states.know(asked, await findState(history, asked))
      if (state === null) return await readSeries(store, reader, asked, turn, reconciled)
      const key = state + keyOfEvidence(asked.evidence)
      const series = await shared(key, asked, turn)
      if ('tooLarge' in series) throw new TooLarge(series.tooLarge)
      return series
    },
  }
  return reader

  /** Reads a series once for all that ask while it is being read, and anew where those before have left. */
  async function shared(key: string, asked: SeriesAsked, turn: Turn): Promise<Series | Refused> {
    for (;;) {
      try {
        inFlight.get(key)?.join(turn)
        return await kept.get(key, () => readFor(key, asked, turn.share()))
      } catch (error) {
        if (!(error instanceof ClientGone) || turn.task.signal.aborted) throw error
      }
    }
  }

  async function readFor(key: string, asked: SeriesAsked, turn: SharedTurn): Promise<Series | Refused> {
    inFlight.set(key, turn)
    try {
      return await readSeries(store, reader, asked, turn, reconciled).catch(refusalOf)
    } finally {
      if (inFlight.get(key) === turn) inFlight.delete(key)
    }
  }
}

/** Stands for a series that is too large, so that this is found out once for each state of it. */
interface Refused {
  readonly tooLarge: Border
  readonly cost: number
}

function refusalOf(error: unknown): Refused {
  if (error instanceof TooLarge) return { tooLarge: error.border, cost: 1 }
  throw error
}

/** What tells a state of a series from all others of it and of its members; null while nobody can say. */
async function findState(
  history: SeriesHistory,
  { border, borders, indicator, evidence }: SeriesAsked,
): Promise<string | null> {
  const changes: [string, number][] = []
  for (const { id } of new Set([border, ...membersOf(border, borders)])) {
    const changed = await history.lastChange(id, indicator, evidence.version)
    if (changed === null) return null
    changes.push([id, changed])
  }
  return JSON.stringify([indicator, changes])
}

/** The states that were found, for as long as the borders of their version are held: they never change. */
function knownStates() {
  const known = new WeakMap<readonly Border[], Map<string, string>>()
  const placeOf = ({ border, indicator, evidence }: SeriesAsked) =>
    `${evidence.version} ${border.id} ${indicator}`
  return {
    of: (asked: SeriesAsked) => known.get(asked.borders)?.get(placeOf(asked)),
    know(asked: SeriesAsked, state: string | null) {
      if (state === null) return null
      const states = known.get(asked.borders) ?? new Map<string, string>()
      known.set(asked.borders, states.set(placeOf(asked), state))
      return state
    },
  }
}

/** Makes the key of evidence once for each request. */
function evidenceKeys() {
  const keys = new WeakMap<EvidenceFilter, string>()
  return (evidence: EvidenceFilter): string => {
    const key = keys.get(evidence) ?? evidenceKey(evidence)
    keys.set(evidence, key)
    return key
  }
}
