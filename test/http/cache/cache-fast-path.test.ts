import { IncomingMessage, ServerResponse } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { type AppOptions, buildApp } from '../../../src/http/app.ts'
import { cacheFastPath } from '../../../src/http/cache/cache-fast-path.ts'
import { toCachedResponse } from '../../../src/http/cache/cached-response.ts'
import { UNLIMITED } from '../../../src/http/limits/rate-limit.ts'
import { openStore } from '../../../src/store/store.ts'
import { exchangeRaw, type Headers, PRESENT } from '../../support/http/harness.ts'
import { askPlainly } from '../../support/http/raw-get.ts'
import { figure, publication } from '../../support/http/records.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const TARGET = '/v1/totals?period=2024'

/** Serves the seeds from a file, and counts what comes to the framework. */
async function startCounting(options: Partial<AppOptions> = {}) {
  const now = () => PRESENT
  const store = await openStore({ url: `file:${scratchFolder()}/crossings.sqlite`, now })
  await store.addMissing(readSeeds())
  let routed = 0
  const app = await buildApp({
    store,
    now,
    logLevel: 'silent',
    measure(app) {
      app.addHook('onRequest', async () => {
        routed += 1
      })
      const ignore = () => undefined
      return {
        cache: { onStats: ignore, onRoute: ignore, onResult: ignore },
        queue: { onQueue: ignore, onShed: ignore },
        reconciled: ignore,
      }
    },
    ...options,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  onTestFinished(async () => {
    await app.close()
    await store.close()
  })
  const ask = (target = TARGET, headers?: Headers, method?: string) =>
    askPlainly(port, target, headers, method)
  /** How many requests came to the framework while something was done. */
  const routedDuring = async (work: () => Promise<unknown>) => {
    const before = routed
    await work()
    return routed - before
  }
  return { app, store, port, ask, routedDuring }
}

const withoutDate = ({ headers, ...answer }: Awaited<ReturnType<typeof askPlainly>>) => {
  const { date: _, ...others } = headers
  return { ...answer, headers: others }
}

test('the very same question is answered the very same, and past the framework', async () => {
  const { ask, routedDuring } = await startCounting()
  for (const headers of [{}, { accept: 'text/csv' }, { 'accept-encoding': 'br' }]) {
    for (const method of ['GET', 'HEAD']) {
      const [first] = [await ask(TARGET, headers, method), await ask(TARGET, headers, method)]
      const again: (typeof first)[] = []
      const came = await routedDuring(async () => again.push(await ask(TARGET, headers, method)))
      expect(came).toBe(0)
      expect(again.map(withoutDate)).toEqual([withoutDate(first)])
      expect(first.bytes.length > 0).toBe(method === 'GET')
    }
  }
})

test('a conditional request is answered past the framework, with the same headers', async () => {
  const { ask, routedDuring } = await startCounting()
  const { headers } = await ask()
  const known = { 'if-none-match': headers.etag ?? '' }
  const first = await ask(TARGET, known)
  await ask()
  let again = first
  const came = await routedDuring(async () => {
    again = await ask(TARGET, known)
  })
  expect(came).toBe(0)
  expect(first.status).toBe(304)
  expect(withoutDate(again)).toEqual(withoutDate(first))
})

test('another question comes to the framework, be it but another format, language or address', async () => {
  const { ask, routedDuring } = await startCounting()
  for (let time = 0; time < 3; time++) await ask()
  for (const [target, headers] of [
    [`${TARGET}&`, {}],
    [`http://x${TARGET}`, {}],
    ['/v1/totals?period=2023', {}],
    [TARGET, { accept: 'text/csv' }],
    [TARGET, { 'accept-language': 'pl' }],
  ] as const)
    expect(await routedDuring(() => ask(target, headers)), target).toBe(1)
})

test('the same question with what defeats caches is the same question', async () => {
  const { ask, routedDuring } = await startCounting()
  await ask(`${TARGET}&_=1`)
  const target = TARGET.replace('?', '?_=2&')
  expect(await routedDuring(() => ask(target))).toBe(0)
  expect((await ask(target)).bytes).toEqual((await ask()).bytes)
})

test('no number of headers makes an answer that of another question', async () => {
  const { ask, port } = await startCounting()
  const many = 'a:\r\n'.repeat(990)
  const request = (target: string) =>
    `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${many}accept: text/csv\r\n\r\n`
  for (let time = 0; time < 3; time++) await exchangeRaw(port, request(TARGET))
  expect((await ask(TARGET, { accept: 'text/csv' })).headers['content-type']).toMatch(/^text\/csv/)
})

test('after a write the question is new', async () => {
  const { store, ask, routedDuring } = await startCounting()
  for (let time = 0; time < 3; time++) await ask()
  await store.addMissing({
    indicators: [],
    borders: [],
    events: [],
    sources: [publication({ id: 'new' })],
    observations: [figure({ source: 'new', period_start: '2024-02-01', period_end: '2024-02-03', count: 7 })],
  })
  let text = ''
  const came = await routedDuring(async () => {
    text = (await ask()).bytes.toString()
  })
  expect(came).toBe(1)
  expect(JSON.parse(text).meta.version).toBe((await store.currentVersion()).version)
})

test.each([
  ['two hosts', 'host: x\r\nhost: y\r\n', 400],
  ['no host', '', 400],
  ['a body', 'host: x\r\ncontent-type: text/plain\r\ncontent-length: 1\r\n', 200],
])('a request with %s is treated as ever, whatever was answered before', async (_, headers, status) => {
  const { ask, port, routedDuring } = await startCounting()
  for (let time = 0; time < 3; time++) await ask()
  let text = ''
  const came = await routedDuring(async () => {
    text = await exchangeRaw(port, `GET ${TARGET} HTTP/1.1\r\n${headers}connection: close\r\n\r\nx`)
  })
  expect(came).toBe(1)
  expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
})

test('the limit of requests holds for the same question too', async () => {
  const { ask } = await startCounting({ rateLimit: 5 })
  const answers = []
  for (let time = 0; time < 7; time++) answers.push(await ask())
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429])
  const left = answers.map(({ headers }) => /r=(\d+)/.exec(headers.ratelimit ?? '')?.[1])
  expect(left).toEqual(['4', '3', '2', '1', '0', '0', '0'])
})

test('where each request is logged, each comes to the framework', async () => {
  const lines: string[] = []
  const { ask, routedDuring } = await startCounting({
    logLevel: 'info',
    logTo: { write: (line) => lines.push(line) },
  })
  expect(
    await routedDuring(async () => {
      for (let time = 0; time < 4; time++) await ask()
    }),
  ).toBe(4)
  expect(lines.filter((line) => line.includes('request completed'))).toHaveLength(4)
})

test('without cached responses each request comes to the framework', async () => {
  const { ask, routedDuring } = await startCounting({ keptBytes: 0 })
  expect(
    await routedDuring(async () => {
      for (let time = 0; time < 4; time++) await ask()
    }),
  ).toBe(4)
})

/** Whether what was answered is answered again, when this has become of the server and of the data meanwhile. */
async function isAnsweredAgain(
  target: string,
  { version = 7, recorded_at = '2024-11-15T00:00:00.000Z', isUncommitted = false, isClosing = false } = {},
): Promise<boolean> {
  const again = cacheFastPath({
    store: { currentVersion: async () => ({ version, recorded_at }), isUncommitted: () => isUncommitted },
    lookup: () => toCachedResponse({}, Buffer.from('{}')),
    limits: UNLIMITED,
    closing: { isClosing: () => isClosing, trackUntilSent: () => undefined, onRefusal: () => undefined },
    sendCached: async () => undefined,
  })
  const request = Object.assign(new IncomingMessage(new Socket()), {
    method: 'GET',
    url: target,
    httpVersion: '1.1',
    rawHeaders: ['host', 'x'],
  })
  const current = { version: 7, recorded_at: '2024-11-15T00:00:00.000Z' }
  again.index({ raw: request, originalUrl: target }, { key: 'kept', current, route: '/v1/totals' })
  return await again.handle(request, new ServerResponse(request), { host: 'x' })
}

test.for([
  ['nothing has changed', {}, true],
  ['there is a newer version', { version: 8 }, false],
  ['the newest version was dated anew', { recorded_at: '2024-11-15T00:00:01.000Z' }, false],
  ['a write is under way on the connection that is read from', { isUncommitted: true }, false],
  ['the server is closing', { isClosing: true }, false],
] as const)('the same question when %s: answered past the framework', async ([, meanwhile, expected]) => {
  expect(await isAnsweredAgain(TARGET, meanwhile)).toBe(expected)
})

test('request keys are indexed up to a length that keeps the index small', async () => {
  const long = (length: number) => `/${'x'.repeat(length)}`
  expect(await isAnsweredAgain(long(900))).toBe(true)
  expect(await isAnsweredAgain(long(1_000))).toBe(false)
})
