import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { exchangeRaw } from '../../support/http/harness.ts'
import { type MeasuredHarness, startMeasured } from '../../support/http/measured.ts'

const REQUESTS = 'crossings_http_requests_total'
const DURATION = 'crossings_http_request_duration_seconds'

let api: MeasuredHarness
beforeEach(async () => {
  api = await startMeasured()
})
afterEach(() => api.close())

/** What a raw request makes of the counter. */
async function countedRaw(bytes: string): Promise<Record<string, number>> {
  await exchangeRaw(api.port, bytes)
  return await api.values(REQUESTS)
}

describe('each request is counted once, under the pattern of its route,', () => {
  test.for([
    ['GET', '/v1/totals?period=2024', 'GET /v1/totals 200'],
    ['HEAD', '/v1/totals?period=2024', 'HEAD /v1/totals 200'],
    ['GET', '/v1/totals?nonsense=1', 'GET /v1/totals 400'],
    ['GET', '/v1/observations/1', 'GET /v1/observations/:id 200'],
    ['GET', '/v1/observations/2?x=1', 'GET /v1/observations/:id 400'],
    ['POST', '/v1/observations', 'POST /v1/observations 401'],
    ['GET', '/v1/observations?limit=all&format=ndjson', 'GET /v1/observations 200'],
    ['GET', '/health/live', 'GET /health/live 200'],
    ['GET', '/assets/page.css', 'GET /assets/page.css 200'],
    ['GET', '/v1/nowhere', 'GET unmatched 404'],
    ['GET', '/v1/totals/', 'GET unmatched 404'],
    ['DELETE', '/v1/totals', 'DELETE unmatched 405'],
    ['OPTIONS', '/v1/totals', 'OPTIONS unmatched 204'],
    ['PROPFIND', '/v1/totals', 'other unmatched 405'],
    ['GET', '/%', 'GET unmatched 400'],
    ['GET', '/v1/totals?period=%', 'GET /v1/totals 400'],
  ] as const)('%s %s', async ([method, target, counted]) => {
    const bytes = `${method} ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`
    expect(await countedRaw(bytes)).toEqual({ [counted]: 1 })
    const [, route = ''] = counted.split(' ')
    expect(await api.values(`${DURATION}_count`)).toEqual({ [route]: 1 })
    expect(await api.values(`${DURATION}_bucket`)).toMatchObject({ [`+Inf ${route}`]: 1 })
  })

  test('cached and not modified responses too, which are sent past the framework', async () => {
    const target = '/v1/totals?period=2023'
    const { headers } = await api.get(target)
    await api.get(target)
    await api.get(target)
    await api.get(target, { 'if-none-match': headers.etag ?? '' })
    expect(await api.values(REQUESTS)).toEqual({ 'GET /v1/totals 200': 3, 'GET /v1/totals 304': 1 })
    expect(await api.values(`${DURATION}_count`)).toEqual({ '/v1/totals': 4 })
  })

  test('one that names no host, and one that expects what is not done', async () => {
    await exchangeRaw(api.port, 'GET /v1 HTTP/1.1\r\n\r\n')
    const bytes = 'GET /v1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: tea\r\n\r\n'
    expect(await countedRaw(bytes)).toEqual({ 'GET /v1 400': 1, 'GET unmatched 417': 1 })
  })

  test.for([
    ['no HTTP', 'NONSENSE\r\n\r\n', 'none malformed 400'],
    ['too large a head', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 'none malformed 431'],
  ] as const)('%s', async ([, bytes, counted]) => {
    expect(await countedRaw(bytes)).toEqual({ [counted]: 1 })
  })

  test('one whose body cannot be read', async () => {
    const head = 'POST /v1/imports HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n'
    const counted = await countedRaw(`${head}no chunk\r\n`)
    expect(Object.entries(counted)).toEqual([[expect.stringMatching(/^POST \/v1\/imports /), 1]])
  })

  test('one whose client leaves before there is an answer', async () => {
    const socket = connect(api.port, '127.0.0.1')
    const arrived = once(api.app.server, 'request')
    socket.write(
      'POST /v1/imports HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: 9\r\n\r\n',
    )
    await arrived
    socket.destroy()
    const counted = await api.values(REQUESTS)
    expect(Object.values(counted)).toEqual([1])
    expect(Object.keys(counted)[0]).toMatch(/^POST \/v1\/imports (none|401)$/)
  })
})

test('any number of made-up addresses is one series', async () => {
  const targets = Array.from({ length: 1_000 }, (_, index) => `/${index.toString(36)}x/${index}`)
  const bytes = targets.map((target) => `GET ${target} HTTP/1.1\r\nhost: x\r\n\r\n`).join('')
  const text = await exchangeRaw(
    api.port,
    `${bytes}GET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
  )
  expect(text.match(/HTTP\/1\.1 404/g)).toHaveLength(1_001)
  expect(await api.values(REQUESTS)).toEqual({ 'GET unmatched 404': 1_001 })
  expect(Object.keys(await api.values(`${DURATION}_count`))).toEqual(['unmatched'])
})

test('requests in progress are counted', async () => {
  const socket = connect(api.port, '127.0.0.1')
  socket.write('GET /v1/changes/stream HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(socket, 'data')
  expect(await api.inFlight()).toBe(1)
  socket.destroy()
  while ((await api.inFlight()) > 0) await setTimeout(5)
  expect(await api.values(REQUESTS)).toEqual({ 'GET /v1/changes/stream 200': 1 })
})

test('what waited behind another answer on a connection that ended is over with it', async () => {
  const socket = connect(api.port, '127.0.0.1')
  const both = new Promise<void>((resolve) => {
    let requests = 0
    api.app.server.on('request', () => {
      requests += 1
      if (requests === 2) resolve()
    })
  })
  socket.write('GET /v1/changes/stream HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(socket, 'data')
  socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n')
  await both
  socket.destroy()
  while ((await api.inFlight()) > 0) await setTimeout(5)
  expect(Object.entries(await api.values(REQUESTS)).sort()).toEqual([
    [expect.stringMatching(/^GET \/health\/live /), 1],
    ['GET /v1/changes/stream 200', 1],
  ])
})
