import { Histogram, type Registry } from 'prom-client'

const SECONDS = [0.5, 1, 2, 5, 10, 30]

/** Measures blocks of the event loop beyond the limit. */
export function blockMetrics(registry: Registry): (ms: number) => void {
  const duration = new Histogram({
    name: 'crossings_event_loop_block_duration_seconds',
    help: 'How long the event loop was blocked, each time that it was for longer than MAX_BLOCK_MS.',
    buckets: SECONDS,
    registers: [registry],
  })
  return (ms) => duration.observe(ms / 1_000)
}
