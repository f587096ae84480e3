import { Counter, Gauge, type Registry } from 'prom-client'
import type { KeptObserver } from '../cache/response-cache.ts'
import type { Routed } from './request-metrics.ts'

/**
 * Counts how answers that can be kept come about, and says how many are held.
 * @param routed told of the route of each, because not all come past a hook
 */
export function measureKept(registry: Registry, routed: Routed): KeptObserver {
  const registers = [registry]
  const answers = new Counter({
    name: 'crossings_kept_answers_total',
    help: 'Answers that can be kept: sent as they were kept (hit), made anew (made), or known to the client (not_modified).',
    labelNames: ['result'],
    registers,
  })
  for (const result of ['hit', 'made', 'not_modified']) answers.inc({ result }, 0)
  return {
    routed,
    answered: (result) => answers.inc({ result }),
    holds(held) {
      new Gauge({
        name: 'crossings_kept_answers_entries',
        help: 'Answers that are held.',
        registers,
        collect() {
          this.set(held().entries)
        },
      })
      new Gauge({
        name: 'crossings_kept_answers_bytes',
        help: 'What the answers that are held take, roughly, with their compressed forms.',
        registers,
        collect() {
          this.set(held().bytes)
        },
      })
    },
  }
}
