import { once } from 'node:events'
import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { formatDay, toDay } from '../../../src/domain/calendar.ts'
import { type AppOptions, buildApp } from '../../../src/http/app.ts'
import type { QueueState } from '../../../src/http/limits/answer-queue.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { exchangeRaw, PRESENT } from '../../support/http/harness.ts'
import { publication } from '../../support/http/records.ts'

const now = () => PRESENT

/** So few milliseconds that any turn is too long, however quick the machine. */
const IMPATIENT = 0.001

async function seeds(): Promise<Store> {
  const store = await openStore({ url: 'file::memory:', now })
  await store.addMissing(readSeeds())
  return store
}

async function seeded(
  maxDelayMs: number,
  {
    log = [],
    logLevel = 'info',
    rateLimit = 0,
    store,
  }: { log?: string[]; logLevel?: string; rateLimit?: number; store?: Store } = {},
) {
  const logTo = { write: (line: string) => log.push(line) }
  return await buildApp({ store: store ?? (await seeds()), now, logLevel, logTo, maxDelayMs, rateLimit })
}

/** So many different questions. */
const questions = (amount: number) =>
  Array.from(
    { length: amount },
    (_, index) =>
      `/v1/totals?from=${1990 + (index % 30)}&to=2024-01-${String((index % 31) + 1).padStart(2, '0')}`,
  )

/** So many of them at once. */
const burst = (app: FastifyInstance, amount: number) =>
  Promise.all(questions(amount).map((target) => app.inject(target)))

/** Requests that come at once on one connection, which ends with the last. */
function pipelined(targets: readonly string[], method = 'GET'): string {
  return targets
    .map((target, index) => {
      const last = index === targets.length - 1 ? 'connection: close\r\n' : ''
      return `${method} ${target} HTTP/1.1\r\nhost: x\r\n${last}\r\n`
    })
    .join('')
}

function answersIn(text: string): string[] {
  return text.split(/(?=HTTP\/1\.1 \d{3} )/)
}

function statusesIn(text: string): number[] {
  return answersIn(text).map((answer) => Number(answer.slice(9, 12)))
}

/** What the framework says to who is turned away. */
async function refusedOrdinarily() {
  const app = await seeded(IMPATIENT)
  const refused = (await burst(app, 300)).find(({ statusCode }) => statusCode === 503)
  await app.close()
  if (refused === undefined) throw new Error('nobody was turned away')
  return refused
}

describe('under more load than it can take', () => {
  test('the surplus gets a 503 at once and is not logged, the rest its answer, and then all is well', async () => {
    const log: string[] = []
    const app = await seeded(IMPATIENT, { log })
    const kept = await app.inject('/v1/borders')
    await setImmediate()
    const [answers, again, alive, written] = await Promise.all([
      burst(app, 300),
      app.inject('/v1/borders'),
      app.inject('/health/ready'),
      app.inject({ method: 'POST', url: '/v1/sources', payload: {} }),
    ])
    const refused = answers.filter(({ statusCode }) => statusCode === 503)
    expect(answers.filter(({ statusCode }) => statusCode === 200).length + refused.length).toBe(300)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThanOrEqual(300 - 32)
    for (const { headers, body } of refused) {
      expect(headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' })
      expect(JSON.parse(body)).toMatchObject({ type: '/problems/service-unavailable' })
      expect(JSON.parse(body)).not.toHaveProperty('request_id')
    }
    expect(again.statusCode).toBe(200)
    expect(again.body).toBe(kept.body)
    expect(alive.statusCode).toBe(200)
    expect(written.statusCode).toBe(401)
    expect(log.filter((line) => line.includes('request failed'))).toEqual([])
    await setImmediate()
    expect((await app.inject('/v1/totals?period=2023')).statusCode).toBe(200)
    await app.close()
  })

  test('the surplus is turned away in front of the framework too, in the same words', async () => {
    const app = await seeded(IMPATIENT, { logLevel: 'silent' })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const targets = [...questions(300), '/health/ready?', '/v1/totals/']
    const text = await exchangeRaw(port, pipelined(targets))
    const [answers, ordinary] = [answersIn(text), await refusedOrdinarily()]
    expect(answers).toHaveLength(302)
    const refused = answers.filter((answer) => answer.startsWith('HTTP/1.1 503 '))
    const given = answers.filter((answer) => answer.startsWith('HTTP/1.1 200 '))
    expect(given.length).toBeGreaterThanOrEqual(32 + 1)
    expect(refused.length).toBeGreaterThan(0)
    expect(answers.at(-2)).toMatch(/^HTTP\/1\.1 200 /)
    for (const answer of refused) {
      for (const [name, value] of Object.entries(ordinary.headers))
        if (!['connection', 'date'].includes(name)) expect(answer).toContain(`${name}: ${value}\r\n`)
      expect(answer.endsWith(`\r\n\r\n${ordinary.body}`)).toBe(true)
    }
    await app.close()
  })

  test('cached responses are sent even then, also after a write, and so is health', async () => {
    const store = await seeds()
    const app = await seeded(IMPATIENT, { logLevel: 'silent', store })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const kept = ['/v1/totals?period=2024', '/v1/borders?as_of=1']
    await exchangeRaw(port, pipelined(kept))
    const asked = [...kept, '/v1/totals?_=1&period=2024', 'http://x/health/live', '/health/%72eady']
    const late = await exchangeRaw(port, pipelined([...questions(300), ...asked]))
    expect(late).toMatch(/HTTP\/1\.1 503 /)
    expect(statusesIn(late).slice(-asked.length)).toEqual([200, 200, 200, 200, 200])
    await store.addMissing({ ...readSeeds(), sources: [publication({ id: 'new' })], observations: [] })
    const written = await exchangeRaw(port, pipelined([...questions(300), '/v1/borders?as_of=1']))
    expect(statusesIn(written).slice(-2)).toEqual([503, 200])
    await app.close()
  })

  test('a 429 names the limit, and a 503 the quota that is left', async () => {
    const app = await seeded(IMPATIENT, { logLevel: 'silent', rateLimit: 200 })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const answers = answersIn(await exchangeRaw(port, pipelined(questions(300))))
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 503 ')).length).toBeGreaterThan(0)
    expect(answers.slice(200).every((answer) => answer.startsWith('HTTP/1.1 429 '))).toBe(true)
    for (const answer of answers) expect(answer).toMatch(/^ratelimit: "requests";r=\d+;t=\d+\r$/m)
    await app.close()
  })

  test('sends no body for a HEAD', async () => {
    const app = await seeded(IMPATIENT, { logLevel: 'silent' })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const text = await exchangeRaw(port, pipelined(questions(300), 'HEAD'))
    expect(text.match(/^HTTP\/1\.1 503 /gm)?.length).toBeGreaterThan(0)
    expect(text).not.toContain('"type"')
    await app.close()
  })

  test('32 at once are answered, however slow', async () => {
    const app = await seeded(IMPATIENT)
    expect((await burst(app, 32)).map(({ statusCode }) => statusCode)).toEqual(
      Array.from({ length: 32 }, () => 200),
    )
    await app.close()
  })

  test('sheds nothing where that is switched off', async () => {
    const app = await seeded(0)
    expect((await burst(app, 300)).every(({ statusCode }) => statusCode === 200)).toBe(true)
    await app.close()
  })
})

/** A server over the seeds whose queue can be read. */
async function served(options: Partial<AppOptions> = {}) {
  const store = await seeds()
  let state: () => QueueState = () => {
    throw new Error('the queue was not announced')
  }
  let reconciled = 0
  const app = await buildApp({
    store,
    now,
    logLevel: 'silent',
    ...options,
    measure: () => ({
      cache: { onStats: () => undefined, onRoute: () => undefined, onResult: () => undefined },
      queue: {
        onShed: () => undefined,
        onQueue(read) {
          state = read
        },
      },
      reconciled() {
        reconciled += 1
        for (const request of leaving.splice(0)) request.destroy()
      },
    }),
  })
  const leaving: ClientRequest[] = []
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const asked: ClientRequest[] = []
  onTestFinished(async () => {
    // The server would wait for a download that nobody reads.
    for (const request of asked) request.destroy()
    await app.close()
    await store.close()
  })
  const ask = (path: string, localAddress = '127.0.0.1') => {
    const request = get({ host: '127.0.0.1', port, path, localAddress, agent: false })
    asked.push(request.on('error', () => undefined))
    return request
  }
  const statusOf = async (path: string, localAddress?: string) => {
    const [response] = (await once(ask(path, localAddress), 'response')) as [IncomingMessage]
    response.resume()
    await once(response, 'end')
    return response
  }
  return { ask, statusOf, leaving, state: () => state(), reconciled: () => reconciled }
}

test('limits the CPU time of one client, and neither cached responses nor other clients', async () => {
  const { statusOf } = await served({ cpuLimitMs: 1 })
  const cached = '/v1/totals?period=2024'
  expect((await statusOf(cached)).statusCode).toBe(200)
  const refused = await statusOf('/v1/totals?period=2023')
  expect(refused.statusCode).toBe(429)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect((await statusOf(cached)).statusCode).toBe(200)
  expect((await statusOf('/health/ready')).statusCode).toBe(200)
  expect((await statusOf('/v1/totals?period=2023', '127.0.0.2')).statusCode).toBe(200)
})

test('does not begin to compute answers for clients that have left', async () => {
  const { ask, leaving, state, reconciled } = await served()
  const days = Array.from({ length: 200 }, (_, index) => formatDay(toDay('2024-06-01') + index))
  for (const day of days) leaving.push(ask(`/v1/totals?published_until=${day}`))
  const closed = Promise.all(
    leaving.map((request) => new Promise((resolve) => request.once('close', resolve))),
  )
  await closed
  while (state().running.data > 0 || state().pending.data > 0) await setImmediate()
  // Each answer rests on four series, of which those of the clients that left are never read.
  expect(reconciled()).toBeGreaterThan(0)
  expect(reconciled()).toBeLessThan(2 * days.length)
})

test('bounds the open downloads of one client, and of no other', async () => {
  const { ask, statusOf, state } = await served()
  const path = (year: number) => `/v1/series?interval=day&from=000${year}&to=2024&format=csv&limit=all`
  const slow: ClientRequest[] = []
  while (slow.length < 6) {
    const request = ask(path(slow.length + 1))
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    // On a busy machine one may have to wait too long for its turn.
    if (response.pause().statusCode === 200) slow.push(request)
    else request.destroy()
  }
  expect(state().running.downloads).toBe(6)
  // Until none of them has room for more.
  while (state().turns > 0) await setImmediate()
  const refused = await statusOf(path(7))
  expect(refused.statusCode).toBe(503)
  expect(refused.headers['content-type']).toMatch(/problem/)
  expect(refused.headers.etag).toBeUndefined()
  expect((await statusOf('/v1/totals?period=2021')).statusCode).toBe(200)
  expect((await statusOf('/v1/borders?format=csv', '127.0.0.2')).statusCode).toBe(200)
  slow[0]?.destroy()
  while (state().running.downloads > 5) await setImmediate()
  expect((await statusOf('/v1/borders?format=csv')).statusCode).toBe(200)
  for (const request of slow) request.destroy()
  while (state().running.downloads > 0) await setImmediate()
})

test('gives the answer that one client began and left to those that wait for it', async () => {
  const { ask, statusOf, reconciled } = await served()
  const path = '/v1/totals?published_until=2024-12-31'
  const first = ask(path)
  const others = Array.from({ length: 5 }, (_, index) => statusOf(path, `127.0.0.${index + 2}`))
  await once(first, 'finish')
  first.destroy()
  for (const { statusCode } of await Promise.all(others)) expect(statusCode).toBe(200)
  expect(reconciled()).toBe(1)
})
