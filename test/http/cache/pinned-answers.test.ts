import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CacheObserver } from '../../../src/http/cache/cache-observer.ts'
import type { Transaction } from '../../../src/store/write/transaction.ts'
import { type Harness, startApp } from '../../support/http/harness.ts'
import { askPlainly, type PlainAnswer } from '../../support/http/raw-get.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'
import { runs, sampled } from '../../support/run-count.ts'
import { folderForAll, scratchFolder } from '../../support/store/scratch.ts'

const FIRST = '2026-06-01T12:00:00.000Z'
const SECOND = '2026-06-02T12:00:00.000Z'
const THIRD = '2026-06-03T12:00:00.000Z'

const EU = border('EU-BY', 9, ['PL-BY', 'LV-BY'])
/** The ids are the examples of the API document, so that its paths can be filled with these. */
const ARTICLE = publication({
  id: 'pozirk-2024-11-15',
  origin: 'Pozirk',
  published_on: '2024-11-15',
  kind: 'claim',
})
const CONFERENCE = {
  id: 'minsk-conference',
  period_start: '2024-11-14',
  period_end: '2024-11-15',
  precision: 'day' as const,
  title: 'A conference',
  source: ARTICLE.id,
}
const NOBODY = { author: 'The desk', reason: null }

const RECORDS = {
  indicators: [attemptedCrossings],
  borders: [border('PL-BY', 5), border('LV-BY', 6), EU],
  sources: [ARTICLE, publication({ id: 'guard', origin: 'Straż Graniczna' })],
  observations: [
    figure({ source: 'guard', count: 30_000 }),
    figure({ source: ARTICLE.id, count: 28_668, period_end: '2024-11-15', qualifier: 'at_least' }),
    figure({ source: ARTICLE.id, count: 40_000, period_start: '2024-03-01', period_end: '2024-03-31' }),
    figure({ source: ARTICLE.id, count: 5_200, country: 'LV', period_end: '2024-11-15' }),
    figure({ source: ARTICLE.id, count: 34_782, country: 'EU', period_end: '2024-11-15' }),
  ],
  events: [CONFERENCE],
}

/** Records two versions, a day apart: what there is, and a correction. */
async function writeTwice(api: Harness): Promise<void> {
  await api.add(RECORDS)
  api.setTime(SECOND)
  await api.store.write(NOBODY, (transaction) =>
    transaction.addObservation(figure({ source: 'guard', count: 900, period_end: '2024-01-31' })),
  )
}

/** Writes more of every kind, before and after what is there in every order, and changes all that is there. */
async function writeMore({ store, setTime }: Harness): Promise<void> {
  setTime(THIRD)
  const writes: ((transaction: Transaction) => Promise<unknown>)[] = [
    (transaction) =>
      transaction.putSource({ ...ARTICLE, origin: 'Another', kind: 'official', title: 'Corrected' }),
    (transaction) =>
      transaction.putSource(publication({ id: 'aaa', origin: 'AAA', published_on: '2024-01-01' })),
    (transaction) =>
      transaction.putIndicator({ ...attemptedCrossings, position: 8, label: 'Other', definition: 'Other.' }),
    (transaction) =>
      transaction.putIndicator({ ...attemptedCrossings, id: 'aaa', position: 1, definitions: { PL: 'PL.' } }),
    (transaction) => transaction.putBorder(border('FI-RU', 1)),
    (transaction) => transaction.putBorder(border('LT-BY', 2)),
    (transaction) =>
      transaction.putBorder({ ...EU, position: 1, label: 'Other', members: ['PL-BY', 'LT-BY'] }),
    (transaction) => transaction.putBorder({ ...border('PL-BY', 7), label: 'Other' }),
    (transaction) => transaction.addObservation(figure({ source: 'aaa', count: 7, country: 'LT' })),
    (transaction) => transaction.addObservation(figure({ source: 'aaa', count: 77_777, country: 'EU' })),
    (transaction) =>
      transaction.addObservation(figure({ source: 'aaa', count: 1, period_start: '2001-01-01' })),
    (transaction) => transaction.addObservation(figure({ source: 'aaa', count: 3, indicator: 'aaa' })),
    (transaction) =>
      transaction.addObservation(
        figure({
          source: 'aaa',
          count: 3,
          indicator: 'aaa',
          country: 'FI',
          neighbour: 'RU',
          period_start: '2003-01-01',
        }),
      ),
    (transaction) => transaction.reviseObservation(1, figure({ source: 'guard', count: 29_000 })),
    (transaction) => transaction.reviseObservation(2, figure({ source: 'guard', count: 1 }), 'wrong'),
    (transaction) =>
      transaction.putEvent({ ...CONFERENCE, id: 'aaa', period_start: '2024-01-01', source: 'aaa' }),
    (transaction) => transaction.putEvent({ ...CONFERENCE, title: 'Other' }),
    (transaction) => transaction.putEvent({ ...CONFERENCE, id: 'zzz' }),
    (transaction) => transaction.putEvent({ ...CONFERENCE, id: 'zzz' }, 'wrong'),
  ]
  for (const write of writes) await store.write(NOBODY, write)
}

/** Queries that are asked of every address that takes all of their parameters. */
const QUERIES: readonly Readonly<Record<string, string>>[] = [
  {},
  { explain: 'true' },
  { country: 'EU,PL' },
  { origin: 'Pozirk' },
  { kind: 'claim', interval: 'week' },
  { published_until: '2024-11-15' },
  { limit: '1' },
  { status: 'conflicting' },
  { references: 'all' },
  { startPeriod: '2024' },
  { 'c[REF_AREA]': 'ne:LV' },
]

/** Structures whose paths the document has no example of. */
const MORE_PATHS = [
  '/sdmx/structure/codelist/BC/CL_AREA/~/PL',
  '/sdmx/data/dataflow/BC/OBSERVATIONS',
  '/sdmx/structure/*',
]

/** Pages, which the document does not have. */
const PAGES = [
  '/?',
  '/?country=PL&lang=pl&',
  '/?origin=Pozirk&',
  '/?figure=PL-BY&',
  '/embed?',
  '/embed?chart=totals&',
]

/** Every address with a pin that the API document knows, asked in many ways and formats, and the pages. */
function targetsOf({ document }: Harness, version: string): string[] {
  const targets = Object.entries(document.paths).flatMap(([template, { get }]) => {
    const parameters = get?.parameters ?? []
    const pin = parameters.find(({ name }) => name === 'as_of' || name === 'asOf')?.name
    if (pin === undefined) return []
    const has = (name: string) => parameters.some((each) => each.name === name)
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
      String(parameters.find((each) => each.name === name)?.example),
    )
    const formats = parameters.find(({ name }) => name === 'format')?.schema.enum ?? []
    const queries = [
      ...QUERIES.filter((query) => Object.keys(query).every(has)),
      ...formats.map((format) => ({ format: String(format) })),
    ]
    return queries.map((query) => `${path}?${new URLSearchParams({ ...query, [pin]: version })}`)
  })
  return [
    ...targets,
    ...MORE_PATHS.map((path) => `${path}?asOf=${version}`),
    ...PAGES.map((page) => `${page}as_of=${version}`),
  ]
}

/** What must not change: all but when it was sent. */
function lastingOf({ status, headers, bytes }: PlainAnswer) {
  const { date: _, connection: _connection, 'keep-alive': _keepAlive, ...lasting } = headers
  return { status, headers: lasting, text: bytes.toString('latin1') }
}

type Lasting = ReturnType<typeof lastingOf>

async function answersTo(api: Harness, targets: readonly string[]): Promise<Map<string, Lasting>> {
  const answers = new Map<string, Lasting>()
  for (const target of targets) answers.set(target, lastingOf(await askPlainly(api.port, target)))
  return answers
}

const nothing = async () => undefined
async function writeAll(api: Harness): Promise<void> {
  await writeTwice(api)
  await writeMore(api)
}

describe.each([
  ['a version', '2', writeTwice, writeMore, 130],
  ['an earlier version', '1', writeTwice, writeMore, 130],
  ['a version before the first', '0', writeTwice, writeMore, 80],
  ['a past time', FIRST, writeTwice, writeMore, 130],
  ['a version when nothing is recorded yet', '0', nothing, writeAll, 30],
])('an answer pinned to %s', (_, version, writeFirst, writeThen, least) => {
  const url = `file:${folderForAll()}/crossings.sqlite`
  let api: Harness
  let before: Map<string, Lasting>
  beforeAll(async () => {
    api = await startApp({ url, records: {} })
    await writeFirst(api)
    before = await answersTo(api, sampled(targetsOf(api, version)))
    await writeThen(api)
  })
  afterAll(async () => {
    await api.close()
  })

  test('stands for good, says so, and is there at almost every address', () => {
    const answered = [...before].filter(([, { status }]) => status === 200)
    expect(answered.length).toBeGreaterThan(runs(least) - 10)
    for (const [target, { headers }] of answered)
      expect(headers['cache-control'], target).toMatch(/immutable/)
  })

  test('keeps every byte when more of every kind is written, cached or recomputed', async () => {
    const anew = await startApp({ url, records: {} })
    const changed: string[] = []
    for (const [target, answer] of before) {
      if (answer.status !== 200) continue
      for (const { port } of [api, anew]) {
        const now = lastingOf(await askPlainly(port, target))
        if (!isDeepStrictEqual(now, answer)) changed.push(target)
      }
    }
    expect(changed).toEqual([])
    await anew.close()
  })
})

describe('an SDMX answer pinned by asOf', () => {
  const STREAMED = [
    '/sdmx/data/dataflow/BC/FIGURES?startPeriod=2024&asOf=1',
    '/sdmx/data/dataflow/BC/OBSERVATIONS?format=sdmx-csv&asOf=1',
  ]
  const TARGETS = [
    ...STREAMED,
    '/sdmx/structure/codelist/BC/CL_SOURCE?asOf=1',
    `/sdmx/structure/dataflow?asOf=${FIRST}`,
  ]

  test('has the same tag after a write, is not made again, and is a 304 that is immutable', async () => {
    const results: Parameters<CacheObserver['onResult']>[0][] = []
    const ignore = () => undefined
    const api = await startApp({
      url: `file:${scratchFolder()}/crossings.sqlite`,
      records: {},
      measure: () => ({
        cache: { onStats: ignore, onRoute: ignore, onResult: (result) => results.push(result) },
        queue: { onQueue: ignore, onShed: ignore },
        reconciled: ignore,
      }),
    })
    await writeTwice(api)
    const before = await answersTo(api, TARGETS)
    expect(results.splice(0)).toEqual(['miss', 'miss', 'miss', 'miss'])
    await writeMore(api)
    for (const [target, answer] of before) {
      expect(lastingOf(await askPlainly(api.port, target)), target).toEqual(answer)
      const { etag = '' } = answer.headers
      const again = await askPlainly(api.port, target, { 'if-none-match': etag })
      expect(again.status, target).toBe(304)
      expect(again.headers).toMatchObject({ etag, 'cache-control': answer.headers['cache-control'] })
      expect(again.headers['cache-control']).toMatch(/immutable/)
    }
    // A list that is streamed is never cached, but a client that has it is told so without reading it.
    expect(results.filter((result) => result === 'miss')).toHaveLength(STREAMED.length)
    expect(results.filter((result) => result === 'not_modified')).toHaveLength(TARGETS.length)
    for (const target of TARGETS) {
      const present = await askPlainly(api.port, target.replace(/asOf=[^&]*/, ''))
      expect(present.headers['cache-control'], target).not.toMatch(/immutable/)
      expect(present.headers.etag, target).not.toBe(before.get(target)?.headers.etag)
    }
    await api.close()
  })
})
