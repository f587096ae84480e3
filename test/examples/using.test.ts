import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, type List, startApp } from '../support/http/harness.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const HOST = 'http://127.0.0.1:3000'
const guide = readFileSync('docs/using.md', 'utf8')

/** What Grafana puts in place of the variables of a dashboard. */
const VARIABLES: Readonly<Record<string, string>> = {
  address: '',
  'country:csv': 'PL,LV,EU',
  interval: 'quarter',
  '__from:date:YYYY-MM-DD': '2022-03-04',
  '__to:date:YYYY-MM-DD': '2024-11-15',
}
const interpolated = (url: string) =>
  url.replace(/\$\{([^}]+)\}/g, (_, name: string) => String(VARIABLES[name]))

interface Query {
  readonly url: string
  readonly root_selector: string
  readonly columns: readonly { readonly selector: string; readonly type: string }[]
}

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

/** Every query of the dashboard for Grafana, with what it is for. */
function queriesOfDashboard(): [string, Query][] {
  const dashboard = JSON.parse(readFileSync('examples/grafana-dashboard.json', 'utf8'))
  return [
    ...dashboard.panels.map(({ title, targets }: { title: string; targets: Query[] }) => [title, targets[0]]),
    ...dashboard.annotations.list.map(({ name, target }: { name: string; target: Query }) => [name, target]),
  ]
}

describe('the guide', () => {
  const addresses = [...guide.matchAll(/http:\/\/127\.0\.0\.1:3000(\/[^'"\s)]*)/g)].map(
    ([, path = '']) => path,
  )

  test('has addresses for every tool', () => {
    expect(addresses.length).toBeGreaterThan(9)
  })

  test.each(addresses)('%s answers, in the format it names', async (address) => {
    const { status, text, headers } = await api.get(interpolated(address))
    expect(status, text).toBe(200)
    if (address.includes('format=csv')) expect(headers['content-type']).toMatch(/^text\/csv/)
  })

  test('names every format of a series and the media type that asks for it', async () => {
    const content = api.document.paths['/v1/series']?.get?.responses[200]?.content ?? {}
    for (const type of Object.keys(content)) expect(guide).toContain(`\`${type}\``)
  })

  test('gives DuckDB a query that runs on the file it fetches, with the types of the figures', async () => {
    const [, address = ''] = /curl -o series\.csv '([^']*limit=all)'/.exec(guide) ?? []
    const [, sql = ''] = /```sql\n([\s\S]*?)```/.exec(guide) ?? []
    const file = join(scratchFolder(), 'series.csv')
    const { text } = await api.get(address.replace(HOST, ''))
    writeFileSync(file, text)
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const result = await connection.runAndReadAll(sql.replace('series.csv', file))
    const rows: Record<string, string>[] = parse(text, { columns: true })
    const expected = ['LT-BY', 'LV-BY', 'PL-BY'].map((border) => {
      const own = rows.filter((row) => row.border === border)
      const exact = own.filter(({ qualifier }) => qualifier === 'exact').length
      return { border, months: own.length, exact, quotable: own.filter(({ count }) => count !== '').length }
    })
    expect(JSON.parse(JSON.stringify(result.getRowObjectsJson()), numbered)).toEqual(expected)
    const types = await connection.runAndReadAll(`DESCRIBE FROM read_csv('${file}')`)
    const typeOf = new Map(types.getRowObjectsJson().map((row) => [row.column_name, row.column_type]))
    for (const name of ['count', 'min', 'max', 'days']) expect(typeOf.get(name), name).toBe('BIGINT')
    for (const name of ['period_start', 'period_end']) expect(typeOf.get(name), name).toBe('DATE')
    expect(typeOf.get('partial')).toBe('BOOLEAN')
  })
})

/** DuckDB gives large whole numbers as text. */
const numbered = (_: string, value: unknown) =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value

describe('the dashboard for Grafana', () => {
  test('asks for totals, series, conflicts and events', () => {
    const paths = queriesOfDashboard().map(([, { url }]) => interpolated(url).split('?')[0])
    expect(new Set(paths)).toEqual(new Set(['/v1/totals', '/v1/series', '/v1/conflicts', '/v1/events']))
  })

  test.each(queriesOfDashboard())(
    'shows %s from rows that are flat and of one type a column',
    async (_, query) => {
      const answer = await api.json<List<Record<string, unknown>>>(interpolated(query.url))
      expect(query.root_selector).toBe('data')
      expect(answer.data.length).toBeGreaterThan(0)
      for (const row of answer.data) {
        for (const { selector, type } of query.columns) {
          const value = row[selector]
          expect(value, selector).not.toBeUndefined()
          if (value === null) continue
          if (type === 'number') expect(value, selector).toBeTypeOf('number')
          else expect(value, selector).toBeTypeOf('string')
          if (type === 'timestamp') expect(value).toMatch(/^\d{4}-\d{2}-\d{2}$/)
        }
      }
    },
  )

  test('knows the countries and the intervals that the service knows', async () => {
    const { templating } = JSON.parse(readFileSync('examples/grafana-dashboard.json', 'utf8'))
    const valuesOf = (name: string) =>
      templating.list.find((variable: { name: string }) => variable.name === name).query.split(',')
    for (const country of valuesOf('country')) await api.json(`/v1/series?country=${country}&period=2024`)
    for (const interval of valuesOf('interval'))
      await api.json(`/v1/series?interval=${interval}&period=2024-W03`)
    expect([valuesOf('country').length, valuesOf('interval').length]).toEqual([4, 5])
  })
})
