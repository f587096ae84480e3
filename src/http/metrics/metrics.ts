import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Store } from '../../store/store.ts'
import type { Measured } from '../app.ts'
import { cacheMetrics } from './cache-metrics.ts'
import { databaseMetrics } from './database-metrics.ts'
import { queueMetrics } from './queue-metrics.ts'
import { reconciliationMetrics } from './reconciliation-metrics.ts'
import { requestMetrics, SHED } from './request-metrics.ts'

/** A registry with what is known of the process itself: its memory, its processor time, the lag of its event loop. */
export function processRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Measures into a registry what an app answers. */
export function appMetrics(registry: Registry): (app: FastifyInstance, store: Store) => Measured {
  return (app, store) => {
    const routed = requestMetrics(app, registry)
    databaseMetrics(store, registry)
    return {
      queue: queueMetrics(registry, (response) => routed(response, SHED)),
      kept: cacheMetrics(registry, routed),
      reconciled: reconciliationMetrics(registry),
    }
  }
}

const BLOCK_SECONDS = [0.5, 1, 2, 5, 10, 30]

/** Counts how often the event loop was blocked for longer than it may be, and for how long. */
export function blockMetrics(registry: Registry): (ms: number) => void {
  const duration = new Histogram({
    name: 'crossings_event_loop_block_duration_seconds',
    help: 'How long the event loop was blocked, each time that it was for longer than MAX_BLOCK_MS.',
    buckets: BLOCK_SECONDS,
    registers: [registry],
  })
  return (ms) => duration.observe(ms / 1_000)
}
