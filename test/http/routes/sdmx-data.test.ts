import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatDay, toDay } from '../../../src/domain/calendar.ts'
import { INTERVALS } from '../../../src/domain/period.ts'
import {
  daysOf,
  faultsOf,
  type Message,
  type Read,
  readCsv,
  readMessage,
} from '../../support/formats/sdmx-reader.ts'
import { type Harness, type List, linkOf, startApp, withQuery } from '../../support/http/harness.ts'
import { CODES } from '../../support/http/questions.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'

const CSV = 'application/vnd.sdmx.data+csv;version=2.0.0'
const JSON_ = 'application/vnd.sdmx.data+json;version=2.0.0'
const FREQUENCIES = { day: 'D', week: 'W', month: 'M', quarter: 'Q', year: 'A' } as const

type Row = Readonly<Record<string, string | number | boolean | null>>

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

/** The observations of a data query, in SDMX-JSON, which must be valid, and the same in SDMX-CSV. */
async function read(rest: string, of = api): Promise<Read[]> {
  const message: Message = await of.json(`/sdmx/data${rest}`)
  expect(faultsOf.data(message), rest).toEqual([])
  const reads = readMessage(message)
  const { text, headers } = await of.get(`/sdmx/data${rest}`, { accept: CSV })
  expect(headers['content-type']).toBe(CSV)
  const records = readCsv(text).map(({ STRUCTURE, STRUCTURE_ID, ACTION, ...components }) => components)
  const asText = reads.map((row) =>
    Object.fromEntries(Object.entries(row).map(([id, cell]) => [id, cell === null ? null : String(cell)])),
  )
  expect(asText, rest).toEqual(records)
  return reads
}

/** The parts of a figure that both answers have. */
const figureOf = (row: Row) => [
  row.indicator,
  row.border,
  row.period_start,
  row.period_end,
  row.count,
  row.qualifier,
  row.min,
  row.max,
  row.days,
  row.days_reported,
  row.conflicts,
]
const figureIn = (read: Read) => [
  read.INDICATOR,
  `${read.REF_AREA}-${read.COUNTERPART_AREA}`,
  ...daysOf(String(read.TIME_PERIOD)),
  read.OBS_VALUE,
  read.QUALIFIER,
  read.VALUE_MIN,
  read.VALUE_MAX,
  read.DAYS,
  read.DAYS_REPORTED,
  read.CONFLICTS,
]

const FIGURES = '/dataflow/BC/FIGURES/1.0.0'
const OBSERVATIONS = '/dataflow/BC/OBSERVATIONS/1.0.0'

describe('figures of which one is a thousand years off', () => {
  test('go back fifty years by default, and further with a first day', async () => {
    const slip = { period_start: '1024-11-15', period_end: '1024-11-15' }
    const slipped = await startApp({
      records: {
        indicators: [attemptedCrossings],
        borders: [border('PL-BY', 1)],
        sources: [publication({ id: 'a' })],
        observations: [figure({ source: 'a', count: 10 }), figure({ source: 'a', count: 3, ...slip })],
      },
    })
    const periodsOf = async (rest: string) => {
      const { status, text } = await slipped.get(`/sdmx/data${FIGURES}/${rest}`, { accept: CSV })
      expect(status, rest).toBe(200)
      return readCsv(text).map((row) => row.TIME_PERIOD)
    }
    const months = await periodsOf('M')
    expect([months.length, months[0], months.at(-1)]).toEqual([600, '1975-01', '2024-12'])
    expect(await periodsOf('D')).toHaveLength(18_263)
    expect((await periodsOf('*')).length).toBeGreaterThan(18_263 + 600)
    expect(await periodsOf('M?endPeriod=1030')).toHaveLength(6 * 12 + 2)
    expect(await periodsOf('M?startPeriod=1024-11&endPeriod=1024-11')).toEqual(['1024-11'])
    expect(await periodsOf('A?startPeriod=1024')).toHaveLength(1_001)
    await slipped.close()
  })
})

describe('figures', () => {
  test('of a frequency are the whole periods of the series, for any query', async () => {
    const day = fc.integer({ min: toDay('2020-10-01'), max: toDay('2026-06-30') })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...INTERVALS),
        fc.uniqueArray(fc.constantFrom('PL', 'LV', 'LT', 'EU'), { minLength: 1 }),
        fc.constantFrom('attempted_crossings', 'apprehensions'),
        day,
        day,
        fc.boolean(),
        async (interval, areas, indicator, a, b, isOld) => {
          const [from, to] = [Math.min(a, b), Math.max(a, b)].map(formatDay)
          const keys = areas.map((area) => `${FREQUENCIES[interval]}.${indicator}.${area}`).join(',')
          const time = isOld ? `startPeriod=${from}&endPeriod=${to}` : `c[TIME_PERIOD]=ge:${from}+le:${to}`
          const reads = await read(`${FIGURES}/${keys}?${time}`)
          const rows = await api.pages<Row>(
            `/v1/series?interval=${interval}&country=${areas}&indicator=${indicator}&from=${from}&to=${to}`,
          )
          expect(reads.map(figureIn)).toEqual(rows.filter(({ partial }) => partial === false).map(figureOf))
        },
      ),
      { numRuns: 25 },
    )
  })

  test('of frequency _O are the totals of the window', async () => {
    const { data } = await api.json<List<Row>>('/v1/totals?from=2024-01-01&to=2024-11-15')
    for (const time of ['ge:2024-01-01+le:2024-11-15', 'ge:2024-01-01%2Ble:2024-11-15', '2024-01-01/P320D'])
      expect(
        (
          await read(
            `${FIGURES}/_O.*.PL,_O.*.LV,_O.*.LT?c[TIME_PERIOD]=${time}&c[INDICATOR]=attempted_crossings`,
          )
        ).map(figureIn),
      ).toEqual(data.map(figureOf))
  })

  test('without a window reach as far as the data, in whole periods', async () => {
    const reads = await read(`${FIGURES}/A.attempted_crossings.PL`)
    const rows = await api.pages<Row>('/v1/series?interval=year&country=PL&from=2021&to=2026')
    expect(reads.map(figureIn)).toEqual(rows.map(figureOf))
  })

  test('without a key are of every frequency, indicator and area, groups too', async () => {
    const reads = await read(`${FIGURES}?c[TIME_PERIOD]=ge:2024-01+le:2024-03&attributes=none`)
    const values = (id: string) => [...new Set(reads.map((row) => String(row[id])))].toSorted()
    expect(values('FREQ')).toEqual(['D', 'M', 'Q', 'W'])
    expect(values('REF_AREA')).toEqual(expect.arrayContaining(['EU', 'LT', 'LV', 'PL']))
    expect(values('INDICATOR').length).toBeGreaterThan(2)
  })

  test('of one period are selected by it', async () => {
    const reads = await read(`${FIGURES}/*.attempted_crossings.LT.BY?c[TIME_PERIOD]=2024-Q1,2024-05,2024-W20`)
    expect(reads.map(({ FREQ, TIME_PERIOD }) => `${FREQ} ${TIME_PERIOD}`)).toEqual([
      'W 2024-W20',
      'M 2024-05',
      'Q 2024-Q1',
    ])
  })
})

describe('observations', () => {
  test('are those of the list, by key and by component', async () => {
    const all = await read(OBSERVATIONS)
    const rows = await api.pages<Row>('/v1/observations?limit=10000')
    expect(all.map(({ OBSERVATION }) => OBSERVATION)).toEqual(rows.map(({ id }) => id))
    const text = (name: string) => (row: Row) => String(row[name])
    for (const [rest, isMeant] of [
      ['/*.*.PL', (row) => row.country === 'PL'],
      ['/*.*.LV.BY,*.*.LT.BY', (row) => row.neighbour === 'BY' && 'LV LT'.includes(text('country')(row))],
      ['/*.*.*.*.pozirk-2024-11-15', (row) => row.source === 'pozirk-2024-11-15'],
      ['?c[REF_AREA]=ne:PL', (row) => row.country !== 'PL'],
      [
        '?c[REF_AREA]=PL,LV&c[KIND]=official',
        (row) => row.kind === 'official' && 'PL LV'.includes(text('country')(row)),
      ],
      [
        '?c[QUALIFIER]=exact&c[STATUS]=ne:accepted',
        (row) => row.qualifier === 'exact' && row.status !== 'accepted',
      ],
      ['?c[OBS_VALUE]=ge:1000+lt:2000', (row) => Number(row.count) >= 1000 && Number(row.count) < 2000],
      [
        '?c[VALUE_MAX]=lt:10',
        (row) =>
          (row.qualifier === 'exact' && Number(row.count) < 10) ||
          (row.qualifier === 'at_most' && Number(row.count) < 10),
      ],
      ['?c[ORIGIN]=sw:Stra%C5%BC%20G', (row) => text('origin')(row).startsWith('Straż G')],
      ['?c[TITLE]=co:Lithuania', (row) => text('title')(row).includes('Lithuania')],
      ['?c[PUBLISHER]=ew:BNS', (row) => text('publisher')(row).endsWith('BNS')],
      [
        '?c[PUBLISHED_ON]=lt:2022-01-01',
        (row) => row.published_on !== null && text('published_on')(row) < '2022-01-01',
      ],
      [
        '?c[TIME_PERIOD]=ge:2024+le:2024',
        (row) => text('period_start')(row) >= '2024-01-01' && text('period_end')(row) <= '2024-12-31',
      ],
      ['?c[TIME_PERIOD]=gt:2024', (row) => text('period_start')(row) > '2024-12-31'],
      ['?c[TIME_PERIOD]=lt:2022-Q3', (row) => text('period_end')(row) < '2022-07-01'],
      [
        '?c[TIME_PERIOD]=ge:2021+le:2021,ge:2025',
        (row) =>
          text('period_start')(row) >= '2025-01-01' ||
          (text('period_start')(row) >= '2021-01-01' && text('period_end')(row) <= '2021-12-31'),
      ],
      ['?endPeriod=2021-12-31', (row) => text('period_end')(row) <= '2021-12-31'],
      [
        '?c[FREQ]=M',
        (row) =>
          text('period_start')(row).endsWith('-01') &&
          text('period_start')(row).slice(0, 7) === text('period_end')(row).slice(0, 7) &&
          Number(text('period_end')(row).slice(8)) > 27 &&
          daysOf(text('period_start')(row).slice(0, 7))[1] === row.period_end,
      ],
    ] as [string, (row: Row) => boolean][]) {
      const reads = await read(`${OBSERVATIONS}${rest}`)
      const meant = rows.filter(isMeant).map(({ id }) => id)
      expect(meant.length, rest).toBeGreaterThan(0)
      expect(
        reads.map(({ OBSERVATION }) => OBSERVATION),
        rest,
      ).toEqual(meant)
    }
  })

  test('may be the first and the last of each series only', async () => {
    const key = '/*.attempted_crossings.PL'
    const all = await read(`${OBSERVATIONS}${key}`)
    const seriesOf = ({ FREQ, SOURCE }: Read) => `${FREQ} ${SOURCE}`
    for (const [first, last] of [
      [1, 0],
      [0, 1],
      [2, 1],
      [1, 2],
    ] as const) {
      const query = { ...(first && { firstNObservations: first }), ...(last && { lastNObservations: last }) }
      const bySeries = Map.groupBy(all, seriesOf)
      const meant = [...bySeries.values()].flatMap((of) =>
        of.filter((_, index) => index < first || index >= of.length - last),
      )
      const reads = await read(withQuery(`${OBSERVATIONS}${key}`, query))
      expect(reads.length).toBeLessThan(all.length)
      expect(new Set(reads.map(({ OBSERVATION }) => OBSERVATION))).toEqual(
        new Set(meant.map(({ OBSERVATION }) => OBSERVATION)),
      )
    }
    const [newest] = await read(`${FIGURES}/M.attempted_crossings.PL.BY?lastNObservations=1`)
    expect(newest?.TIME_PERIOD).toBe(
      (await read(`${FIGURES}/M.attempted_crossings.PL.BY`)).at(-1)?.TIME_PERIOD,
    )
  })

  test('are the same for every source of the seeds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...CODES.sources), async (source) => {
        const rows = await api.pages<Row>(`/v1/observations?source=${source}`)
        const reads = await read(`${OBSERVATIONS}/*.*.*.*.${source}`)
        expect(reads.map(({ OBSERVATION }) => OBSERVATION)).toEqual(rows.map(({ id }) => id))
      }),
      { numRuns: 10 },
    )
  })
})

describe('the components of an observation', () => {
  test('may be some attributes, or none, or no measure', async () => {
    const key = `${FIGURES}/A.attempted_crossings.PL.BY?c[TIME_PERIOD]=2023`
    const dimensions = ['FREQ', 'INDICATOR', 'REF_AREA', 'COUNTERPART_AREA', 'TIME_PERIOD']
    const ids = async (query: string) => Object.keys((await read(`${key}&${query}`))[0] ?? {})
    expect(await ids('attributes=none')).toEqual([...dimensions, 'OBS_VALUE'])
    expect(await ids('attributes=QUALIFIER,VALUE_MAX')).toEqual([
      ...dimensions,
      'OBS_VALUE',
      'QUALIFIER',
      'VALUE_MAX',
    ])
    expect(await ids('attributes=none&measures=none')).toEqual(dimensions)
    expect(await ids('attributes=all')).toEqual(await ids('attributes=dsd'))
  })
})

describe('a context', () => {
  test('is respected', async () => {
    const { text } = await api.get('/sdmx/data/datastructure/BC/DSD_FIGURES/1.0.0/A.*.PL.BY', { accept: CSV })
    const [record] = readCsv(text)
    expect(record).toMatchObject({ STRUCTURE: 'datastructure', STRUCTURE_ID: 'BC:DSD_FIGURES(1.0.0)' })
    const message: Message = await api.json('/sdmx/data/datastructure/BC/DSD_FIGURES')
    expect(message.data.structures[0]?.links[0]?.urn).toMatch(/DataStructure=BC:DSD_FIGURES\(1\.0\.0\)$/)
  })

  test('may be any, as may agency and version', async () => {
    const rest = '/A.attempted_crossings.PL.BY'
    const reads = await read(`${FIGURES}${rest}`)
    for (const path of ['/*/*/FIGURES/*', '/dataflow/*/FIGURES/+', '/dataflow/BC/FIGURES/~'])
      expect(await read(`${path}${rest}`)).toEqual(reads)
  })
})

describe('the past', () => {
  test('is answered by asOf, and an answer has an address for good', async () => {
    const own = await startApp()
    const target = `/sdmx/data${OBSERVATIONS}/*.*.PL`
    const { headers, text } = await own.get(target)
    expect(linkOf(headers, 'canonical')).toBe(`${target}?asOf=1`)
    await own.add({
      sources: [publication({ id: 'later' })],
      observations: [figure({ source: 'later', count: 7 })],
    })
    expect(await read(`${OBSERVATIONS}/*.*.PL.BY.later`, own)).toHaveLength(1)
    const now = await own.get(linkOf(headers, 'canonical'))
    const dataOf = (message: string) => JSON.parse(message).data
    expect(dataOf(now.text)).toEqual(dataOf(text))
    expect(now.headers['cache-control']).toContain('immutable')
    expect(await read(`${OBSERVATIONS}/*.*.PL.BY.later?asOf=1`, own)).toEqual([])
    await own.close()
  })
})

describe('where nothing fits', () => {
  test.each([
    `${FIGURES}/M.migrant_deaths.LT.BY?c[TIME_PERIOD]=1990-01`,
    `${FIGURES}/A.attempted_crossings.PL.BY?c[TIME_PERIOD]=ge:2024-02+le:2024-03`,
    `${FIGURES}/A.attempted_crossings.PL.BY?c[TIME_PERIOD]=ge:2025+le:2024`,
    `${FIGURES}/A.attempted_crossings.PL.BY?c[REF_AREA]=LT`,
    `${OBSERVATIONS}?c[TIME_PERIOD]=lt:0001-01-01`,
    `${OBSERVATIONS}/D.*.*.*.pozirk-2024-11-15`,
  ])('%s is a valid message without observations', async (rest) => {
    expect(await read(rest)).toEqual([])
  })

  test('but the dataflow is unknown, it is a 404', async () => {
    for (const rest of [
      '/dataflow/BC/NOTHING',
      '/dataflow/XX/FIGURES',
      '/dataflow/BC/FIGURES/2.0.0',
      '/dataflow/BC/DSD_FIGURES',
      '/datastructure/BC/FIGURES/1.0.0/M',
    ])
      await api.problem(404, `/sdmx/data${rest}`)
  })
})

describe('a query', () => {
  test.each([
    ['/M.attempted_crossings.XX', 'key', 'has no REF_AREA "XX"'],
    ['/M.attempted_crossing.PL', 'key', 'did you mean attempted_crossings?'],
    ['/M..PL', 'key', 'has an empty INDICATOR; * is any'],
    ['/M.attempted_crossings.PL.BY.2024', 'key', 'has more parts'],
    ['/M.attempted_crossings.PL+LT.BY', 'key', 'c[REF_AREA]'],
    ['?c[REF_AREA]=Poland', 'c[REF_AREA]', 'did you mean PL?'],
    ['?c[REF_AREA]=PL,', 'c[REF_AREA]', 'has an empty value'],
    ['?c[FREQ]=X', 'c[FREQ]', 'unknown value'],
    ['?c[TIME_PERIOD]=ge:2024-13', 'c[TIME_PERIOD]', 'must be a day'],
    ['?c[SOURCE]=pozirk-2024-11-15', 'c[SOURCE]', 'unknown component of BC:FIGURES'],
    ['?c[NOTHING]=1', 'c[NOTHING]', 'unknown parameter'],
    ['?c[FREQ]=', 'c[FREQ]', 'is empty'],
    ['?c[FREQ]=M&c[FREQ]=A', 'c[FREQ]', 'more than once'],
    ['?startPeriod=2024-13', 'startPeriod', 'must be a day'],
    ['?startPeriod=2025&endPeriod=2024', 'startPeriod', 'lies after endPeriod'],
    ['?firstNObservations=0', 'firstNObservations', 'must be a whole number'],
    ['?lastNObservations=x', 'lastNObservations', 'must be a whole number'],
    ['?attributes=VALUE', 'attributes', 'unknown value'],
    ['?measures=count', 'measures', 'unknown value'],
    ['?asOf=99', 'asOf', 'in the future'],
    ['?as_of=1', 'as_of', 'unknown parameter'],
    ['?includeHistory=yes', 'includeHistory', 'unknown value'],
    ['?dimensionAtObservation=TIME', 'dimensionAtObservation', 'unknown value'],
    ['/D?startPeriod=0001&endPeriod=9999', 'c[TIME_PERIOD]', 'spans more than 40000 days'],
    ['/M?startPeriod=0001&endPeriod=9999', 'c[TIME_PERIOD]', 'spans more than 40000 months'],
  ])('that is malformed is a 400 that names what: %s', async (rest, parameter, detail) => {
    const { errors } = await api.problem(400, `/sdmx/data${FIGURES}${rest}`)
    expect(errors).toEqual([{ parameter, detail: expect.stringContaining(detail) }])
  })

  test.each([
    ['?includeHistory=true', 'includeHistory'],
    ['?updatedAfter=2024-01-01T00:00:00Z', 'updatedAfter'],
    ['?dimensionAtObservation=TIME_PERIOD', 'dimensionAtObservation'],
    ['?limit=10', 'limit'],
    ['?offset=10', 'offset'],
    ['?sort=TIME_PERIOD', 'sort'],
    ['?reportingYearStartDay=--07-01', 'reportingYearStartDay'],
    ['?c[TIME_PERIOD]=sw:2024', 'c[TIME_PERIOD]'],
  ])('for an unsupported feature is a 501 that names it: %s', async (rest, parameter) => {
    const { errors, type } = await api.problem(501, `/sdmx/data${FIGURES}${rest}`)
    expect(type).toBe('/problems/not-implemented')
    expect(errors?.map((each) => each.parameter)).toEqual([parameter])
  })

  test.each(['', '/dataflow', '/dataflow/BC', '/*/BC/FIGURES,OBSERVATIONS', '/provisionagreement/BC/X'])(
    'of data that are not of one dataflow is a 501: %s',
    async (rest) => {
      await api.problem(501, `/sdmx/data${rest}`)
    },
  )

  test.each([
    '/availability/dataflow/BC/FIGURES',
    '/schema/dataflow/BC/FIGURES/1.0.0',
    '/metadata',
    '/registration/id/1',
  ])('of another kind is a 501: %s', async (rest) => {
    await api.problem(501, `/sdmx${rest}`)
  })

  test('is answered in the requested format', async () => {
    const target = `/sdmx/data${FIGURES}/A.*.PL.BY`
    for (const [accept, type] of [
      ['*/*', JSON_],
      [JSON_, JSON_],
      [`${CSV},${JSON_};q=0.5`, CSV],
      ['application/vnd.sdmx.data+csv', CSV],
    ] as const)
      expect((await api.get(target, { accept })).headers['content-type']).toBe(type)
    expect((await api.get(`${target}?format=sdmx-csv`, { accept: JSON_ })).headers['content-type']).toBe(CSV)
    for (const accept of [
      'application/vnd.sdmx.data+xml;version=3.0.0',
      'application/vnd.sdmx.genericdata+xml;version=2.1',
      'application/vnd.sdmx.data+json;version=1.0.0',
      'application/json',
    ])
      await api.problem(406, target, { accept })
  })

  test('is a 304 for a matching ETag', async () => {
    for (const target of [`/sdmx/data${FIGURES}/A.*.PL.BY`, '/sdmx/structure/codelist']) {
      const { etag = '' } = (await api.get(target, { accept: '*/*' })).headers
      const headers = { 'if-none-match': etag }
      expect((await fetch(`http://127.0.0.1:${api.port}${target}`, { headers })).status).toBe(304)
    }
  })

  test('with HEAD has no body', async () => {
    expect(await api.send('HEAD', `/sdmx/data${FIGURES}/A.*.PL.BY`)).toMatchObject({ status: 200, text: '' })
  })
})
