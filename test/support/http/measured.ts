import { setTimeout } from 'node:timers/promises'
import { Registry } from 'prom-client'
import { appMetrics } from '../../../src/http/metrics/metrics.ts'
import { type Family, readExposition, valuesOf } from './exposition.ts'
import { type Harness, startApp } from './harness.ts'

export interface MeasuredHarness extends Harness {
  /** All metrics, once nothing is in flight any more. */
  metrics(): Promise<Map<string, Family>>
  /** The values of one metric by its labels, once nothing is in flight any more. */
  values(name: string): Promise<Record<string, number>>
  /** How many requests are being answered. */
  inFlight(): Promise<number>
}

/** Serves the app as `startApp` does, and measures it. */
export async function startMeasured(options: Parameters<typeof startApp>[0] = {}): Promise<MeasuredHarness> {
  const registry = new Registry()
  const api = await startApp({ ...options, measure: appMetrics(registry) })
  const read = async () => readExposition(await registry.metrics())
  const inFlightIn = (families: Map<string, Family>) =>
    valuesOf(families, 'crossings_http_requests_in_flight')[''] ?? Number.NaN
  async function metrics() {
    for (;;) {
      const families = await read()
      if (inFlightIn(families) === 0) return families
      await setTimeout(5)
    }
  }
  const inFlight = async () => inFlightIn(await read())
  return Object.assign(api, {
    metrics,
    inFlight,
    values: async (name: string) => valuesOf(await metrics(), name),
  })
}
