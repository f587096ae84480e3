import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { describe, expect, test } from 'vitest'
import { buildApp } from '../../../src/http/app.ts'
import { rateLimiter } from '../../../src/http/limits/rate-limit.ts'
import { openStore } from '../../../src/store/store.ts'
import { PRESENT } from '../../support/http/harness.ts'

const LIMIT = 5

/** An app that lets each client ask five times a minute, and a key that may write. */
async function limited(options: { trustedProxies?: string[] } = {}) {
  const now = () => PRESENT
  const store = await openStore({ url: 'file::memory:', now })
  const key = await store.write({ author: null, reason: null }, (transaction) =>
    transaction.addKey({ name: 'Ana', scope: 'write', expires_at: null }),
  )
  const lookedUp: string[] = []
  const counting = { ...store, keyOf: (text: string) => lookedUp.push(text) && store.keyOf(text) }
  const app = await buildApp({
    store: counting as typeof store,
    now,
    logLevel: 'silent',
    rateLimit: LIMIT,
    ...options,
  })
  const ask = (url: string, remoteAddress = '192.0.2.1', headers: Record<string, string> = {}) =>
    app.inject({ url, remoteAddress, headers })
  const write = (remoteAddress: string, bearer?: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/sources',
      remoteAddress,
      headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
      payload: {},
    })
  return { app, key, ask, write, lookedUp }
}

describe('the limit of requests', () => {
  test('is in the headers of each answer, cached ones and 304s too, and then a 429', async () => {
    const { ask } = await limited()
    const first = await ask('/v1/borders')
    const etag = String(first.headers.etag)
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"requests";q=5;w=60',
      ratelimit: '"requests";r=4;t=60',
    })
    const answers = [
      await ask('/v1/borders'),
      await ask('/v1/borders', '192.0.2.1', { 'if-none-match': etag }),
      await ask('/no/such/path'),
      await ask('/v1/borders?limit=x'),
    ]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 304, 404, 400])
    const left = answers.map(({ headers }) => /r=(\d+)/.exec(String(headers.ratelimit))?.[1])
    expect(left).toEqual(['3', '2', '1', '0'])
    for (const url of ['/v1/borders', '/v1/totals', '/no/such/path']) {
      const refused = await ask(url)
      expect(refused.statusCode).toBe(429)
      expect(refused.headers).toMatchObject({
        'content-type': 'application/problem+json; charset=utf-8',
        'cache-control': 'no-store',
        'retry-after': expect.stringMatching(/^(60|[1-5]?\d)$/),
        ratelimit: expect.stringMatching(/^"requests";r=0;t=(60|[1-5]?\d)$/),
        'access-control-expose-headers': expect.stringContaining('RateLimit'),
      })
      expect(refused.json()).toMatchObject({ type: '/problems/too-many-requests', status: 429 })
    }
  })

  test('counts addresses that cannot be read, too', async () => {
    const { ask } = await limited()
    const unread = ['/%zz', '/%', `/v1/observations/${'1'.repeat(101)}`]
    const answers = [...unread, '/%zz?limit=1', '/v1/borders', '/%zz', '/v1/borders']
    const statuses: number[] = []
    for (const url of answers) statuses.push((await ask(url)).statusCode)
    expect(statuses).toEqual([400, 400, 414, 400, 200, 429, 429])
    const refused = await ask('/%zz')
    expect(refused.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': expect.stringMatching(/^(60|[1-5]?\d)$/),
      ratelimit: expect.stringMatching(/^"requests";r=0;t=(60|[1-5]?\d)$/),
    })
    expect((await ask('/%zz', '192.0.2.2')).statusCode).toBe(400)
  })

  test('is each client’s own', async () => {
    const { ask } = await limited()
    for (let time = 1; time <= LIMIT + 1; time++) await ask('/v1/borders')
    const other = await ask('/v1/borders', '192.0.2.2')
    expect(other.statusCode).toBe(200)
    expect(other.headers.ratelimit).toBe('"requests";r=4;t=60')
    expect((await ask('/v1/borders')).statusCode).toBe(429)
  })

  test('does not hold for what an operator watches it by', async () => {
    const { ask } = await limited()
    for (let time = 1; time <= LIMIT * 2; time++) {
      expect((await ask('/health/ready')).statusCode).toBe(200)
      expect((await ask('/health/live')).headers.ratelimit).toBeUndefined()
    }
  })

  test('cannot be passed by saying that one is another', async () => {
    const { ask } = await limited()
    const spoofed = (time: number) => ({ 'x-forwarded-for': `198.51.100.${time}`, forwarded: `for=${time}` })
    for (let time = 1; time <= LIMIT; time++) await ask('/v1/borders', '192.0.2.1', spoofed(time))
    expect((await ask('/v1/borders', '192.0.2.1', spoofed(99))).statusCode).toBe(429)
  })

  test('is that of the client behind a proxy that is trusted, as the proxy saw it', async () => {
    const { ask } = await limited({ trustedProxies: ['192.0.2.0/24'] })
    const through = (address: string) => ask('/v1/borders', '192.0.2.1', { 'x-forwarded-for': address })
    for (let time = 1; time <= LIMIT; time++) await through(`10.9.9.${time}, 198.51.100.1`)
    expect((await through('10.9.9.9, 198.51.100.1')).statusCode).toBe(429)
    expect((await through('198.51.100.2')).statusCode).toBe(200)
    expect((await ask('/v1/borders', '203.0.113.1', { 'x-forwarded-for': '198.51.100.1' })).statusCode).toBe(
      200,
    )
  })

  test('counts malformed requests to the client behind a trusted proxy', async () => {
    const { ask } = await limited({ trustedProxies: ['192.0.2.0/24'] })
    const through = (url: string, address: string) => ask(url, '192.0.2.1', { 'x-forwarded-for': address })
    for (let time = 1; time <= LIMIT; time++)
      expect((await through('/%zz', '198.51.100.1')).statusCode).toBe(400)
    expect((await through('/%zz', '198.51.100.1')).statusCode).toBe(429)
    expect((await through('/v1/borders', '198.51.100.1')).statusCode).toBe(429)
    expect((await through('/%zz', '198.51.100.2')).statusCode).toBe(400)
  })

  test('of a writer goes with the key, wherever it is used', async () => {
    const { write, key } = await limited()
    for (let time = 1; time <= LIMIT; time++) {
      expect((await write(`192.0.2.${time}`, key)).statusCode).toBe(400)
    }
    expect((await write('192.0.2.99', key)).statusCode).toBe(429)
  })

  test('holds for those without a key, too', async () => {
    const { write } = await limited()
    for (let time = 1; time <= LIMIT; time++) expect((await write('192.0.2.1')).statusCode).toBe(401)
    expect((await write('192.0.2.1')).statusCode).toBe(429)
  })

  test('of wrong keys is 20 a minute, after which none is looked up', async () => {
    const { app, write, key, lookedUp } = await limited()
    for (let time = 1; time <= 20; time++) await write('192.0.2.1', 'bxk_none')
    const before = lookedUp.length
    const refused = await write('192.0.2.1', key)
    expect(refused.statusCode).toBe(429)
    expect(refused.json().detail).toContain('invalid keys')
    expect(lookedUp.length).toBe(before)
    expect((await write('192.0.2.2', key)).statusCode).toBe(400)
    await app.close()
  })
})

/** The hook alone, with a clock of ours. */
function hookOf(perMinute: number, clock: () => number) {
  type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: unknown) => void) => void
  const hooks: Hook[] = []
  rateLimiter({ addHook: (_: string, hook: Hook) => hooks.push(hook) } as unknown as FastifyInstance, {
    perMinute,
    clock,
    clientOf: ({ socket }) => String(socket.remoteAddress),
  })
  const reply = { headers: () => reply } as unknown as FastifyReply
  return (ip: string) => {
    const raw = { socket: { remoteAddress: ip } }
    const request = { raw, headers: {}, routeOptions: { config: {} } } as unknown as FastifyRequest
    const refused: unknown[] = []
    for (const hook of hooks) hook(request, reply, (error) => error !== undefined && refused.push(error))
    return refused.length === 0
  }
}

describe('counting', () => {
  test('is reset a minute after the first request', () => {
    let ms = 0
    const isTaken = hookOf(2, () => ms)
    expect([isTaken('192.0.2.1'), isTaken('192.0.2.1'), isTaken('192.0.2.1')]).toEqual([true, true, false])
    ms = 59_999
    expect(isTaken('192.0.2.1')).toBe(false)
    ms = 60_000
    expect(isTaken('192.0.2.1')).toBe(true)
  })

  test('remembers no more than 100,000 clients', () => {
    const isTaken = hookOf(1, () => 0)
    const addressOf = (number: number) => `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`
    expect([isTaken(addressOf(0)), isTaken(addressOf(0))]).toEqual([true, false])
    for (let number = 1; number < 100_000; number++) isTaken(addressOf(number))
    expect(isTaken(addressOf(0))).toBe(false)
    for (let number = 1; number <= 100_000; number++) isTaken(addressOf(number))
    expect(isTaken(addressOf(0))).toBe(true)
  })

  test('is off with 0', () => {
    const isTaken = hookOf(0, () => 0)
    for (let time = 1; time <= 10_000; time++) expect(isTaken('192.0.2.1')).toBe(true)
  })
})
