import type { ServerResponse } from 'node:http'
import { Gauge, type Registry } from 'prom-client'
import type { QueueObserver } from '../limits/answer-queue.ts'

/** Exposes how many answers wait and how many are in progress, by lane, and counts those that were shed. */
export function queueMetrics(registry: Registry, onShed: (response: ServerResponse) => void): QueueObserver {
  const registers = [registry]
  return {
    onShed,
    onQueue(read) {
      for (const [state, help] of [
        ['running', 'Answers in progress, by lane.'],
        ['pending', 'Answers that wait to be begun, by lane.'],
      ] as const) {
        new Gauge({
          name: `crossings_answers_${state}`,
          help,
          labelNames: ['lane'],
          registers,
          collect() {
            for (const [lane, count] of Object.entries(read()[state])) this.set({ lane }, count)
          },
        })
      }
      new Gauge({
        name: 'crossings_turns_pending',
        help: 'Computations that wait for their turn on the event loop.',
        registers,
        collect() {
          this.set(read().turns)
        },
      })
    },
  }
}
