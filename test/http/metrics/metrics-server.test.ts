import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { unavailable } from '../../../src/http/health/readiness.ts'
import { type Health, type MetricsServer, serveMetrics } from '../../../src/http/metrics/metrics-server.ts'
import { eventually } from '../../support/eventually.ts'
import { exchangeRaw } from '../../support/http/harness.ts'

/** On which Node tells of each request that a server of this process receives. */
const REQUEST = 'http.server.request.start'

const HEALTHY: Health = {
  live: async () => ({ status: 200, body: { status: 'live' } }),
  ready: async (hasDetail) =>
    hasDetail ? { status: 200, body: { status: 'ready', detail: {} } } : unavailable('Not now.'),
}

let collect: () => Promise<string>
let server: MetricsServer
beforeEach(async () => {
  collect = async () => 'up 1\n'
  server = await serveMetrics({ host: '127.0.0.1', port: 0 }, () => collect(), HEALTHY)
})
afterEach(() => server.close())

const portOf = ({ url }: MetricsServer) => Number(new URL(url).port)

describe('the server of the metrics', () => {
  test('answers GET /metrics in the text format', async () => {
    const response = await fetch(server.url)
    expect([response.status, await response.text()]).toEqual([200, 'up 1\n'])
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect((await fetch(`${server.url}?name=up`)).status).toBe(200)
  })

  test.for([
    ['GET', '/', 404],
    ['GET', '/metrics/', 404],
    ['GET', '/v1', 404],
    ['GET', '/health', 404],
    ['GET', '/health/live/', 404],
    ['GET', '/constructor', 404],
    ['GET', '//metrics', 404],
    ['POST', '/metrics', 405],
    ['HEAD', '/metrics', 405],
    ['DELETE', '/metrics', 405],
    ['OPTIONS', '/metrics', 405],
    ['POST', '/health/ready', 405],
  ] as const)('does not answer %s %s', async ([method, path, status]) => {
    const text = await exchangeRaw(
      portOf(server),
      `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    )
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(text).not.toContain('up 1')
    if (status === 405) expect(text).toMatch(/^allow: GET\r$/m)
  })

  test('says so where metrics cannot be collected, and nothing of why', async () => {
    collect = () => Promise.reject(new Error('a secret'))
    const failed = await fetch(server.url)
    expect([failed.status, await failed.text()]).toEqual([503, 'The metrics cannot be collected now.\n'])
    collect = async () => 'up 2\n'
    expect(await (await fetch(server.url)).text()).toBe('up 2\n')
  })

  test('answers health too, never from a cache, and a problem where it is not ready', async () => {
    const ask = async (path: string) => {
      const response = await fetch(server.url.replace('/metrics', path))
      const { headers, status } = response
      return [status, await response.json(), headers.get('content-type'), headers.get('cache-control')]
    }
    const json = 'application/json; charset=utf-8'
    expect(await ask('/health/live')).toEqual([200, { status: 'live' }, json, 'no-store'])
    expect(await ask('/health/ready?detail=true')).toEqual([
      200,
      { status: 'ready', detail: {} },
      json,
      'no-store',
    ])
    expect(await ask('/health/ready')).toEqual([
      503,
      expect.objectContaining({ status: 503, detail: 'Not now.', type: '/problems/service-unavailable' }),
      'application/problem+json; charset=utf-8',
      'no-store',
    ])
  })

  test('collects once for concurrent scrapes', async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    let times = 0
    const begun = Promise.withResolvers<void>()
    collect = () => {
      times += 1
      begun.resolve()
      return promise
    }
    let requests = 0
    const count = () => {
      requests += 1
    }
    subscribe(REQUEST, count)
    onTestFinished(() => void unsubscribe(REQUEST, count))
    const first = fetch(server.url)
    await begun.promise
    const others = [fetch(server.url), fetch(server.url)]
    await eventually(() => requests === 3)
    resolve('up 3\n')
    for (const answer of [first, ...others]) expect(await (await answer).text()).toBe('up 3\n')
    expect(times).toBe(1)
  })

  test('rejects a port that is in use', async () => {
    await expect(
      serveMetrics({ host: '127.0.0.1', port: portOf(server) }, collect, HEALTHY),
    ).rejects.toMatchObject({
      code: 'EADDRINUSE',
      syscall: 'listen',
    })
  })

  test('closes at once, with connections open', async () => {
    const other = await serveMetrics(
      { host: '127.0.0.1', port: 0 },
      () => new Promise(() => undefined),
      HEALTHY,
    )
    const socket = connect(portOf(other), '127.0.0.1').on('error', () => undefined)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await once(socket, 'connect')
    socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n')
    await other.close()
    await closed
    await expect(fetch(other.url)).rejects.toThrow()
  })
})
