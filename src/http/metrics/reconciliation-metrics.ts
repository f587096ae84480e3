import { Histogram, type Registry } from 'prom-client'

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

/** Measures the duration of reconciliations. */
export function reconciliationMetrics(registry: Registry): (ms: number) => void {
  const duration = new Histogram({
    name: 'crossings_series_reconciliation_duration_seconds',
    help: 'What reconciling one series for a question took, without reading it; a group without its members.',
    buckets: SECONDS,
    registers: [registry],
  })
  return (ms) => duration.observe(ms / 1_000)
}
