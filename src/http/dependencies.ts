import type { FastifyRequest } from 'fastify'
import type { SeriesReader } from '../results/load-series.ts'
import type { Store } from '../store/store.ts'
import type { BackupsToWatch } from './health/backups-to-watch.ts'
import type { AnswerTurn } from './limits/answer-queue.ts'

/** The dependencies of all routes. */
export interface Dependencies {
  readonly store: Store
  /** The present, as an RFC 3339 time in UTC. */
  readonly now: () => string
  /** The address at which the public finds the service, without a slash at its end; where that is known. */
  readonly publicUrl?: string | undefined
  /** Where the service makes backups by itself. */
  readonly backups?: BackupsToWatch | undefined
}

/** The dependencies of routes that answer readers. */
export interface ReaderDependencies extends Dependencies {
  /** Returns what the computation of an answer calls to share the event loop. */
  readonly turnOf: (request: FastifyRequest) => AnswerTurn
}

/** The dependencies of routes that answer with results. */
export interface FigureDependencies extends ReaderDependencies {
  readonly series: SeriesReader
}
