import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exchangeRaw, type Harness, type List, linkOf, startApp } from '../../support/http/harness.ts'
import { border, figure, publication } from '../../support/http/records.ts'

/** Questions of every kind, over every list and figure. */
const QUESTIONS = [
  '/v1/totals',
  '/v1/totals?country=PL,LV',
  '/v1/totals?from=2024-01-01&to=2024-11-15&source=pozirk-2024-11-15',
  '/v1/totals?country=EU&period=2024&explain=true',
  '/v1/totals?published_until=2024-12-31&origin=Stra%C5%BC+Graniczna',
  '/v1/series?interval=quarter&period=2024&country=EU',
  '/v1/series?interval=week&country=LV&cumulative=true&limit=7',
  '/v1/observations',
  '/v1/observations?status=conflicting,accepted&period=2024-Q3&limit=5',
  '/v1/observations/4',
  '/v1/conflicts',
  '/v1/conflicts?country=LT&limit=2',
  '/v1/borders',
  '/v1/indicators?limit=2',
  '/v1/sources?kind=analysis',
  '/v1/events?period=2021',
]

/** What changes the answer to any of the questions. */
const MORE = {
  borders: [border('FI-RU', 1), border('XB-BY', 2, ['PL-BY', 'LV-BY'])],
  sources: [
    publication({ id: 'aaa-new', kind: 'official', published_on: '2024-11-01', origin: 'Straż Graniczna' }),
  ],
  observations: ['PL', 'LV', 'LT', 'EU'].flatMap((country) => [
    figure({
      source: 'aaa-new',
      country,
      count: 77_777,
      period_start: '2019-01-01',
      period_end: '2019-12-31',
    }),
    figure({ source: 'aaa-new', country, count: 1, period_start: '2024-04-01', period_end: '2024-04-01' }),
    figure({ source: 'aaa-new', country, count: 100_000, qualifier: 'at_least' }),
    figure({ source: 'aaa-new', country, count: 1, period_start: '2030-01-01', period_end: '2030-01-01' }),
  ]),
  events: [
    {
      id: 'another',
      period_start: '2021-04-01',
      period_end: '2021-04-01',
      precision: 'day' as const,
      title: 'Another event',
      source: 'aaa-new',
    },
  ],
}

interface Data {
  readonly data: unknown
  readonly total?: unknown
  readonly observations?: unknown
}

describe('a permalink', () => {
  let api: Harness
  beforeAll(async () => {
    api = await startApp()
  })
  afterAll(async () => {
    await api.close()
  })

  test('answers the same after other records were added, to every kind of question', async () => {
    const own = await startApp()
    const before = new Map<string, List<unknown> & Data>()
    for (const question of QUESTIONS) before.set(question, await own.json(question))
    await own.add(MORE)
    for (const [question, answer] of before) {
      const again: List<unknown> & Data = await own.json(answer.meta.permalink)
      expect({ ...again, meta: null }, question).toEqual({ ...answer, meta: null })
      expect(again.meta, question).toMatchObject({ version: 1, as_of: 1, permalink: answer.meta.permalink })
    }
    const isChanged = async (question: string) => {
      const { meta: _meta, ...now } = await own.json<List<unknown> & Data>(question)
      const { meta: _then, ...then } = before.get(question) ?? { meta: null }
      return JSON.stringify(now) !== JSON.stringify(then)
    }
    for (const question of [
      '/v1/totals',
      '/v1/totals?country=PL,LV',
      '/v1/borders',
      '/v1/events?period=2021',
    ]) {
      expect(await isChanged(question), question).toBe(true)
    }
    await own.close()
  })

  test('answers the same in CSV after other records were added', async () => {
    const own = await startApp()
    const before = new Map<string, string>()
    for (const question of QUESTIONS.filter((each) => !/explain|\/\d+$/.test(each))) {
      const target = `${question}${question.includes('?') ? '&' : '?'}format=csv`
      const { text, headers } = await own.get(target)
      before.set(linkOf(headers, 'canonical'), text)
    }
    await own.add(MORE)
    for (const [permalink, text] of before) expect((await own.get(permalink)).text, permalink).toBe(text)
    await own.close()
  })

  test('is the same address with as_of, whatever it is written like', async () => {
    const permalink = async (target: string) => (await api.json<List<unknown>>(target)).meta.permalink
    for (const [target, expected] of [
      ['/v1/totals', '/v1/totals?as_of=1'],
      ['/v1/totals?', '/v1/totals?as_of=1'],
      ['/v1/totals?as_of=1', '/v1/totals?as_of=1'],
      ['/v1/totals?as_of=2026-06-01T12:00:00Z', '/v1/totals?as_of=1'],
      ['/v1/totals?as_of=0', '/v1/totals?as_of=0'],
      ['/v1/totals?country=PL%2CLV', '/v1/totals?country=PL,LV&as_of=1'],
      ['/v1/totals?_=123&country=PL', '/v1/totals?country=PL&as_of=1'],
      ['/v1/totals?_=a?b&country=PL', '/v1/totals?country=PL&as_of=1'],
      ['/v1/observations?limit=1&format=json', '/v1/observations?limit=1&format=json&as_of=1'],
      ['/v1/totals?origin=Stra%C5%BC+Graniczna', '/v1/totals?origin=Stra%C5%BC+Graniczna&as_of=1'],
      ['/v1/totals?origin=Stra%C5%BC%20Graniczna', '/v1/totals?origin=Stra%C5%BC+Graniczna&as_of=1'],
      [
        '/v1/observations/4?published_until=2025-01-01',
        '/v1/observations/4?published_until=2025-01-01&as_of=1',
      ],
    ] as const) {
      expect(await permalink(target), target).toBe(expected)
    }
  })

  test('keeps all of a query that has question marks in its values', async () => {
    const own = await startApp()
    await own.add({ sources: [publication({ id: 'asked', origin: 'Who? When?' })] })
    const target = '/v1/sources?origin=Who?+When?&_=?'
    const { data, meta } = await own.json<List<{ id: string }>>(target)
    expect(data.map(({ id }) => id)).toEqual(['asked'])
    expect((await own.json<List<{ id: string }>>(meta.permalink)).data).toEqual(data)
    await own.close()
  })

  test('never takes up a host that the client names, or a fragment', async () => {
    for (const [target, headers] of [
      ['http://evil.example/v1/totals?country=PL', 'Host: good.example'],
      ['HTTPS://evil.example:8080/v1/totals?country=PL', 'Host: evil.example'],
      ['/v1/totals?country=PL#evil.example', 'Host: evil.example'],
      [
        '/v1/totals?country=PL',
        'Host: evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: ftp',
      ],
      ['/v1/totals?country=PL', 'Host: a\r\nX-Original-URL: /evil.example\r\nX-HTTP-Method-Override: DELETE'],
    ]) {
      const bytes = `GET ${target} HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`
      const text = await exchangeRaw(api.port, bytes)
      expect(text, target).toMatch(/^HTTP\/1\.1 200 /)
      expect(text, target).not.toMatch(/evil\.example/)
      expect(text, target).toContain('</v1/totals?country=PL&as_of=1>; rel="canonical"')
    }
  })

  test('of a page is that page for good', async () => {
    const { meta } = await api.json<List<unknown>>('/v1/observations?limit=10')
    const second = await api.json<List<unknown>>(`/v1/observations?limit=10&cursor=${meta.next}`)
    const again = await api.json<List<unknown>>(second.meta.permalink)
    expect(again.data).toEqual(second.data)
    expect(again.meta.next).toBe(second.meta.next)
  })
})
