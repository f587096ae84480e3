import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, type List, linkOf, startApp, withQuery } from '../../support/http/harness.ts'
import {
  addressOf,
  borderQuestion,
  evidenceQuestion,
  interval,
  windowQuestion,
} from '../../support/http/questions.ts'
import { figure, publication } from '../../support/http/records.ts'
import { processorTimeMs } from '../../support/processor-time.ts'

type Row = Readonly<Record<string, unknown>>

const NOTES = ['=1+1', '-5', '+48 22', '@mention', '＝1', 'a;b', 'a\u2028b', '😀 ‮rtl‬', '"', "'", '7']

let api: Harness
beforeAll(async () => {
  api = await startApp()
  await api.add({
    sources: NOTES.map((title, index) => publication({ id: `note-${index}`, title })),
    observations: NOTES.map((note, index) =>
      figure({ source: `note-${index}`, count: index, note, qualifier: 'about' }),
    ),
  })
})
afterAll(async () => {
  await api.close()
})

const linesOf = (text: string): Row[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

describe('the format of an answer', () => {
  test.each([
    ['text/csv', 'text/csv; charset=utf-8; header=present'],
    ['application/x-ndjson', 'application/x-ndjson; charset=utf-8'],
    ['application/vnd.json-stat+json', 'application/vnd.json-stat+json; charset=utf-8'],
    ['application/*', 'application/json; charset=utf-8'],
    ['text/html, */*;q=0.1', 'application/json; charset=utf-8'],
    [
      'application/json;q=0.2, text/csv;q=0.5, application/x-ndjson;q=0.9',
      'application/x-ndjson; charset=utf-8',
    ],
    ['text/*;q=0.9, application/json;q=0.8', 'text/csv; charset=utf-8; header=present'],
    ['text/csv;q=0, */*', 'application/json; charset=utf-8'],
  ])('is what Accept: %s prefers', async (accept, type) => {
    const { headers } = await api.get('/v1/totals?period=2024', { accept })
    expect(headers['content-type']).toBe(type)
  })

  test('is the one of `format`, whatever Accept says', async () => {
    const { headers } = await api.get('/v1/totals?format=ndjson', { accept: 'text/csv' })
    expect(headers['content-type']).toBe('application/x-ndjson; charset=utf-8')
  })

  test('is found as soon in an Accept header of blanks', async () => {
    const usedMs = await processorTimeMs(async () => {
      for (let blanks = 15_000; blanks < 15_010; blanks++) {
        const accept = `text/csv;${' '.repeat(blanks)}, application/x-ndjson`
        const { headers } = await api.get('/v1/totals?period=2024', { accept })
        expect(headers['content-type']).toMatch(/^(?:text\/csv|application\/x-ndjson);/)
      }
    })
    expect(usedMs).toBeLessThan(2_000)
  })

  test('is a 406 that lists what there is, where nothing fits', async () => {
    const { detail } = await api.problem(406, '/v1/observations', { accept: 'application/pdf' })
    for (const type of ['application/json', 'text/csv', 'application/x-ndjson'])
      expect(detail).toContain(type)
    expect(detail).not.toContain('json-stat')
    await api.problem(406, '/v1/borders', { accept: 'application/vnd.json-stat+json' })
  })

  test('is rejected where the rows are not figures', async () => {
    const { errors } = await api.problem(400, '/v1/observations?format=jsonstat')
    expect(errors).toEqual([{ parameter: 'format', detail: expect.stringContaining('there is json') }])
  })

  test.each(['csv', 'ndjson', 'jsonstat'])('%s has no place for proofs, and says so', async (format) => {
    const { errors } = await api.problem(400, `/v1/totals?explain=true&format=${format}`)
    expect(errors).toEqual([{ parameter: 'explain', detail: expect.stringContaining(format) }])
  })

  test.each(['header=labels', 'sep=;', 'decimal=comma'])('%s is for CSV only', async (parameter) => {
    for (const format of ['json', 'ndjson', 'jsonstat']) {
      const { errors } = await api.problem(400, `/v1/totals?${parameter}&format=${format}`)
      expect(errors).toEqual([
        { parameter: parameter.split('=')[0], detail: `is for CSV only, and this is ${format}` },
      ])
    }
  })

  test('has the same headers for HEAD, and no body', async () => {
    for (const format of ['csv', 'ndjson', 'jsonstat']) {
      const target = `/v1/totals?period=2024&format=${format}`
      const [get, head] = [await api.get(target), await api.send('HEAD', target)]
      expect(head.status).toBe(200)
      expect(head.bytes.length).toBe(0)
      for (const name of ['content-type', 'content-length', 'link', 'cache-control'])
        expect(head.headers[name], name).toBe(get.headers[name])
    }
  })
})

describe('NDJSON', () => {
  test.each(['/v1/totals', '/v1/series', '/v1/observations'])(
    'of %s has the rows of JSON, for any question',
    async (path) => {
      await fc.assert(
        fc.asyncProperty(
          windowQuestion,
          borderQuestion,
          evidenceQuestion,
          interval,
          async (window, borders, evidence, length) => {
            const asked = addressOf(
              path,
              window,
              borders,
              evidence,
              path === '/v1/series' ? { interval: length } : {},
            )
            const { data } = await api.json<List<Row>>(asked)
            const { text } = await api.get(withQuery(asked, { format: 'ndjson' }))
            expect(linesOf(text)).toEqual(data)
          },
        ),
        { numRuns: 20 },
      )
    },
  )

  test('of nothing is nothing', async () => {
    expect((await api.get('/v1/series?country=BY&format=ndjson')).text).toBe('')
  })
})

describe('limit=all', () => {
  test.each(['/v1/observations?', '/v1/series?interval=day&', '/v1/sources?', '/v1/changes?'])(
    'of %s is every row that the pages have together, and leads nowhere on',
    async (path) => {
      const rows = await api.pages<Row>(`${path}limit=10000`)
      const { text, headers } = await api.get(`${path}format=ndjson&limit=all`)
      expect(linesOf(text)).toEqual(rows)
      expect(linkOf(headers, 'next')).toBe('')
      expect(linkOf(headers, 'canonical')).toContain('limit=all')
      const csv = await api.get(`${path}format=csv&limit=all`)
      expect(parse(csv.text)).toHaveLength(rows.length + 1)
    },
    60_000,
  )

  test('reads steps of many rows without losing or doubling one', async () => {
    const { text } = await api.get('/v1/series?interval=day&from=2019&to=2024&format=ndjson&limit=all')
    const days = linesOf(text).map(({ period, border }) => `${period} ${border}`)
    expect(days).toHaveLength(2192 * 3)
    expect(new Set(days).size).toBe(days.length)
  })

  test('goes on from a cursor', async () => {
    const first = await api.get('/v1/observations?format=ndjson&limit=7')
    const cursor = new URL(linkOf(first.headers, 'next'), 'http://x').searchParams.get('cursor')
    const rest = await api.get(`/v1/observations?format=ndjson&limit=all&cursor=${cursor}`)
    const all = await api.get('/v1/observations?format=ndjson&limit=all')
    expect(first.text + rest.text).toBe(all.text)
  })

  test('is refused, by name, in the formats that are held at once', async () => {
    for (const target of ['/v1/series?limit=all', '/v1/series?limit=all&format=jsonstat']) {
      const { errors } = await api.problem(400, target)
      expect(errors).toEqual([
        { parameter: 'limit', detail: expect.stringMatching(/all is for csv, ndjson/) },
      ])
    }
  })

  test('answers what cannot be read with a problem, not with half a file', async () => {
    const { errors } = await api.problem(400, '/v1/observations?limit=all&format=csv&country=XX')
    expect(errors?.[0]?.parameter).toBe('country')
  })

  test('gives its headers to HEAD without reading the rows', async () => {
    const { status, headers, bytes } = await api.send('HEAD', '/v1/observations?limit=all&format=csv')
    expect([status, bytes.length]).toEqual([200, 0])
    expect(headers['content-type']).toMatch(/^text\/csv/)
  })
})

describe('CSV for a spreadsheet', () => {
  const labelled = '/v1/observations?format=csv&header=labels'

  test('begins with a byte order mark and has labels for people', async () => {
    const { text } = await api.get(labelled)
    expect(text.startsWith('\uFEFFID,Source,Publisher,Origin,Kind,Title,Published on,URL,')).toBe(true)
  })

  test('lets no text be a formula, and leaves all other text and every number as they are', async () => {
    const { text } = await api.get(`${labelled}&source=${NOTES.map((_, index) => `note-${index}`)}`)
    const records: Record<string, string>[] = parse(text, { bom: true, columns: true })
    const { data } = await api.json<List<Row>>(
      `/v1/observations?source=${NOTES.map((_, index) => `note-${index}`)}`,
    )
    for (const [index, record] of records.entries()) {
      const title = String(data[index]?.title)
      expect(record.Title).toBe(/^[=+\-@＝]/.test(title) ? `'${title}` : title)
      expect(record.Count).toBe(String(data[index]?.count))
    }
    expect(records).toHaveLength(NOTES.length)
  })

  test('leaves a negative number a number', async () => {
    const { text } = await api.get('/v1/conflicts?format=csv&header=labels')
    const records: Record<string, string>[] = parse(text, { bom: true, columns: true })
    expect(records.some(({ Difference = '' }) => /^-\d+$/.test(Difference))).toBe(true)
  })

  test.each([
    ['sep=;', ';'],
    ['sep=tab', '\t'],
    ['sep=,', ','],
    ['decimal=comma', ';'],
    ['decimal=point', ','],
    ['decimal=comma&sep=tab', '\t'],
  ])('with %s holds the same cells as with commas', async (parameters, delimiter) => {
    const commas: string[][] = parse((await api.get(labelled)).text, { bom: true })
    const { text } = await api.get(`${labelled}&${parameters}`)
    expect(parse(text, { bom: true, delimiter })).toEqual(commas)
    expect(text.split('\r\n', 1)[0]).toBe(`\uFEFF${commas[0]?.join(delimiter)}`)
  })
})
