import { Counter, Gauge, type Registry } from 'prom-client'
import type { CacheObserver } from '../cache/cache-observer.ts'
import type { Routed } from './request-metrics.ts'

/**
 * Counts the requests that the response cache sees, and measures its size.
 * @param onRoute labels a response with its route: the fast path runs no hooks
 */
export function cacheMetrics(registry: Registry, onRoute: Routed): CacheObserver {
  const registers = [registry]
  const answers = new Counter({
    name: 'crossings_http_cache_requests_total',
    help: 'Cacheable responses: sent from the cache (hit), computed (miss), or already known to the client (not_modified).',
    labelNames: ['result'],
    registers,
  })
  for (const result of ['hit', 'miss', 'not_modified']) answers.inc({ result }, 0)
  return {
    onRoute,
    onResult: (result) => answers.inc({ result }),
    onStats(stats) {
      new Gauge({
        name: 'crossings_http_cache_entries',
        help: 'Responses in the cache.',
        registers,
        collect() {
          this.set(stats().entries)
        },
      })
      new Gauge({
        name: 'crossings_http_cache_bytes',
        help: 'The approximate size of the response cache, content encodings included.',
        registers,
        collect() {
          this.set(stats().bytes)
        },
      })
    },
  }
}
