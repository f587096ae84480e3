import type { Config } from '../../config.ts'
import { type Health, serveMetrics } from '../../http/metrics/metrics-server.ts'
import type { Server } from '../../server.ts'

/** Serves the metrics and the health beside a server where they are wanted; where that fails, the server is closed. */
export async function withMetrics(
  { METRICS_HOST, METRICS_PORT }: Config,
  server: Server,
  collect: () => Promise<string>,
  health: Health,
): Promise<Server & { readonly metricsUrl: string | null }> {
  const { url } = server
  if (METRICS_PORT === 0) return { url, metricsUrl: null, close: () => server.close() }
  try {
    const metrics = await serveMetrics({ host: METRICS_HOST, port: METRICS_PORT }, collect, health)
    return {
      url,
      metricsUrl: metrics.url,
      async close() {
        await Promise.all([metrics.close(), server.close()])
      },
    }
  } catch (error) {
    await server.close()
    throw error
  }
}
