import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HealthAnswer } from '../health/readiness.ts'
import { PROBLEM_TYPE } from '../problems/problem.ts'

/** The text format of Prometheus. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Handlers of `/health/live` and `/health/ready`. */
export interface Health {
  live(): Promise<HealthAnswer>
  ready(hasDetail: boolean): Promise<HealthAnswer>
}

export interface MetricsServer {
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves only `/metrics`, `/health/live` and `/health/ready`, on a port of its own, so that a crowd on the public port
 * does not shut the operator out. Concurrent scrapes share one collection.
 */
export async function serveMetrics(
  address: { readonly host: string; readonly port: number },
  collect: () => Promise<string>,
  health: Health,
): Promise<MetricsServer> {
  let underWay: Promise<string> | null = null
  const collected = () => {
    underWay ??= collect().finally(() => {
      underWay = null
    })
    return underWay
  }
  const sendMetrics = async (response: ServerResponse) => {
    try {
      const text = await collected()
      response.writeHead(200, { 'content-type': CONTENT_TYPE }).end(text)
    } catch {
      refuse(response, 503, 'The metrics cannot be collected now.')
    }
  }
  const routes: Readonly<
    Record<string, (response: ServerResponse, query: URLSearchParams) => Promise<void>>
  > = {
    '/metrics': sendMetrics,
    '/health/live': async (response) => sendHealth(response, await health.live()),
    '/health/ready': async (response, query) =>
      sendHealth(response, await health.ready(query.get('detail') === 'true')),
  }
  const server = createServer(async ({ method, url }, response) => {
    const [path = '', query = ''] = url?.split('?', 2) ?? []
    const answer = Object.hasOwn(routes, path) ? routes[path] : undefined
    if (answer === undefined)
      return refuse(response, 404, 'Metrics are at /metrics, health at /health/ready.')
    if (method !== 'GET') return refuse(response.setHeader('allow', 'GET'), 405, 'Only GET is accepted here.')
    await answer(response, new URLSearchParams(query))
  })
  server.listen(address)
  await once(server, 'listening')
  const { address: host, family, port } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${host}]` : host}:${port}/metrics`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function sendHealth(response: ServerResponse, { status, body }: HealthAnswer): void {
  const type = status === 200 ? 'application/json; charset=utf-8' : PROBLEM_TYPE
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(JSON.stringify(body))
}

function refuse(response: ServerResponse, status: number, detail: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${detail}\n`)
}
