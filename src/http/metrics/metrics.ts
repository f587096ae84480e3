import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Store } from '../../store/store.ts'
import type { Measured } from '../app.ts'
import { cacheMetrics } from './cache-metrics.ts'
import { databaseMetrics } from './database-metrics.ts'
import { queueMetrics } from './queue-metrics.ts'
import { reconciliationMetrics } from './reconciliation-metrics.ts'
import { requestMetrics, SHED } from './request-metrics.ts'

/** Creates a registry with the metrics of the process: memory, CPU time, event-loop lag. */
export function processRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Returns what measures the responses of an app. */
export function appMetrics(registry: Registry): (app: FastifyInstance, store: Store) => Measured {
  return (app, store) => {
    const routed = requestMetrics(app, registry)
    databaseMetrics(store, registry)
    return {
      queue: queueMetrics(registry, (response) => routed(response, SHED)),
      cache: cacheMetrics(registry, routed),
      reconciled: reconciliationMetrics(registry),
    }
  }
}

const BLOCK_SECONDS = [0.5, 1, 2, 5, 10, 30]

/** Measures blocks of the event loop beyond the limit. */
export function blockMetrics(registry: Registry): (ms: number) => void {
  const duration = new Histogram({
    name: 'crossings_event_loop_block_duration_seconds',
    help: 'How long the event loop was blocked, each time that it was for longer than MAX_BLOCK_MS.',
    buckets: BLOCK_SECONDS,
    registers: [registry],
  })
  return (ms) => duration.observe(ms / 1_000)
}
