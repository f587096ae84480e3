import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { stop } from '../../support/cli/command.ts'
import { freePort } from '../../support/cli/free-port.ts'
import { prepareDatabase, type Serving, serve } from '../../support/faults/serving.ts'
import { readExposition, valuesOf } from '../../support/http/exposition.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

/** Each request takes a connection of its own, because connections are what the processes share out. */
const headers = { connection: 'close' }

async function serveTwo() {
  const folder = scratchFolder()
  await prepareDatabase(folder)
  const port = await freePort()
  const server = await serve(folder, { WORKERS: '2', LOG_LEVEL: 'info', METRICS_PORT: String(port) })
  const metrics = async () => readExposition(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
  return { server, metrics }
}

const pidsOf = async (server: Serving) =>
  new Set([...(await server.said(/incoming request/)).matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid)))

test('what two processes answer is counted together, and what they share once', async () => {
  const { server, metrics } = await serveTwo()
  let asked = 0
  const ask = async () => {
    await fetch(`${server.url}/health/live`, { headers })
    asked += 1
  }
  for (let time = 1; time <= 40; time++) await ask()
  // Who takes a connection is left to the operating system, which prefers one process where the other is slow.
  while ((await pidsOf(server)).size < 2) await ask()
  const families = await metrics()
  expect(valuesOf(families, 'crossings_http_requests_total')).toEqual({
    'GET /health/live 200': asked,
    'GET /health/ready 200': 1,
  })
  expect(valuesOf(families, 'crossings_http_request_duration_seconds_count')).toMatchObject({
    '/health/live': asked,
  })
  expect(valuesOf(families, 'crossings_http_requests_in_flight')).toEqual({ '': 0 })
  expect(valuesOf(families, 'crossings_data_version')).toEqual({ '': 1 })
  expect(families.has('nodejs_eventloop_lag_p99_seconds')).toBe(true)
  expect(await stop(server)).toMatchObject({ code: 0, stderr: '' })
})

test('metrics are answered while one process is replaced, and its successor is counted', async () => {
  const { server, metrics } = await serveTwo()
  while ((await pidsOf(server)).size < 2) await fetch(`${server.url}/health/live`, { headers })
  const [one = 0] = await pidsOf(server)
  process.kill(one, 'SIGKILL')
  // Where one that is gone were waited for, there would be a refusal in their place.
  expect(valuesOf(await metrics(), 'crossings_data_version')).toEqual({ '': 1 })
  while ((await pidsOf(server)).size < 3) {
    const signal = AbortSignal.timeout(1_000)
    await fetch(`${server.url}/health/live`, { headers, signal }).catch(() => null)
    await metrics()
    await setTimeout(10)
  }
  expect(valuesOf(await metrics(), 'crossings_http_cache_requests_total')).toMatchObject({ hit: 0 })
  expect(await stop(server)).toMatchObject({ code: 0 })
})
