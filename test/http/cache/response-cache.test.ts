import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Total } from '../../../src/domain/totals.ts'
import { buildApp } from '../../../src/http/app.ts'
import { openStore } from '../../../src/store/store.ts'
import { closeWithTest } from '../../support/close-with-test.ts'
import { type Harness, type Headers, type List, startApp } from '../../support/http/harness.ts'
import {
  addressOf,
  borderQuestion,
  evidenceQuestion,
  interval,
  windowQuestion,
} from '../../support/http/questions.ts'
import { askPlainly } from '../../support/http/raw-get.ts'
import { figure, publication } from '../../support/http/records.ts'
import { folderForAll } from '../../support/store/scratch.ts'

const KEPT = [
  '/v1/totals?period=2024',
  '/v1/series?period=2024&format=csv',
  '/v1/observations?limit=5',
  '/v1/conflicts',
  '/v1/borders',
  '/v1',
  '/?period=2024',
  '/embed?period=2024',
  '/v1/charts/totals.svg?period=2024',
]

const url = `file:${folderForAll()}/crossings.sqlite`
let api: Harness
beforeAll(async () => {
  api = await startApp({ url })
})
afterAll(async () => {
  await api.close()
})

/** Records one more figure through a store of its own, as another process would. */
async function recordElsewhere(count: number): Promise<void> {
  const store = await openStore({ url, now: () => '2026-06-01T12:00:00.000Z' })
  const id = `elsewhere-${randomUUID()}`
  await store.addMissing({
    indicators: [],
    borders: [],
    events: [],
    sources: [publication({ id, kind: 'official', origin: 'Someone', published_on: '2026-05-01' })],
    observations: [
      figure({ source: id, country: 'LV', period_start: '2019-01-01', period_end: '2019-01-31', count }),
    ],
  })
  await store.close()
}

/** An answer as it goes over the wire, and its text. */
async function ask(target: string, headers: Headers = {}, method: 'GET' | 'HEAD' = 'GET') {
  const { status, headers: received, bytes } = await askPlainly(api.port, target, headers, method)
  const decode = { br: brotliDecompressSync, gzip: gunzipSync }[received['content-encoding'] ?? '']
  return { status, bytes, headers: received, text: (decode === undefined ? bytes : decode(bytes)).toString() }
}

describe('an answer of a version', () => {
  test.each(KEPT)(
    '%s is a 304 for a matching ETag, with the headers that caches need, and no body',
    async (target) => {
      const first = await ask(target)
      const { etag = '' } = first.headers
      expect(etag).toMatch(/^W\/"[\w-]+"$/)
      for (const known of [etag, etag.slice(2), `"other", ${etag}`, ` ${etag} `, '*']) {
        for (const method of ['GET', 'HEAD'] as const) {
          const { status, headers, bytes } = await ask(target, { 'if-none-match': known }, method)
          expect([status, bytes.length], `${method} ${known}`).toEqual([304, 0])
          for (const name of ['etag', 'vary', 'cache-control'])
            expect(headers[name], name).toBe(first.headers[name])
        }
      }
      expect((await ask(target, { 'if-none-match': 'W/"other"' })).status).toBe(200)
    },
  )

  test.each(KEPT)('%s says what it varies with, and is the same however it is compressed', async (target) => {
    const plain = await ask(target)
    expect(plain.headers.vary).toMatch(/^Accept(-Language)?, Accept-Encoding$/)
    for (const encoding of ['br', 'gzip', 'gzip;q=0.5, br;q=0', 'identity']) {
      const answer = await ask(target, { 'accept-encoding': encoding })
      expect(answer.headers.vary).toBe(plain.headers.vary)
      expect(answer.headers.etag).toBe(plain.headers.etag)
      expect(answer.text).toBe(plain.text)
    }
  })

  test('has another tag in another format, in another language, and for another question', async () => {
    const tagOf = async (target: string, headers?: Record<string, string>) =>
      (await ask(target, headers)).headers.etag
    const tags = [
      await tagOf('/v1/totals?period=2024'),
      await tagOf('/v1/totals?period=2024', { accept: 'text/csv' }),
      await tagOf('/v1/totals?period=2023'),
      await tagOf('/'),
      await tagOf('/', { 'accept-language': 'pl' }),
    ]
    expect(new Set(tags).size).toBe(tags.length)
    expect((await ask('/v1/totals?period=2024', { accept: 'text/csv' })).text).toMatch(/^border,/)
    expect((await ask('/', { 'accept-language': 'pl' })).text).toContain('lang="pl"')
  })

  test('is the same whatever a spreadsheet adds to defeat caches', async () => {
    const first = await ask('/v1/totals?period=2024&_=1')
    const second = await ask('/v1/totals?_=2&period=2024')
    expect(second.headers.etag).toBe((await ask('/v1/totals?period=2024')).headers.etag)
    expect(first.text).toBe(second.text)
  })

  test('stays for good where a version is named, and for a while where none is', async () => {
    expect((await ask('/v1/totals?as_of=1')).headers['cache-control']).toMatch(/immutable/)
    const present = (await ask('/v1/totals')).headers['cache-control']
    for (const part of ['public', 'max-age=', 'stale-while-revalidate=', 'stale-if-error='])
      expect(present).toContain(part)
  })

  test('of a version named keeps its tag when more is recorded', async () => {
    const { etag = '' } = (await ask('/v1/totals?as_of=1')).headers
    await recordElsewhere(1)
    expect((await ask('/v1/totals?as_of=1', { 'if-none-match': etag })).status).toBe(304)
    expect((await ask('/v1/totals?as_of=1')).headers.etag).toBe(etag)
  })

  test('is no 304 for a problem, nor for methods other than GET and HEAD', async () => {
    for (const target of ['/v1/totals?country=XX', '/v1/totals?as_of=999', '/v1/nothing']) {
      const { status, headers } = await ask(target, { 'if-none-match': '*' })
      expect([400, 404]).toContain(status)
      expect(headers.etag).toBeUndefined()
    }
    expect((await api.send('POST', '/v1/totals', { 'if-none-match': '*' })).status).toBe(405)
  })

  test('of a whole list that is streamed has a tag too', async () => {
    const target = '/v1/observations?format=csv&limit=all'
    const { headers, text } = await ask(target)
    expect((await ask(target, { 'if-none-match': headers.etag ?? '' })).status).toBe(304)
    const zipped = await ask(target, { 'accept-encoding': 'gzip' })
    expect(zipped.headers['content-encoding']).toBe('gzip')
    expect(zipped.text).toBe(text)
  })
})

describe('cached responses', () => {
  test('are never older than the last write, of this process or another, with or without a tag', async () => {
    const target = '/v1/totals?country=LV&period=2019-01'
    let stale = 0
    await recordElsewhere(99)
    for (let count = 100; count < 150; count++) {
      const before = await ask(target)
      const {
        data: [row],
        meta,
      }: List<Total> = JSON.parse(before.text)
      await recordElsewhere(count)
      const encoding = count % 2 === 0 ? { 'accept-encoding': 'br' } : {}
      const { text } = await ask(target, { 'if-none-match': before.headers.etag ?? '', ...encoding })
      const now: List<Total> = JSON.parse(text)
      const isNew =
        now.meta.version === meta.version + 1 && now.data[0]?.conflicts === (row?.conflicts ?? 0) + 1
      if (!isNew) stale += 1
    }
    expect(stale).toBe(0)
  })

  test('are, byte for byte, those that are made without keeping any', async () => {
    const store = await openStore({ url, now: () => '2026-06-01T12:00:00.000Z' })
    const app = await buildApp({
      store,
      now: () => '2026-06-01T12:00:00.000Z',
      logLevel: 'silent',
      keptBytes: 0,
    })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/v1/totals', '/v1/series', '/v1/observations'),
        windowQuestion,
        borderQuestion,
        evidenceQuestion,
        interval,
        fc.constantFrom('json', 'csv', 'ndjson'),
        async (path, window, borders, evidence, length, format) => {
          const asked = addressOf(
            path,
            window,
            borders,
            evidence,
            { format },
            path === '/v1/series' ? { interval: length } : {},
          )
          const answers = [await ask(asked), await ask(asked), await ask(asked)]
          const anew = await app.inject(asked)
          for (const { text, headers } of answers) {
            expect(text).toBe(anew.body)
            for (const name of ['etag', 'link', 'vary', 'cache-control', 'content-type', 'content-length'])
              expect(String(headers[name]), name).toBe(String(anew.headers[name]))
          }
        },
      ),
      { numRuns: 40 },
    )
    await app.close()
    await store.close()
  })

  test('are computed once for concurrent requests', async () => {
    const store = await openStore({ url: 'file::memory:', now: () => '2026-06-01T12:00:00.000Z' })
    let reads = 0
    const counted = {
      ...store,
      seriesExtents: (...asked: Parameters<typeof store.seriesExtents>) => {
        reads += 1
        return store.seriesExtents(...asked)
      },
    }
    const app = await buildApp({ store: counted, now: () => '2026-06-01T12:00:00.000Z', logLevel: 'silent' })
    await app.inject('/v1/borders?limit=2')
    const readsOfOne = reads
    reads = 0
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.inject('/v1/borders?limit=3')))
    expect(reads).toBe(readsOfOne)
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
    expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true)
    await app.close()
    await store.close()
  })

  test('do not wait for clients that disconnected', async () => {
    const store = await openStore({ url: 'file::memory:', now: () => '2026-06-01T12:00:00.000Z' })
    const slow = {
      ...store,
      async currentVersion() {
        await setTimeout(50)
        return await store.currentVersion()
      },
    }
    const app = await buildApp({ store: slow, now: () => '2026-06-01T12:00:00.000Z', logLevel: 'silent' })
    const close = closeWithTest(() => app.close().finally(store.close))
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    for (const delayMs of [1, 20, 45, 60, 110]) {
      const left = fetch(`http://127.0.0.1:${port}/v1/borders`, { signal: AbortSignal.timeout(delayMs) })
      await left.catch(() => undefined)
      const { status } = await fetch(`http://127.0.0.1:${port}/v1/borders`)
      expect(status, `left after ${delayMs} ms`).toBe(200)
    }
    await close()
  })

  test('do not wait for requests that were rejected', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('/v1/totals?country=XX')))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 400))
  })

  test('are those of the page too, with its policy', async () => {
    const [first, second] = [await ask('/?period=2023'), await ask('/?period=2023')]
    expect(second.headers['content-security-policy']).toBe(first.headers['content-security-policy'])
    expect(second.text).toBe(first.text)
    expect((await ask('/?period=2022')).text).not.toBe(first.text)
  })
})

test('a HEAD that a client has already is a 304, whether or not its answer is cached', async () => {
  const { app, close } = await startApp()
  closeWithTest(close)
  for (const target of ['/v1/indicators', '/v1/observations?format=csv', '/']) {
    for (let time = 0; time < 2; time++) {
      const headers = { 'if-none-match': '*' }
      const { statusCode, body } = await app.inject({ method: 'HEAD', url: target, headers })
      expect({ target, statusCode, body }).toEqual({ target, statusCode: 304, body: '' })
    }
  }
})
