import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import fastify from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type AppOptions, buildApp } from '../../../src/http/app.ts'
import { canonicalTarget, queryOf } from '../../../src/http/protocol/url.ts'
import { parseQuery, stripCacheBuster } from '../../../src/http/query/query-string.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { askPlainly } from '../../support/http/raw-get.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'
import { runs } from '../../support/run-count.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

/** Origins whose names look like parts of an address; they are in the data, so that questions may name them. */
const ORIGINS = ['x?as_of=1', 'a&_=1', '_=2', '100% #1; a+b', 'Straż Graniczna']

/** Serves a store; the requests of one that logs them do not take the fast path. */
async function serve(store: Store, now: () => string, options: Partial<AppOptions>) {
  const app = await buildApp({ store, now, logLevel: 'silent', ...options })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { port, close: () => app.close() }
}

/** Serves one database twice, each with connections of its own: with all caching of answers, and with none. */
async function startPair() {
  let writes = 0
  let seconds = 0
  const now = () => new Date(Date.UTC(2026, 5, 1, 12, 0, seconds)).toISOString()
  const url = `file:${scratchFolder()}/crossings.sqlite`
  const [store, other] = [await openStore({ url, now }), await openStore({ url, now })]
  const cached = await serve(store, now, {})
  const plain = await serve(other, now, { keptBytes: 0, logLevel: 'info', logTo: { write: () => undefined } })
  onTestFinished(async () => {
    for (const each of [cached, plain, store, other]) await each.close()
  })
  const nothing = { indicators: [], borders: [], sources: [], observations: [], events: [] }
  /** Records one more figure, which changes every answer, through either of the two. */
  async function write(): Promise<void> {
    writes += 1
    seconds += 1
    const id = `source-${writes}`
    await (writes % 2 === 0 ? store : other).addMissing({
      ...nothing,
      sources: [
        publication({ id, published_on: '2024-06-01', origin: ORIGINS[writes % ORIGINS.length] ?? '' }),
      ],
      observations: [
        figure({
          source: id,
          count: writes,
          period_start: '2024-02-01',
          period_end: `2024-02-${9 + writes}`,
        }),
      ],
    })
  }
  await store.addMissing({
    ...nothing,
    indicators: [attemptedCrossings],
    borders: [border('PL-BY', 1), border('LV-BY', 2), border('EU-BY', 3, ['PL-BY', 'LV-BY'])],
    sources: ORIGINS.map((origin, index) => publication({ id: `first-${index}`, origin })),
    observations: ORIGINS.map((_, index) =>
      figure({ source: `first-${index}`, count: 10 + index, qualifier: 'at_least' }),
    ),
  })
  return { cached, plain, write }
}

type Pair = Awaited<ReturnType<typeof startPair>>
type Headers = Parameters<typeof askPlainly>[2]

const COMPARED = ['etag', 'link', 'cache-control', 'vary', 'content-type', 'content-length', 'location']

async function answerOf({ port }: Pair['cached'], target: string, headers: Headers = {}) {
  const { status, bytes, headers: received } = await askPlainly(port, target, headers)
  const compared = Object.fromEntries(COMPARED.map((name) => [name, received[name]]))
  return { status, ...compared, etag: received.etag, text: bytes.toString() }
}

describe('a cached answer', () => {
  const versionOf = ({ text }: { readonly text: string }): number => JSON.parse(text).meta.version

  test.each(['_=x?as_of=1', '_=?as_of=1', '_=1?as_of=1&_=2', '_=%26as_of=1', '%5F=1?as_of=1'])(
    'is not of the version that the value of `_` names in ?period=2024&%s',
    async (attack) => {
      const pair = await startPair()
      const target = '/v1/totals?period=2024'
      expect(versionOf(await answerOf(pair.cached, target))).toBe(1)
      await pair.write()
      for (let time = 0; time < 3; time++) await answerOf(pair.cached, `${target}&${attack}`)
      for (let time = 0; time < 3; time++) expect(versionOf(await answerOf(pair.cached, target))).toBe(2)
      expect(versionOf(await answerOf(pair.cached, `${target}&as_of=1`))).toBe(1)
    },
  )

  test.each(['/?_=?as_of=1', '/?_=x?as_of=1', '/?_=1&_=?as_of=1'])(
    'of the page is not of the version that the value of `_` names in %s',
    async (attack) => {
      const pair = await startPair()
      await answerOf(pair.cached, '/')
      await pair.write()
      for (let time = 0; time < 3; time++) await answerOf(pair.cached, attack)
      for (let time = 0; time < 3; time++) {
        const page = await answerOf(pair.cached, '/')
        expect(page).toMatchObject({ status: 200, link: '</?as_of=2>; rel="canonical"' })
        expect(page).toEqual(await answerOf(pair.plain, '/'))
      }
    },
  )

  test.each([
    ['/v1/totals?_=#&country=PL&period=2024-02', '/v1/totals?country=PL&period=2024-02'],
    ['/v1/totals?period=2024&_=x#&as_of=1', '/v1/totals?period=2024&as_of=1'],
    ['/v1/totals#?_=&period=2024', '/v1/totals?period=2024'],
  ])('is not what stands behind the fragment of %s', async (attack, target) => {
    const pair = await startPair()
    await pair.write()
    for (let time = 0; time < 3; time++) await answerOf(pair.cached, attack)
    for (let time = 0; time < 3; time++)
      expect(await answerOf(pair.cached, target)).toEqual(await answerOf(pair.plain, target))
  })

  test('has another tag where the service has another public address, which stands in it', async () => {
    const now = () => '2026-06-01T12:00:00Z'
    const store = await openStore({ url: 'file::memory:', now })
    const tags = new Set<unknown>()
    for (const publicUrl of [undefined, 'https://a.example', 'https://b.example']) {
      const app = await serve(store, now, { publicUrl })
      tags.add((await answerOf(app, '/catalog.jsonld')).etag)
      await app.close()
    }
    await store.close()
    expect(tags.size).toBe(3)
  })

  test('to a time says that it stands for good once a later version is there, and not before', async () => {
    const pair = await startPair()
    const target = '/v1/totals?as_of=2026-06-01T12:00:00Z'
    const before = await answerOf(pair.cached, target)
    expect(before).not.toMatchObject({ 'cache-control': expect.stringContaining('immutable') })
    await pair.write()
    const after = await answerOf(pair.cached, target)
    expect(after).toMatchObject({ 'cache-control': expect.stringContaining('immutable'), text: before.text })
    expect(after).toEqual(await answerOf(pair.plain, target))
    const known = await answerOf(pair.cached, target, { 'if-none-match': after.etag ?? '' })
    expect(known).toMatchObject({ status: 304, 'cache-control': expect.stringContaining('immutable') })
  })
})

/** Writes a text in a query in one of many ways: any character may be percent-encoded, with digits of either case. */
function written(text: string): fc.Arbitrary<string> {
  const characters = [...text].map((character) => {
    const upper = encodeURIComponent(character).includes('%')
      ? encodeURIComponent(character)
      : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
    const plain = /^[\w?=;:,/.-]$/.test(character) ? [character] : character === ' ' ? ['+'] : []
    return fc.constantFrom(...plain, ...plain, ...plain, upper, upper.toLowerCase())
  })
  return fc.tuple(...characters).map((parts) => parts.join(''))
}

/** A pair of a query as it may be sent. An `=` in a name ends it. */
const pairOf = ([name, value]: readonly [string, string]) =>
  fc.tuple(written(name), written(value)).map((texts) => texts.join('='))

/** What nobody means: ways to write `_`, and things that look like a parameter to whoever does not parse. */
const NOISE = [
  '_=x?as_of=1',
  '_=?as_of=1',
  '?_=x?as_of=1',
  '_=1;as_of=1',
  '_=as_of=1',
  '_=x%26as_of=1',
  '_=%3Fas_of%3D1',
  '%5F=1?as_of=1',
  '%5f=1',
  '_=1&_=2&_=3',
  '_',
  '_=',
  '_=%zz',
  '',
  '&',
]
/** The same, but refused, or cut off by what follows. */
const REFUSED = [
  '=',
  '=as_of=1',
  'as_of=1;',
  ';as_of=1',
  '_as_of=1',
  '__=1',
  'x?as_of=1',
  '#as_of=1',
  'as_of=%',
]

/** The paths that are asked, each with what may be asked there and the name of its pin. */
const QUESTIONS = [
  { path: '/v1/totals', pin: 'as_of', format: ['format', 'csv'] },
  { path: '/v1/%74otals', pin: 'as_of', format: ['format', 'json'] },
  { path: '/v1/series', pin: 'as_of', format: ['interval', 'quarter'] },
  { path: '/v1/observations', pin: 'as_of', format: ['limit', '2'] },
  { path: '/', pin: 'as_of', format: ['lang', 'pl'] },
  { path: '/embed', pin: 'as_of', format: ['chart', 'totals'] },
  { path: '/v1/charts/totals.svg', pin: 'as_of', format: ['theme', 'dark'] },
  { path: '/sdmx/data/dataflow/BC/FIGURES', pin: 'asOf', format: ['format', 'sdmx-csv'] },
] as const

const time = (seconds: number) => `2026-06-01T12:00:0${seconds}${seconds % 2 === 0 ? 'Z' : '.000+00:00'}`
const PINS = ['1', '2', '3', time(0), time(1), time(2)]

/** Some of the parameters that mean something, one of them a pin in half of the cases. */
function meantOf({ pin, format, path }: (typeof QUESTIONS)[number]) {
  const isSdmx = path.startsWith('/sdmx')
  const others: (readonly [string, string])[] = isSdmx
    ? [['startPeriod', '2024'], ['c[REF_AREA]', 'PL,LV'], format]
    : [['period', '2024'], ['country', 'PL,EU'], format]
  const origin = fc.constantFrom(...ORIGINS).map((each): [string, string] => ['origin', each])
  const pinned = fc.constantFrom(...PINS).map((each): [string, string] => [pin, each])
  return fc
    .tuple(fc.subarray(others), fc.option(isSdmx ? pinned : origin), fc.option(pinned, { freq: 2 }))
    .map(([some, one, other]) => {
      const all = [...some, ...(one === null ? [] : [one]), ...(other === null ? [] : [other])]
      return [...new Map(all.map((each) => [each[0], each])).values()]
    })
}

/** A question, and one of the ways to write it. */
const spelled = (question: (typeof QUESTIONS)[number], meant: readonly (readonly [string, string])[]) => {
  const noise = fc.array(
    fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...NOISE) },
      { weight: 1, arbitrary: fc.constantFrom(...REFUSED) },
    ),
    { maxLength: 3 },
  )
  return fc
    .tuple(fc.tuple(...meant.map(pairOf)), noise)
    .chain(([pairs, extra]) =>
      fc.shuffledSubarray([...pairs, ...extra], { minLength: pairs.length + extra.length }),
    )
    .map((parts) => (parts.length === 0 ? question.path : `${question.path}?${parts.join('&')}`))
}

/** Addresses that mean the same or almost: each leaves out at most one parameter of one question. */
const addresses = fc
  .constantFrom(...QUESTIONS)
  .chain((question) => fc.tuple(fc.constant(question), meantOf(question)))
  .chain(([question, meant]) =>
    fc.array(
      fc
        .subarray(meant, { minLength: Math.max(0, meant.length - 1) })
        .chain((some) => spelled(question, some)),
      { minLength: 2, maxLength: 4 },
    ),
  )

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ ask: fc.nat(), isConditional: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  { minLength: 4, maxLength: 12 },
)

test('random addresses in random order, with writes between, are answered alike with and without a cache', async () => {
  const pair = await startPair()
  const known = new Map<string, object>()
  const tags = new Map<string, string>()
  let writes = 0
  let answered = 0
  await fc.assert(
    fc.asyncProperty(addresses, steps, async (asked, order) => {
      for (const step of order) {
        if (step === null) {
          if (writes++ < 15) await pair.write()
          continue
        }
        const target = asked[step.ask % asked.length] ?? '/'
        const tag = step.isConditional ? tags.get(target) : undefined
        const headers: Headers = tag === undefined ? {} : { 'if-none-match': tag }
        const expected = await answerOf(pair.plain, target, headers)
        for (let time = 0; time < 2; time++)
          expect(await answerOf(pair.cached, target, headers), target).toEqual(expected)
        if (expected.status !== 200) continue
        answered += 1
        const { etag = '', ...content } = expected
        tags.set(target, etag)
        expect(known.get(etag) ?? content, `one tag for two answers: ${target}`).toEqual(content)
        known.set(etag, content)
      }
    }),
    { numRuns: runs(60) },
  )
  expect(answered).toBeGreaterThan(runs(100))
})

/** Any text that can stand in the query of a request target. */
const anyQuery = fc.oneof(
  fc
    .array(
      fc.constantFrom(...NOISE, ...REFUSED, 'period=2024', 'c[A]=b', 'a%2cb=%e2%82%ac', '%ff', '?', '='),
      {
        maxLength: 6,
      },
    )
    .map((parts) => parts.join('&')),
  fc.string({ unit: fc.constantFrom(...'_=&?%+;:,/ab015Ff[]#'), maxLength: 30 }),
)

/** The same where it can be decoded; everything else is refused before it is read. */
const decodableQuery = anyQuery.filter((query) => parseQuery(query).undecodable.length === 0)

/** The same without a fragment, which ends a query wherever it stands. */
const wholeQuery = decodableQuery.map((query) => query.split('#', 1)[0] ?? '')

describe('the canonical form of an address', () => {
  test('is its own canonical form', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        const canonical = canonicalTarget(`/?${query}`)
        expect(canonicalTarget(canonical)).toBe(canonical)
      }),
    )
  })

  test('means what was sent, but for `_`', () => {
    fc.assert(
      fc.property(wholeQuery, (query) => {
        const sent = [...new URLSearchParams(`?${query}`)].filter(([name]) => name !== '_')
        expect([...new URLSearchParams(canonicalTarget(`/?${query}`).slice(1))]).toEqual(sent)
      }),
    )
  })

  test('means the same to the framework, which validates it, and to what writes links', async () => {
    const app = fastify({ rewriteUrl: ({ url = '/' }) => canonicalTarget(url) })
    app.get('/', ({ query, url }) => ({ query: Object.entries(query ?? {}), links: queryOf({ url }) }))
    await fc.assert(
      fc.asyncProperty(wholeQuery, async (query) => {
        const { body } = await app.inject(`/?${query}`)
        const received: { query: [string, string | string[]][]; links: object } = JSON.parse(body)
        const sent = Map.groupBy(parseQuery(query).pairs, ([name]) => name)
        const expected = [...sent].map(([name, pairs]) => {
          const values = pairs.map(([, value]) => value)
          return [name, values.length === 1 ? values[0] : values]
        })
        expect(Object.fromEntries(received.query)).toEqual(Object.fromEntries(expected))
        expect(Object.keys(received.links).sort()).toEqual([...sent.keys()].sort())
      }),
    )
    await app.close()
  })

  test('is the same without the pairs that the fast path leaves out', () => {
    fc.assert(
      fc.property(decodableQuery, (query) => {
        expect(canonicalTarget(stripCacheBuster(`/?${query}`))).toBe(canonicalTarget(`/?${query}`))
      }),
    )
  })

  test('of what cannot be decoded is what was sent, for it is refused', () => {
    for (const query of ['a=%ff&_=1', 'as_of=%', '%zz', 'a=%c3=%a9'])
      expect(canonicalTarget(`/?${query}`)).toBe(`/?${query}`)
  })

  test.each([
    ['/?a=1&_=2&b=3', '/?a=1&b=3'],
    ['/?%5F=2', '/'],
    ['/?', '/'],
    ['/?&&', '/'],
    ['/?country=PL%2CLV&from=2024', '/?country=PL,LV&from=2024'],
    ['/?origin=a%20b', '/?origin=a+b'],
    ['/?a', '/?a='],
    ['/?=', '/?='],
    ['/?a=b=c?d', '/?a=b%3Dc%3Fd'],
    ['/?a;b=1', '/?a%3Bb=1'],
    ['/?a=1&a=2', '/?a=1&a=2'],
    ['/?a=%ff', '/?a=%ff'],
    ['/?a=1#&_=2', '/?a=1'],
    ['/?_=%ff', '/'],
    ['http://x/%61?a#b', '/%61?a='],
  ])('of %s is %s', (sent, canonical) => {
    expect(canonicalTarget(sent)).toBe(canonical)
  })
})
