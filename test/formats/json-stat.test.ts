import fc from 'fast-check'
import JSONstat from 'jsonstat-toolkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, type List, startApp, withQuery } from '../support/http/harness.ts'
import {
  addressOf,
  borderQuestion,
  evidenceQuestion,
  interval,
  windowQuestion,
} from '../support/http/questions.ts'

type Row = Readonly<Record<string, unknown>>

interface Cell {
  readonly indicator: string
  readonly border: string
  readonly period: string
  readonly measure: string
  readonly value: number | null
  readonly status: string | null
}

const MEASURES = ['count', 'min', 'max', 'days', 'days_reported', 'conflicts']

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

const periodOf = (row: Row) =>
  row.period ?? (row.period_start === null ? 'undated' : `${row.period_start}/${row.period_end}`)

/** The cells of a dataset as the author's own toolkit reads them. */
function cellsIn(text: string): Cell[] {
  return JSONstat(JSON.parse(text)).toTable<Cell>({ type: 'arrobj', content: 'id', status: true }) ?? []
}

/** The cells that rows must have, those of figures which are not there left out. */
function cellsOf(rows: readonly Row[]) {
  return rows.flatMap((row) =>
    MEASURES.map((measure) => ({
      indicator: row.indicator,
      border: row.border,
      period: periodOf(row),
      measure,
      value: row[measure],
      status: ['count', 'min', 'max'].includes(measure) ? row.qualifier : null,
    })),
  )
}

const place = ({ border, period, measure }: { border: unknown; period: unknown; measure: string }) =>
  `${period} ${border} ${MEASURES.indexOf(measure)}`
const inOrder = <Each extends Cell | ReturnType<typeof cellsOf>[number]>(cells: readonly Each[]) =>
  cells.toSorted((a, b) => (place(a) < place(b) ? -1 : 1))

describe('a JSON-stat dataset', () => {
  test.each(['/v1/totals', '/v1/series'])(
    'of %s holds the figures, nulls, qualifiers and bounds of JSON, for any question',
    async (path) => {
      await fc.assert(
        fc.asyncProperty(
          windowQuestion,
          borderQuestion,
          evidenceQuestion,
          interval,
          async (window, borders, evidence, length) => {
            const address = addressOf(
              path,
              window,
              borders,
              evidence,
              path === '/v1/series' ? { interval: length } : {},
            )
            const { data } = await api.json<List<Row>>(address)
            const { text } = await api.get(withQuery(address, { format: 'jsonstat' }))
            const present = cellsIn(text).filter(({ value, status }) => value !== null || status !== null)
            expect(inOrder(present)).toEqual(inOrder(cellsOf(data)))
            const { dimension } = JSON.parse(text)
            for (const row of data) {
              const { period_start, period_end } = dimension.period.extension
              expect(period_start[String(periodOf(row))]).toBe(row.period_start)
              expect(period_end[String(periodOf(row))]).toBe(row.period_end)
            }
          },
        ),
        { numRuns: 40 },
      )
    },
  )

  test('has no cell for nothing, and is read all the same', async () => {
    const { text } = await api.get('/v1/series?country=BY&format=jsonstat')
    expect(JSON.parse(text)).toMatchObject({ version: '2.0', class: 'dataset', value: [], status: [] })
    expect(JSONstat(JSON.parse(text)).length).toBe(4)
  })

  test('leaves a figure that another page has without value and status', async () => {
    const { text } = await api.get('/v1/series?period=2024&interval=quarter&limit=4&format=jsonstat')
    const missing = cellsIn(text).filter(({ period, border }) => period === '2024-Q2' && border !== 'PL-BY')
    expect(missing.every(({ value, status }) => value === null && status === null)).toBe(true)
    expect(missing).toHaveLength(12)
    expect(JSON.parse(text).note.at(-1)).toMatch(/goes on at \/v1\/series\?.*cursor=/)
  })

  test('says what is counted, where, how it is to be read, and what stands behind it', async () => {
    const { text, headers } = await api.get('/v1/totals?period=2024&country=LV', {
      accept: 'application/vnd.json-stat+json',
    })
    const dataset = JSON.parse(text)
    expect(headers['content-type']).toBe('application/vnd.json-stat+json; charset=utf-8')
    expect(dataset.role).toEqual({ geo: ['border'], time: ['period'], metric: ['measure'] })
    expect(dataset.dimension.border.category.label['LV-BY']).toMatch(/Latvia/)
    expect(dataset.note.some((note: string) => note.startsWith('LV: '))).toBe(true)
    expect(dataset.href).toBe('/v1/totals?as_of=1&country=LV&period=2024')
    expect(dataset.updated).toMatch(/Z$/)
    expect(dataset.extension.sources.length).toBeGreaterThan(5)
    for (const { origin } of dataset.extension.sources) expect(origin).toBeTypeOf('string')
  })
})
