import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Registry } from 'prom-client'
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
