import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The text format of Prometheus. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export interface MetricsServer {
  readonly url: string
  close(): Promise<void>
}

/** Answers `GET /metrics`, and nothing else, on an address of its own; who asks while others wait gets what they get. */
export async function serveMetrics(
  address: { readonly host: string; readonly port: number },
  collect: () => Promise<string>,
): Promise<MetricsServer> {
  let underWay: Promise<string> | null = null
  const collected = () => {
    underWay ??= collect().finally(() => {
      underWay = null
    })
    return underWay
  }
  const server = createServer(async ({ method, url }, response) => {
    if (url?.split('?', 1)[0] !== '/metrics') return refuse(response, 404, 'Metrics are at /metrics.')
    if (method !== 'GET') return refuse(response.setHeader('allow', 'GET'), 405, 'Only GET is accepted here.')
    try {
      const text = await collected()
      response.writeHead(200, { 'content-type': CONTENT_TYPE }).end(text)
    } catch {
      refuse(response, 503, 'The metrics cannot be collected now.')
    }
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

function refuse(response: ServerResponse, status: number, detail: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${detail}\n`)
}
