import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Store } from '../store/store.ts'
import type { Measured } from './app.ts'
import { measureData } from './measure-data.ts'
import { measureKept } from './measure-kept.ts'
import { measureQueue } from './measure-queue.ts'
import { measureReconciling } from './measure-reconciling.ts'
import { measureRequests, SHED } from './measure-requests.ts'

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
