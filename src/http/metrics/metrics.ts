import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Store } from '../../store/store.ts'
import type { Measured } from '../app.ts'
import { measureKept } from './cache-metrics.ts'
import { measureData } from './database-metrics.ts'
import { measureQueue } from './queue-metrics.ts'
import { measureReconciling } from './reconciliation-metrics.ts'
import { measureRequests, SHED } from './request-metrics.ts'

/** A registry with what is known of the process itself: its memory, its processor time, the lag of its event loop. */
export function processRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Measures into a registry what an app answers. */
export function measureInto(registry: Registry): (app: FastifyInstance, store: Store) => Measured {
  return (app, store) => {
    const routed = measureRequests(app, registry)
    measureData(store, registry)
    return {
      queue: measureQueue(registry, (response) => routed(response, SHED)),
      kept: measureKept(registry, routed),
      reconciled: measureReconciling(registry),
    }
  }
}

const BLOCK_SECONDS = [0.5, 1, 2, 5, 10, 30]

/** Counts how often the event loop was blocked for longer than it may be, and for how long. */
export function measureBlocks(registry: Registry): (ms: number) => void {
  const duration = new Histogram({
    name: 'crossings_event_loop_block_duration_seconds',
    help: 'How long the event loop was blocked, each time that it was for longer than MAX_BLOCK_MS.',
    buckets: BLOCK_SECONDS,
    registers: [registry],
  })
  return (ms) => duration.observe(ms / 1_000)
}
