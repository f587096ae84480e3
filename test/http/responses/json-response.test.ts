import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  type Harness,
  type List,
  linkOf,
  startApp,
  withQuery,
} from '../../support/http/harness.ts'
import { figure, publication } from '../../support/http/records.ts'

/** Titles that every careless CSV writer spoils. */
const TITLES = [
  'A "quoted" word, and a comma',
  'Two\nlines',
  'Two\r\nlines of Windows',
  '"',
  '""',
  ',',
  ';',
  '=1+1',
  '-5',
  '+48 22',
  '@mention',
  '\ttab',
  ' blank ends ',
  'null',
  '0',
  'Zażółć gęślą jaźń – нелегальная миграция',
  '😀 \u202Ertl\u202C',
  "'single'",
  '<script>alert(1)</script>',
]

/** Every list and figure, with more than one page where there are pages. */
const COLLECTIONS = [
  '/v1/totals',
  '/v1/totals?country=PL,LV&period=2024',
  '/v1/totals?source=pozirk-2024-11-15-claims',
  '/v1/series?period=2024',
  '/v1/series?interval=quarter&country=EU,LT&limit=5',
  '/v1/observations?limit=10000',
  '/v1/observations?limit=7',
  '/v1/observations?status=approximate,conflicting',
  '/v1/conflicts',
  '/v1/conflicts?limit=3',
  '/v1/borders',
  '/v1/borders?limit=2',
  '/v1/indicators',
  '/v1/sources',
  '/v1/sources?limit=50',
  '/v1/events',
  '/v1/events?limit=3',
]

type Row = Readonly<Record<string, unknown>>

let api: Harness
/** The answers in JSON, by what was asked. */
const answers = new Map<string, { body: List<Row>; headers: Answer['headers'] }>()
const answerTo = (target: string) => {
  const answer = answers.get(target)
  if (answer === undefined) throw new Error(`nobody asked ${target}`)
  return answer
}

beforeAll(async () => {
  api = await startApp()
  await api.add({
    sources: TITLES.map((title, index) => publication({ id: `title-${index}`, title, published_on: null })),
    observations: TITLES.map((note, index) =>
      figure({ source: `title-${index}`, count: index, note, qualifier: 'about' }),
    ),
    events: TITLES.map((title, index) => ({
      id: `title-${index}`,
      period_start: '2021-01-01',
      period_end: '2021-12-31',
      precision: 'year' as const,
      title,
      source: 'title-0',
    })),
  })
  for (const target of COLLECTIONS) {
    const { headers, text } = await api.get(target)
    answers.set(target, { headers, body: JSON.parse(text) })
  }
})
afterAll(async () => {
  await api.close()
})

/** A cell as CSV must hold it: null is empty, a list is joined by commas, an object is its JSON. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

describe('CSV', () => {
  test.each(COLLECTIONS)('of %s holds exactly the rows and fields of JSON', async (target) => {
    const { data } = answerTo(target).body
    const { text, headers } = await api.get(target, { accept: 'text/csv' })
    const [header = [], ...records]: string[][] = parse(text, { record_delimiter: '\r\n' })
    expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present')
    expect(text.endsWith('\r\n')).toBe(true)
    expect(data.length).toBeGreaterThan(0)
    for (const row of data) {
      expect(header).toEqual(Object.keys(row).filter((field) => field !== 'proof'))
    }
    expect(records).toEqual(data.map((row) => header.map((field) => cellOf(row[field]))))
  })

  test.each(COLLECTIONS)('of %s links where JSON links to', async (target) => {
    const csv = await api.get(withQuery(target, { format: 'csv' }))
    const { meta } = answerTo(target).body
    const unformatted = (address: string) =>
      address.replace(/[?&]format=csv/, (found) => (found.startsWith('?') ? '?' : ''))
    expect(unformatted(linkOf(csv.headers, 'canonical')).replace('?&', '?')).toBe(meta.permalink)
    const next = linkOf(csv.headers, 'next')
    expect(next === '' ? null : new URL(next, 'http://x').searchParams.get('cursor')).toBe(meta.next ?? null)
  })

  test('comes page by page as JSON does', async () => {
    const lines: string[] = []
    let target = '/v1/observations?limit=50&format=csv'
    while (target !== '') {
      const { text, headers } = await api.get(target)
      const records: string[][] = parse(text)
      lines.push(...records.slice(1).map(([id = '']) => id))
      target = linkOf(headers, 'next')
    }
    const all = await api.pages<{ id: number }>('/v1/observations')
    expect(lines).toEqual(all.map(({ id }) => String(id)))
  })

  test.each([
    '/v1/totals?country=BY',
    '/v1/series?country=BY',
    '/v1/observations?period=1900',
    '/v1/conflicts?period=1900',
    '/v1/borders?country=PL&neighbour=EU',
    '/v1/sources?published_until=1900-01-01',
    '/v1/events?period=1900',
  ])('of nothing at %s is a header line alone', async (target) => {
    expect(await api.json<List<Row>>(target)).toMatchObject({ data: [] })
    const csv = await api.csv(target)
    const full = await api.csv(target.split('?')[0] ?? target)
    expect(csv).toBe(full.slice(0, full.indexOf('\r\n') + 2))
  })

  test('never makes a null into a 0 or a word', async () => {
    const csv = await api.csv('/v1/series?country=LT&period=2021-02')
    const [row] = parse(csv, { columns: true })
    expect(row).toMatchObject({ count: '', qualifier: 'unknown', min: '0', max: '' })
  })
})

describe('the format', () => {
  const typeOf = async (target: string, accept?: string) => {
    const { status, headers } = await api.get(target, accept === undefined ? {} : { accept })
    return status === 200 ? (headers['content-type'] ?? '').split(';')[0] : status
  }

  test('is JSON by default', async () => {
    expect(await typeOf('/v1/totals')).toBe('application/json')
    expect(await typeOf('/v1/totals', '*/*')).toBe('application/json')
    expect(await typeOf('/v1/totals', '')).toBe('application/json')
    const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
    expect(await typeOf('/v1/totals', browser)).toBe('application/json')
  })

  test.each([
    ['text/csv', 'text/csv'],
    ['TEXT/CSV', 'text/csv'],
    ['text/*', 'text/csv'],
    ['application/*', 'application/json'],
    ['text/csv;q=0.5, application/json;q=0.4', 'text/csv'],
    ['text/csv;q=0.4, application/json;q=0.5', 'application/json'],
    ['text/csv;q=0.1, */*;q=0.9', 'application/json'],
    ['application/json;q=0, */*', 'text/csv'],
    ['text/csv;q=0, */*;q=0.1', 'application/json'],
    ['application/json;charset=utf-8', 'application/json'],
    ['application/json; charset=utf-8; q=0.2, text/csv; q=0.9', 'text/csv'],
    ['text/csv; q=0.4, application/json; q=0.5', 'application/json'],
    ['text/csv; q=0.1, application/json', 'application/json'],
    ['text/csv; header=present', 'text/csv'],
    ['image/png, text/csv;q=0.01', 'text/csv'],
    ['image/png', 406],
    ['application/json;q=0', 406],
    ['text/csv;q=0', 406],
    ['application/xml, text/html', 406],
    ['application/problem+json', 406],
  ])('that %s negotiates is %s', async (accept, expected) => {
    for (const target of ['/v1/totals', '/v1/observations?limit=1', '/v1/sources?limit=1']) {
      expect(await typeOf(target, accept), target).toBe(expected)
    }
  })

  test('named in the address wins over Accept', async () => {
    expect(await typeOf('/v1/totals?format=csv', 'application/json')).toBe('text/csv')
    expect(await typeOf('/v1/totals?format=json', 'text/csv')).toBe('application/json')
    expect(await typeOf('/v1/totals?format=csv', 'image/png')).toBe('text/csv')
  })

  test('is said to depend on Accept in every answer', async () => {
    for (const [target, accept] of [
      ['/v1/totals', 'text/csv'],
      ['/v1/totals', 'application/json'],
      ['/v1/totals', 'image/png'],
      ['/v1/totals?x', '*/*'],
    ] as const) {
      expect((await api.get(target, { accept })).headers.vary, accept).toMatch(/\baccept\b/i)
    }
  })
})

describe('an answer', () => {
  test('says which version it is of, the same in every list', () => {
    for (const target of COLLECTIONS) {
      expect(answerTo(target).body.meta, target).toMatchObject({ version: 2, as_of: null })
    }
  })

  test('leads to the description of the API', () => {
    for (const target of COLLECTIONS) {
      expect(linkOf(answerTo(target).headers, 'service-desc'), target).toBe('/openapi.json')
    }
  })

  test('has meta.next where it is a list, and no such thing where it is not', () => {
    for (const target of COLLECTIONS) {
      expect('next' in answerTo(target).body.meta, target).toBe(!target.startsWith('/v1/totals'))
    }
  })

  test('keeps every title as it was recorded', async () => {
    const rows = await api.pages<{ id: string; title: string | null }>('/v1/sources')
    for (const [index, title] of TITLES.entries()) {
      expect(rows.find(({ id }) => id === `title-${index}`)?.title).toBe(title)
    }
  })
})
