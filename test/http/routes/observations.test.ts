import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { toDay } from '../../../src/domain/calendar.ts'
import {
  type ObservationWithStatus,
  PERIOD_BASES,
  QUALIFIERS,
  STATUSES,
} from '../../../src/domain/observation.ts'
import { parsePeriod } from '../../../src/domain/period.ts'
import { KINDS } from '../../../src/domain/source.ts'
import { type Harness, type List, startApp } from '../../support/http/harness.ts'
import { addressOf, CODES, period, type Question, someOf } from '../../support/http/questions.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'

/** The fields of an observation in the order of the contract. */
const FIELDS = [
  'id',
  'source',
  'publisher',
  'origin',
  'kind',
  'title',
  'published_on',
  'url',
  'border',
  'country',
  'neighbour',
  'indicator',
  'period_start',
  'period_end',
  'period_basis',
  'count',
  'qualifier',
  'note',
  'status',
  'version',
]

let api: Harness
let all: ObservationWithStatus[]
const list = (question: Question = {}) =>
  api.json<List<ObservationWithStatus>>(addressOf('/v1/observations', question, { limit: '10000' }))

beforeAll(async () => {
  api = await startApp()
  all = (await list()).data
})
afterAll(async () => {
  await api.close()
})

describe('the list', () => {
  test('holds every figure of the seeds as it was published, each once', () => {
    const seeds = readSeeds()
    const sources = new Map(seeds.sources.map((source) => [source.id, source]))
    const expected = seeds.observations.map((statement) => {
      const { id, ...publication } = sources.get(statement.source) ?? { id: null }
      return {
        ...publication,
        ...statement,
        source: id,
        border: `${statement.country}-${statement.neighbour}`,
      }
    })
    const keyOf = (row: object) => JSON.stringify(Object.entries(row).toSorted())
    const answered = all.map(({ id: _id, status: _status, version: _version, ...published }) => published)
    expect(answered.map(keyOf).toSorted()).toEqual(expected.map(keyOf).toSorted())
    expect(new Set(all.map(({ id }) => id)).size).toBe(seeds.observations.length)
  })

  test('has the fields of the contract, flat and in its order', () => {
    for (const row of all) expect(Object.keys(row)).toEqual(FIELDS)
  })

  test('has the same columns as CSV', async () => {
    const csv = await api.csv('/v1/observations?limit=1')
    expect(csv.split('\r\n')[0]).toBe(FIELDS.join(','))
  })

  test('is ordered by period_start, period_end, border and source', () => {
    const positions = ['PL-BY', 'LV-BY', 'LT-BY', 'EU-BY', 'BY-EU']
    const keyOf = (row: ObservationWithStatus) =>
      [row.period_start, row.period_end, positions.indexOf(row.border), row.source, row.indicator].join(' ')
    const keys = all.map(keyOf)
    expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : 1)))
  })

  test('is of all indicators and of groups too by default', () => {
    expect(new Set(all.map((row) => row.indicator))).toEqual(new Set(CODES.indicators))
    expect(new Set(all.map((row) => row.country))).toEqual(new Set(CODES.countries))
  })

  test('is empty where the filters leave nothing', async () => {
    for (const question of [
      { source: 'pozirk-2024-11-15', country: 'BY' },
      { period: '1999' },
      { published_until: '1999-12-31' },
      { as_of: '0' },
      { status: 'approximate', qualifier: 'exact' },
    ]) {
      expect((await list(question)).data).toEqual([])
    }
  })
})

describe('each filter leaves exactly the rows that', () => {
  const filters: Record<string, { values: readonly string[]; of: (row: ObservationWithStatus) => string }> = {
    indicator: { values: CODES.indicators, of: (row) => row.indicator },
    country: { values: CODES.countries, of: (row) => row.country },
    neighbour: { values: CODES.neighbours, of: (row) => row.neighbour },
    origin: { values: CODES.origins, of: (row) => row.origin },
    source: { values: CODES.sources, of: (row) => row.source },
    kind: { values: KINDS, of: (row) => row.kind },
    period_basis: { values: PERIOD_BASES, of: (row) => row.period_basis },
    qualifier: { values: QUALIFIERS, of: (row) => row.qualifier },
    status: { values: STATUSES, of: (row) => row.status },
  }
  const passes = (question: Question) => (row: ObservationWithStatus) =>
    Object.entries(filters).every(([name, { of }]) => question[name]?.split(',').includes(of(row)) ?? true) &&
    meets(row, question) &&
    (question.published_until === undefined ||
      (row.published_on !== null && row.published_on <= question.published_until))

  function meets(row: ObservationWithStatus, question: Question): boolean {
    const from = parsePeriod(question.period ?? question.from ?? '')?.start ?? Number.NEGATIVE_INFINITY
    const to = parsePeriod(question.period ?? question.to ?? '')?.end ?? Number.POSITIVE_INFINITY
    return toDay(row.period_end) >= from && toDay(row.period_start) <= to
  }

  test.each(Object.keys(filters))('have one of the values of %s', async (name) => {
    for (const value of filters[name]?.values.filter((_, index) => index < 12 || index % 12 === 0) ?? []) {
      const { data } = await list({ [name]: value })
      expect(data, `${name}=${value}`).toEqual(all.filter(passes({ [name]: value })))
    }
    await fc.assert(
      fc.asyncProperty(someOf(filters[name]?.values ?? [], 4), async (value) => {
        expect((await list({ [name]: value })).data).toEqual(all.filter(passes({ [name]: value })))
      }),
      { numRuns: 10 },
    )
  })

  test('overlap the window from–to', async () => {
    await fc.assert(
      fc.asyncProperty(period, period, async (a, b) => {
        const questions: Question[] = [{ from: a }, { to: a }, { period: a }]
        if ((parsePeriod(a)?.start ?? 0) <= (parsePeriod(b)?.end ?? 0)) questions.push({ from: a, to: b })
        for (const question of questions) {
          expect((await list(question)).data).toEqual(all.filter(passes(question)))
        }
      }),
      { numRuns: 15 },
    )
  })

  test('overlap the window by one day at either end', async () => {
    const [row] = all.filter(({ source }) => source === 'charter97-2025-11-02')
    const { id, period_start, period_end } = row ?? { id: 0, period_start: '', period_end: '' }
    const day = (text: string, shift: number) =>
      new Date(Date.parse(`${text}T00:00:00Z`) + shift * 86_400_000).toISOString().slice(0, 10)
    const isIn = async (question: Question) => (await list(question)).data.some((each) => each.id === id)
    expect(await isIn({ from: period_end })).toBe(true)
    expect(await isIn({ from: day(period_end, 1) })).toBe(false)
    expect(await isIn({ to: period_start })).toBe(true)
    expect(await isIn({ to: day(period_start, -1) })).toBe(false)
  })

  test('were published on or before published_until, and of undated sources none', async () => {
    for (const day of ['2023-06-30', '2024-11-15', '2024-11-14', '2100-01-01']) {
      const question = { published_until: day }
      const ids = (rows: ObservationWithStatus[]) => rows.map((row) => row.id)
      expect(ids((await list(question)).data)).toEqual(ids(all.filter(passes(question))))
    }
    expect(all.some((row) => row.published_on === null)).toBe(true)
  })

  test('pass all filters together', async () => {
    const one = (name: string) => someOf(filters[name]?.values ?? [], 3)
    const question = fc.record(
      {
        country: one('country'),
        origin: one('origin'),
        kind: one('kind'),
        qualifier: one('qualifier'),
        status: one('status'),
        period,
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        expect((await list(asked)).data).toEqual(all.filter(passes(asked)))
      }),
      { numRuns: 60 },
    )
  })
})

describe('status', () => {
  test('is approximate of every about, and of nothing else', () => {
    for (const row of all) expect(row.status === 'approximate').toBe(row.qualifier === 'about')
  })

  test('has the status against all observations of the vintage, whichever rows are selected', async () => {
    const { data } = await list({ source: 'pozirk-2024-07-09' })
    const conflicting = data.filter((row) => row.status === 'conflicting')
    expect(conflicting.map((row) => [row.country, row.count])).toEqual([
      ['LV', 4_593],
      ['LT', 1_267],
    ])
    const statuses = new Map(all.map((row) => [row.id, row.status]))
    const question = { kind: 'analysis,claim', period: '2024', period_basis: 'inferred', country: 'LV,LT,EU' }
    const { data: some } = await list(question)
    expect(some.length).toBeGreaterThan(3)
    for (const row of some) expect(row.status).toBe(statuses.get(row.id))
  })

  test('may differ in the world of an earlier day', async () => {
    const { data } = await list({ source: 'pozirk-2024-07-09', published_until: '2024-07-09' })
    expect(data.map((row) => [row.country, row.status])).toContainEqual(['LV', 'accepted'])
  })

  test('changes with what is recorded later, and not in the versions before', async () => {
    const own = await startApp({
      records: {
        indicators: [attemptedCrossings],
        borders: [border('PL-BY', 1)],
        sources: [publication({ id: 'paper', kind: 'analysis' })],
        observations: [figure({ source: 'paper', count: 5 })],
      },
    })
    const statusOf = async (query: string) => {
      const { data } = await own.json<List<ObservationWithStatus>>(`/v1/observations?source=paper${query}`)
      return data[0]?.status
    }
    expect(await statusOf('')).toBe('accepted')
    await own.add({
      sources: [publication({ id: 'guard' })],
      observations: [figure({ source: 'guard', count: 6 })],
    })
    expect(await statusOf('')).toBe('conflicting')
    expect(await statusOf('&as_of=1')).toBe('accepted')
    await own.close()
  })
})

describe('pages', () => {
  test('of any size together are the whole list, whatever the filters', async () => {
    for (const [query, limit] of [
      ['', 100],
      ['', 294],
      ['', 295],
      ['status=conflicting', 1],
      ['status=accepted,approximate&country=EU', 7],
      ['qualifier=about', 2],
      ['period=2024&kind=analysis', 3],
    ] as const) {
      const whole = await api.json<List<ObservationWithStatus>>(`/v1/observations?${query}&limit=10000`)
      expect(await api.pages(`/v1/observations?${query}&limit=${limit}`), query).toEqual(whole.data)
    }
  })

  test('are full save for the last, and the last is not empty', async () => {
    const sizes: number[] = []
    let next: string | null = null
    do {
      const cursor: Question = next === null ? {} : { cursor: next }
      const page = await api.json<List<ObservationWithStatus>>(
        addressOf('/v1/observations', { limit: '59' }, cursor),
      )
      sizes.push(page.data.length)
      next = page.meta.next
    } while (next !== null)
    expect(sizes).toEqual([59, 59, 59, 59, 59])
    expect(all).toHaveLength(295)
  })
})

describe('a single observation', () => {
  test('is the row of the list with its id', async () => {
    for (const row of all.filter((_, index) => index % 25 === 0)) {
      const { data } = await api.json<{ data: ObservationWithStatus }>(`/v1/observations/${row.id}`)
      expect(data).toEqual(row)
      expect(Object.keys(data)).toEqual(FIELDS)
    }
  })

  test('is of the requested vintage', async () => {
    const [row] = (await list({ source: 'charter97-2025-11-02', country: 'EU' })).data
    const target = `/v1/observations/${row?.id}`
    expect((await api.get(target)).status).toBe(200)
    await api.problem(404, `${target}?published_until=2025-11-01`)
    await api.problem(404, `${target}?as_of=0`)
    expect((await api.get(`${target}?published_until=2025-11-02&as_of=1`)).status).toBe(200)
  })

  test('that does not exist is a 404', async () => {
    for (const id of ['296', '99999', '999999999999999']) {
      expect(await api.problem(404, `/v1/observations/${id}`)).toMatchObject({ type: '/problems/not-found' })
    }
  })

  test('with an id that is not a number is a 400 that names id', async () => {
    for (const id of [
      '0',
      '-1',
      '1.0',
      '1e3',
      '01',
      '0x1',
      'abc',
      '%201',
      '1%0A',
      '%D9%A1',
      'null',
      '+1',
      '%00',
    ]) {
      const { errors } = await api.problem(400, `/v1/observations/${id}`)
      expect(
        errors?.map(({ parameter }) => parameter),
        id,
      ).toEqual(['id'])
    }
    for (const id of ['9007199254740992', '9223372036854775808', '1'.repeat(99)]) {
      const { status } = await api.get(`/v1/observations/${id}`)
      expect([400, 404], id).toContain(status)
    }
    await api.problem(414, `/v1/observations/${'1'.repeat(101)}`)
  })

  test('is JSON alone', async () => {
    await api.problem(406, '/v1/observations/1', { accept: 'text/csv' })
    const { errors } = await api.problem(400, '/v1/observations/1?format=csv')
    expect(errors?.[0]?.parameter).toBe('format')
  })
})
