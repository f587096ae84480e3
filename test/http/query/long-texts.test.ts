import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../../../src/http/app.ts'
import { openStore } from '../../../src/store/store.ts'
import { PRESENT } from '../../support/http/harness.ts'
import { processorTimeMs } from '../../support/processor-time.ts'

/** More than Node reads of all headers, the address with them, which is 16 KB; here it does not read them. */
const LENGTH = 50_000

/** What is in proportion to its length takes a sixteenth of the time for a sixteenth; a square, a 256th. */
const PART = 16
const MOST_TIMES = 64
/** Less than this cannot be told apart from what others do on the machine. */
const LEAST_MS = 3
const TURNS = 3

let app: Awaited<ReturnType<typeof buildApp>>
let key: string

beforeAll(async () => {
  const now = () => PRESENT
  const store = await openStore({ url: 'file::memory:', now })
  key = await store.write({ author: null, reason: null }, (transaction) =>
    transaction.addKey({ name: 'Ana', scope: 'write', expires_at: null }),
  )
  app = await buildApp({
    store,
    now,
    logLevel: 'silent',
    trustedProxies: ['127.0.0.0/8'],
    rateLimit: 1_000_000,
  })
  await app.ready()
})
afterAll(() => app.close())

/** Texts that keep an expression busy which backtracks: many beginnings of what never comes to its end. */
const NASTY: Readonly<Record<string, string>> = {
  blanks: ' ',
  'blanks after a semicolon': '; ',
  commas: ',',
  semicolons: ';',
  'open quotes': '"',
  'quoted pairs': '\\\\"',
  'open parameters': ';a="',
  equals: ';q==',
  'media types': 'a/b;q=0.1,',
  slashes: '/',
  colons: '::',
  zones: '%%',
  digits: '0',
  'weak tags': 'W/"',
}

type Ask = (text: string) => Promise<{ statusCode: number }>

/** How much of the processor a text takes at the least, in milliseconds, each time a little other, so that nothing is kept of it. */
async function timeOf(ask: Ask, text: string, length: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < TURNS; turn++) {
    const long = `${turn}${text.repeat(Math.ceil(length / text.length)).slice(0, length)}!`
    const usedMs = await processorTimeMs(async () => expect((await ask(long)).statusCode).toBeLessThan(500))
    least = Math.min(least, usedMs)
  }
  return least
}

/** The texts that take longer than in proportion to their length. */
async function slowTexts(ask: Ask): Promise<string[]> {
  const slow: string[] = []
  for (const [name, text] of Object.entries(NASTY)) {
    const shortMs = await timeOf(ask, text, LENGTH / PART)
    const longMs = await timeOf(ask, text, LENGTH)
    if (longMs > MOST_TIMES * Math.max(LEAST_MS, shortMs)) slow.push(`${name}: ${shortMs} and ${longMs} ms`)
  }
  return slow
}

const READ = ['accept', 'accept-encoding', 'accept-language', 'if-none-match', 'x-forwarded-for']
const WRITTEN = ['content-type', 'content-encoding', 'if-match', 'authorization', 'idempotency-key']

test.each(READ)('a long %s takes no longer than in proportion', async (name) => {
  const ask: Ask = (text) => app.inject({ url: '/v1/borders', headers: { [name]: text } })
  expect(await slowTexts(ask)).toEqual([])
})

test.each(WRITTEN)('of a write, a long %s takes no longer than in proportion', async (name) => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const ask: Ask = (text) =>
    app.inject({ method: 'POST', url: '/v1/sources', headers: { ...headers, [name]: text }, payload: '{}' })
  expect(await slowTexts(ask)).toEqual([])
})

test.each([
  ['the path', (text: string) => ({ url: `/v1/observations/${encodeURI(text)}` })],
  ['the query', (text: string) => ({ url: `/v1/totals?${encodeURI(text)}` })],
  ['a value', (text: string) => ({ url: `/v1/totals?source=${encodeURIComponent(text)}` })],
  ['a moment', (text: string) => ({ url: `/v1/totals?as_of=2024-01-01T00:00:${encodeURIComponent(text)}` })],
])('%s takes no longer than in proportion', async (_, requestOf) => {
  expect(await slowTexts((text) => app.inject(requestOf(text)))).toEqual([])
})

test.each([
  ['JSON', 'application/json', (text: string) => `{"title": "${text}`],
  ['names that JSON must not have', 'application/json', (text: string) => `{"__proto__"${text}`],
  ['a table', 'text/csv', (text: string) => `source,count\n"${text}`],
])('%s takes no longer than in proportion', async (_, type, bodyOf) => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': type }
  const url = type === 'text/csv' ? '/v1/imports?dry_run=true' : '/v1/sources'
  const ask: Ask = (text) => app.inject({ method: 'POST', url, headers, payload: bodyOf(text) })
  expect(await slowTexts(ask)).toEqual([])
})
