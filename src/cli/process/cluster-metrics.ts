import type { Worker } from 'node:cluster'
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client'

/** The message that asks a worker for its metrics. */
const TELL = 'metrics'

type Told = MetricObjectWithValues<MetricValue<string>>[]

/** Lets a worker answer with its metrics. */
export function reportMetrics(registry: Registry): void {
  process.on('message', async (message) => {
    if (message !== TELL) return
    const metrics = await registry.getMetricsAsJSON().catch(() => null)
    process.send?.({ metrics }, undefined, undefined, () => undefined)
  })
}

/**
 * What all workers measured, together, and what this process did, in the text format of Prometheus. It waits for those that are busy, for
 * without one of them counters would seem to fall; prom-client's own way also asks those that have only begun
 * to start, and then fails after five seconds.
 * @throws Error where a worker cannot say it
 */
export async function collectMetrics(workers: Iterable<Worker>, own: Registry | null): Promise<string> {
  const { AggregatorRegistry } = await import('prom-client')
  const reports: Told[] = await Promise.all([...workers].map(ask))
  if (own !== null) reports.push(await own.getMetricsAsJSON())
  return await AggregatorRegistry.aggregate(reports).metrics()
}

/** Returns the metrics of one worker; nothing where it ends before it answers. */
function ask(worker: Worker): Promise<Told> {
  return new Promise((resolve, reject) => {
    const settle = (metrics: Told | null) => {
      worker.off('message', hear).off('disconnect', leave)
      if (metrics === null) reject(new Error('a process cannot say what it measured'))
      else resolve(metrics)
    }
    const leave = () => settle([])
    const hear = (message: { metrics?: Told | null }) => {
      if (message.metrics !== undefined) settle(message.metrics)
    }
    worker.on('message', hear).on('disconnect', leave)
    if (worker.isConnected()) worker.send(TELL, (error) => error && leave())
    else leave()
  })
}
