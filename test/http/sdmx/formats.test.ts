import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sortQuery } from '../../../src/http/protocol/url.ts'
import {
  daysOf,
  faultsOf,
  type Message,
  type Read,
  readCsv,
  readMessage,
} from '../../support/formats/sdmx-reader.ts'
import { type Harness, type List, linkOf, startApp, withQuery } from '../../support/http/harness.ts'
import {
  addressOf,
  borderQuestion,
  evidenceQuestion,
  interval,
  someOf,
  windowQuestion,
} from '../../support/http/questions.ts'
import { figure, publication } from '../../support/http/records.ts'

type Row = Readonly<Record<string, string | number | boolean | null>>

const CSV = 'application/vnd.sdmx.data+csv;version=2.0.0'
const JSON_ = 'application/vnd.sdmx.data+json;version=2.0.0'

const TEXTS = [
  '=1+1',
  '-5',
  'a "b", c; d',
  'a\u2028b',
  '😀 ‮rtl‬',
  "'",
  ' ends ',
  '<b>',
  '0',
  '\\u0000',
  'null',
]

let api: Harness
beforeAll(async () => {
  api = await startApp()
  await api.add({
    sources: TEXTS.map((title, index) => publication({ id: `text-${index}`, title, published_on: null })),
    observations: TEXTS.map((note, index) =>
      figure({ source: `text-${index}`, count: index, note, qualifier: 'about' }),
    ),
  })
})
afterAll(async () => {
  await api.close()
})

/** What the codes of SDMX are called in the rows of this API, in both flows. */
const FIELDS: Readonly<Record<string, string>> = {
  INDICATOR: 'indicator',
  REF_AREA: 'country',
  COUNTERPART_AREA: 'neighbour',
  OBS_VALUE: 'count',
  QUALIFIER: 'qualifier',
  PERIOD_START: 'period_start',
  PERIOD_END: 'period_end',
}
const FIGURE_FIELDS = {
  ...FIELDS,
  VALUE_MIN: 'min',
  VALUE_MAX: 'max',
  DAYS: 'days',
  DAYS_REPORTED: 'days_reported',
  CONFLICTS: 'conflicts',
  PERIOD: 'period',
  PARTIAL: 'partial',
  KNOWN: 'known',
}
const OBSERVATION_FIELDS = {
  ...FIELDS,
  SOURCE: 'source',
  STATUS: 'status',
  PERIOD_BASIS: 'period_basis',
  ORIGIN: 'origin',
  KIND: 'kind',
  PUBLISHER: 'publisher',
  PUBLISHED_ON: 'published_on',
  URL: 'url',
  TITLE: 'title',
  NOTE: 'note',
  OBSERVATION: 'id',
  VERSION: 'version',
}

/** A row of this API as an observation of SDMX says it. */
function rowOf(read: Read, fields: Readonly<Record<string, string>>): Row {
  const row = Object.fromEntries(Object.entries(fields).map(([id, name]) => [name, read[id] ?? null]))
  return { border: `${row.country}-${row.neighbour}`, ...row }
}

/** The rows that have a key in SDMX, with every field that one flow has and an answer may lack. */
const keyed = (rows: readonly Row[], fields: Readonly<Record<string, string>>): Row[] =>
  rows
    .filter((row) => row.period_start !== null)
    .map((row) => ({ ...Object.fromEntries(Object.values(fields).map((name) => [name, null])), ...row }))

const asText = (row: Row) =>
  Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell === null ? null : String(cell)]))

/** The codes of observation status that a row may have. */
function statusOf(row: Row): string {
  if (row.status === 'conflicting') return 'U'
  if (row.kind === 'claim') return 'V'
  if (row.kind !== undefined) return row.kind === 'official' && row.qualifier === 'exact' ? 'A' : 'E'
  if (row.count === null) return 'O'
  return row.min === row.max ? 'A' : 'E'
}

async function expectSame(target: string, fields: Readonly<Record<string, string>>): Promise<number> {
  const { data } = await api.json<List<Row>>(target)
  const rows = keyed(data, fields)
  const message: Message = await api.json(withQuery(target, { format: 'sdmx-json' }))
  expect(faultsOf.data(message), target).toEqual([])
  const reads = readMessage(message)
  expect(
    reads.map((read) => rowOf(read, fields)),
    target,
  ).toEqual(rows)
  const { text } = await api.get(target, { accept: CSV })
  const records = readCsv(text)
  expect(
    records.map((record) => rowOf(record, fields)),
    target,
  ).toEqual(rows.map(asText))
  for (const [index, row] of rows.entries()) {
    for (const read of [reads[index], records[index]]) {
      expect(read?.OBS_STATUS).toBe(statusOf(row))
      expect(daysOf(String(read?.TIME_PERIOD))).toEqual([row.period_start, row.period_end])
    }
    expect(reads[index]?.FREQ).toBe(records[index]?.FREQ)
  }
  expect(new Set(records.map(({ STRUCTURE, ACTION }) => `${STRUCTURE} ${ACTION}`)).size).toBeLessThan(2)
  return rows.length
}

describe('SDMX-CSV and SDMX-JSON hold what JSON holds, for any question to', () => {
  test('/v1/totals', async () => {
    await fc.assert(
      fc.asyncProperty(windowQuestion, borderQuestion, evidenceQuestion, async (...questions) => {
        await expectSame(addressOf('/v1/totals', ...questions), FIGURE_FIELDS)
      }),
      { numRuns: 25 },
    )
  })

  test('/v1/series, cumulative too', async () => {
    const cumulative = fc.record({ interval, cumulative: fc.constantFrom('true', 'false') })
    await fc.assert(
      fc.asyncProperty(windowQuestion, borderQuestion, cumulative, async (...questions) => {
        await expectSame(addressOf('/v1/series', ...questions), FIGURE_FIELDS)
      }),
      { numRuns: 20 },
    )
  })

  test('/v1/series in known runs', async () => {
    const cutting = fc.record({ interval: fc.constant('auto'), within: fc.constantFrom('0', '0.15', '1') })
    await fc.assert(
      fc.asyncProperty(windowQuestion, borderQuestion, cutting, async (...questions) => {
        await expectSame(addressOf('/v1/series', ...questions), FIGURE_FIELDS)
      }),
      { numRuns: 10 },
    )
  })

  test('/v1/observations', async () => {
    const chosen = fc.record({ status: someOf(['accepted', 'conflicting', 'approximate']) })
    await fc.assert(
      fc.asyncProperty(windowQuestion, evidenceQuestion, chosen, async (...questions) => {
        await expectSame(addressOf('/v1/observations', ...questions), OBSERVATION_FIELDS)
      }),
      { numRuns: 25 },
    )
  })
})

test('every observation comes through, with every character', async () => {
  expect(await expectSame('/v1/observations?limit=10000', OBSERVATION_FIELDS)).toBeGreaterThan(300)
  const { text } = await api.get('/v1/observations?limit=10000&format=sdmx-csv')
  expect(readCsv(text).map(({ NOTE }) => NOTE)).toEqual(expect.arrayContaining(TEXTS))
})

test('a published number becomes its bounds, and an approximate one none', async () => {
  const { text } = await api.get('/v1/observations?limit=10000&format=sdmx-csv')
  const bounds = new Map<string | null | undefined, (read: (typeof records)[number]) => unknown[]>([
    ['exact', ({ OBS_VALUE }) => [OBS_VALUE, OBS_VALUE]],
    ['at_least', ({ OBS_VALUE }) => [OBS_VALUE, null]],
    ['more_than', ({ OBS_VALUE }) => [String(Number(OBS_VALUE) + 1), null]],
    ['at_most', ({ OBS_VALUE }) => ['0', OBS_VALUE]],
    ['about', () => [null, null]],
  ])
  const records = readCsv(text)
  for (const record of records)
    expect([record.VALUE_MIN, record.VALUE_MAX]).toEqual(bounds.get(record.QUALIFIER)?.(record))
})

describe('SDMX-CSV', () => {
  test('has the columns of its structure in order, and says what it is of in each row', async () => {
    const { text } = await api.get('/v1/totals?from=2024-01-01&to=2024-11-15&country=PL', { accept: CSV })
    expect(text.split('\r\n').slice(0, 2)).toEqual([
      'STRUCTURE,STRUCTURE_ID,ACTION,FREQ,INDICATOR,REF_AREA,COUNTERPART_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS,QUALIFIER,VALUE_MIN,VALUE_MAX,DAYS,DAYS_REPORTED,CONFLICTS,PERIOD_START,PERIOD_END,PERIOD,PARTIAL,KNOWN',
      'dataflow,BC:FIGURES(1.0.0),I,_O,attempted_crossings,PL,BY,2024-01-01/P320D,28668,E,at_least,28668,,320,320,1,2024-01-01,2024-11-15,,,',
    ])
  })

  test('of a whole list is streamed', async () => {
    const { text } = await api.get('/v1/series?interval=day&limit=all&format=sdmx-csv')
    expect(readCsv(text).length).toBe((await api.pages('/v1/series?interval=day&limit=10000')).length)
  })
})

describe('SDMX-JSON', () => {
  test('names its codes, its dataflow, its version and its next page', async () => {
    const target = '/v1/series?period=2024&country=PL&limit=3&format=sdmx-json'
    const { text, headers } = await api.get(target)
    const { meta, data }: Message = JSON.parse(text)
    const [structure] = data.structures
    expect(structure?.links).toEqual([
      { rel: 'dataflow', urn: 'urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=BC:FIGURES(1.0.0)' },
    ])
    const names = (structure?.dimensions.observation ?? []).map(({ id, values }) => [id, values?.[0]?.name])
    expect(names).toEqual([
      ['FREQ', 'Monthly'],
      ['INDICATOR', 'Attempted border crossings'],
      ['REF_AREA', 'Poland'],
      ['COUNTERPART_AREA', 'Belarus'],
      ['TIME_PERIOD', undefined],
    ])
    expect(meta).toMatchObject({ version: 2, permalink: sortQuery(linkOf(headers, 'canonical')) })
    expect(meta.next).toBe(sortQuery(linkOf(headers, 'next')))
  })

  test('of a whole list is refused, as JSON is', async () => {
    await api.problem(400, '/v1/series?limit=all&format=sdmx-json')
  })
})

describe('where there is nothing', () => {
  test.each([
    '/v1/totals?country=PL&neighbour=EU',
    '/v1/observations?period=1999',
    '/v1/series?source=pozirk-2024-11-15&indicator=migrant_deaths&country=LT',
  ])('%s is a valid message without observations', async (target) => {
    const message: Message = await api.json(withQuery(target, { format: 'sdmx-json' }))
    expect(faultsOf.data(message)).toEqual([])
    expect(readMessage(message)).toEqual([])
    expect(readCsv((await api.get(target, { accept: CSV })).text)).toEqual([])
  })

  test('a service without data answers too', async () => {
    const empty = await startApp({ records: {} })
    const message: Message = await empty.json('/v1/observations?format=sdmx-json')
    expect(faultsOf.data(message)).toEqual([])
    await empty.close()
  })
})

describe('the version of a media type', () => {
  test.each([
    [CSV, CSV],
    [JSON_, JSON_],
    ['application/vnd.sdmx.data+json', JSON_],
    ['application/vnd.sdmx.data+csv; version=2.0.0; labels=id', CSV],
    [`application/vnd.sdmx.data+xml;version=3.0.0, ${JSON_};q=0.5`, JSON_],
  ])('%s is answered', async (accept, type) => {
    expect((await api.get('/v1/totals?period=2024', { accept })).headers['content-type']).toBe(type)
  })

  test.each(['1.0.0', '2.1.0', '3.0.0'])('%s is not served', async (version) => {
    for (const kind of ['json', 'csv', 'xml'])
      await api.problem(406, '/v1/series', {
        accept: `application/vnd.sdmx.data+${kind};version=${version}`,
      })
  })

  test('is not served where the rows are neither figures nor observations', async () => {
    await api.problem(406, '/v1/borders', { accept: JSON_ })
    await api.problem(400, '/v1/sources?format=sdmx-csv')
  })
})
