import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NASTY_TEXTS } from '../../support/formats/hostile-strings.ts'
import {
  type ReadRow,
  readCells,
  readParquet,
  readParquetMetadata,
  readWithDuckdb,
  readXlsx,
} from '../../support/formats/read-back.ts'
import { type Harness, type List, startApp, withQuery } from '../../support/http/harness.ts'
import {
  addressOf,
  borderQuestion,
  CODES,
  evidenceQuestion,
  interval,
  someOf,
  windowQuestion,
} from '../../support/http/questions.ts'
import { figure, publication } from '../../support/http/records.ts'
import { runs } from '../../support/run-count.ts'

type Row = Readonly<Record<string, unknown>>

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const PARQUET = 'application/vnd.apache.parquet'

let api: Harness
let empty: Harness
beforeAll(async () => {
  api = await startApp()
  empty = await startApp({ records: {} })
  await api.add({
    sources: NASTY_TEXTS.map((title, index) => publication({ id: `nasty-${index}`, title })),
    observations: NASTY_TEXTS.map((note, index) =>
      figure({
        source: `nasty-${index}`,
        count: 1_000_000_000 - index,
        note,
        qualifier: 'about',
        period_start: index === 0 ? '1895-05-05' : '1900-03-01',
        period_end: '1901-12-31',
      }),
    ),
    events: NASTY_TEXTS.map((title, index) => ({
      id: `nasty-${index}`,
      period_start: '1899-12-31',
      period_end: '1900-03-01',
      precision: 'year' as const,
      title,
      source: 'nasty-0',
    })),
  })
})
afterAll(async () => {
  await api.close()
  await empty.close()
})

/** Every list and figure there is, and some of each in many ways. */
const COLLECTIONS = [
  '/v1/totals',
  '/v1/totals?source=pozirk-2024-11-15-claims',
  '/v1/series?period=2024',
  '/v1/series?interval=day&period=2024-11&country=PL,EU&cumulative=true',
  '/v1/observations?limit=10000',
  '/v1/observations?to=1901',
  '/v1/conflicts',
  '/v1/borders',
  '/v1/indicators',
  '/v1/sources',
  '/v1/events',
  '/v1/changes?limit=10000',
]

const question: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(borderQuestion, windowQuestion, evidenceQuestion)
    .map((questions) => addressOf('/v1/totals', ...questions)),
  fc
    .tuple(
      borderQuestion,
      windowQuestion,
      evidenceQuestion,
      fc.record({ interval, limit: fc.constantFrom('1', '7', '1000') }),
    )
    .map((questions) => addressOf('/v1/series', ...questions)),
  fc
    .tuple(
      fc.constantFrom('/v1/observations', '/v1/conflicts'),
      windowQuestion,
      evidenceQuestion,
      fc.record(
        { indicator: someOf(CODES.indicators), limit: fc.constantFrom('1', '20', '10000') },
        { requiredKeys: [] },
      ),
    )
    .map(([path, ...questions]) => addressOf(path, ...questions)),
)

/** A row of JSON as a file with types holds it: lists joined by commas, objects as JSON, days and times as dates. */
function typed(row: Row, isDate: (name: string, value: string) => boolean): ReadRow {
  const cells = Object.entries(row)
    .filter(([name]) => name !== 'proof')
    .map(([name, value]) => {
      if (Array.isArray(value)) return [name, value.join(',')]
      if (typeof value === 'object' && value !== null) return [name, JSON.stringify(value)]
      if (typeof value === 'string' && isDate(name, value)) return [name, new Date(value)]
      return [name, value ?? null]
    })
  return Object.fromEntries(cells)
}

const DATES = ['period_start', 'period_end', 'published_on', 'recorded_at']
const inParquet = (row: Row) => textual(typed(row, (name) => DATES.includes(name)))
const inXlsx = (row: Row) => {
  const cells = textual(typed(row, (name, value) => DATES.includes(name) && value >= '1900-03-01'))
  return Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, value === '' ? null : value]))
}

/** The id of a change is of one type in a column: text. */
function textual(row: ReadRow): ReadRow {
  return 'resource' in row ? { ...row, id: String(row.id) } : row
}

/** The JSON of an answer, and the same answer as a file. */
async function both(target: string, format: string) {
  const { data, meta }: List<Row> = await api.json(target)
  const { status, headers, bytes } = await api.get(withQuery(target, { format }))
  expect(status, target).toBe(200)
  return { data, meta, headers, bytes }
}

async function expectSame(target: string): Promise<void> {
  const xlsx = await both(target, 'xlsx')
  expect(await readXlsx(xlsx.bytes), target).toEqual(xlsx.data.map(inXlsx))
  const parquet = await both(target, 'parquet')
  const expected = parquet.data.map(inParquet)
  expect(await readParquet(parquet.bytes), target).toEqual(expected)
  expect((await readWithDuckdb(parquet.bytes)).rows, target).toEqual(expected)
}

describe('a file', () => {
  test.each(COLLECTIONS)('of %s holds the values, nulls and types of JSON', async (target) => {
    await expectSame(target)
  })

  test('holds the same as JSON, for any query', async () => {
    await fc.assert(fc.asyncProperty(question, expectSame), { numRuns: runs(60) })
  })

  test('is negotiated by its media type too, and is saved rather than shown', async () => {
    for (const [accept, extension] of [
      [XLSX, 'xlsx'],
      [PARQUET, 'parquet'],
    ] as const) {
      const { headers } = await api.get('/v1/sources', { accept })
      expect(headers['content-type']).toBe(accept)
      expect(headers['content-disposition']).toBe(`attachment; filename="v1-sources.${extension}"`)
    }
  })

  test.each(['xlsx', 'parquet'])('as %s has all rows with limit=all, and a page without', async (format) => {
    const read = format === 'xlsx' ? readXlsx : readParquet
    const all = await api.pages<Row>('/v1/observations?limit=100')
    const { bytes, headers } = await api.get(`/v1/observations?limit=all&format=${format}`)
    expect((await read(bytes)).map(({ id }) => id)).toEqual(all.map(({ id }) => id))
    expect(headers['content-length']).toBeUndefined()
    const page = await api.get(`/v1/observations?limit=3&format=${format}`)
    expect(await read(page.bytes)).toHaveLength(3)
  })

  test.each(['xlsx', 'parquet'])('as %s is the same bytes for the same question', async (format) => {
    const target = `/v1/observations?limit=all&as_of=1&format=${format}`
    const once = await api.get(target)
    await api.add({ sources: [publication({ id: `later-${format}` })] })
    expect((await api.get(target)).bytes.equals(once.bytes)).toBe(true)
    const page = '/v1/totals?as_of=1&format='
    expect((await api.get(page + format)).bytes).toEqual((await api.get(page + format)).bytes)
  })

  test.each(['xlsx', 'parquet'])('as %s answers HEAD as it answers GET', async (format) => {
    for (const target of ['/v1/totals', '/v1/observations?limit=all', '/v1/observations?limit=5']) {
      const asked = withQuery(target, { format })
      const { status, headers, bytes } = await api.send('HEAD', asked)
      const got = await api.get(asked)
      expect([status, bytes.length]).toEqual([200, 0])
      for (const name of ['content-type', 'content-disposition', 'link', 'cache-control', 'vary'])
        expect(headers[name], name).toBe(got.headers[name])
    }
  })

  test('is valid where nothing is recorded', async () => {
    for (const path of ['/v1/observations', '/v1/sources', '/v1/borders', '/v1/changes']) {
      const xlsx = await empty.get(`${path}?format=xlsx`)
      const [header] = await readCells(xlsx.bytes)
      const parquet = await empty.get(`${path}?format=parquet`)
      const { types, rows } = await readWithDuckdb(parquet.bytes)
      expect(Object.keys(types)).toEqual(header)
      expect(rows).toEqual([])
    }
  })

  test('refuses what it has no place for', async () => {
    for (const format of ['xlsx', 'parquet']) {
      for (const [name, value] of [
        ['explain', 'true'],
        ['sep', ';'],
        ['header', 'labels'],
      ] as const) {
        const { errors } = await api.problem(400, `/v1/totals?format=${format}&${name}=${value}`)
        expect(errors?.map(({ parameter }) => parameter)).toEqual([name])
      }
    }
  })
})

describe('what a file says of itself', () => {
  test('is its version, its address for good, and the sources of its rows', async () => {
    const { meta, bytes } = await both('/v1/observations?source=pozirk-2024-11-15', 'xlsx')
    const about = (await readCells(bytes, 'About')).map((cells) => cells.filter((cell) => cell !== null))
    expect(about).toContainEqual(['Version of the data', meta.version])
    expect(about).toContainEqual([
      'Address',
      `/v1/observations?as_of=${meta.version}&format=xlsx&source=pozirk-2024-11-15`,
    ])
    expect(about.some(([id]) => id === 'pozirk-2024-11-15')).toBe(true)
    expect(about.some(([id]) => id === 'nasty-0')).toBe(false)
    const parquet = await both('/v1/observations?source=pozirk-2024-11-15', 'parquet')
    const metadata = readParquetMetadata(parquet.bytes).key_value_metadata ?? []
    const said = Object.fromEntries(metadata.map(({ key, value }) => [key, value]))
    expect(said.version).toBe(String(meta.version))
    expect(said.address).toBe(
      `/v1/observations?as_of=${meta.version}&format=parquet&source=pozirk-2024-11-15`,
    )
  })
})
