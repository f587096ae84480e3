import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Figure } from '../../../src/domain/figure.ts'
import type { ObservationWithStatus } from '../../../src/domain/observation.ts'
import { INTERVALS, type Interval } from '../../../src/domain/period.ts'
import type { SeriesRow } from '../../../src/domain/series.ts'
import type { GrandTotal, Total } from '../../../src/domain/totals.ts'
import { parseCsv } from '../../../src/formats/csv/write-csv.ts'
import { type Harness, type List, startApp, withQuery } from '../../support/http/harness.ts'
import { faultsInFigure, MEMBERS, namedBy } from '../../support/http/proofs.ts'
import {
  addressOf,
  borderQuestion,
  evidenceQuestion,
  interval,
  type Question,
  windowQuestion,
} from '../../support/http/questions.ts'

interface Series extends List<SeriesRow> {
  readonly observations?: ObservationWithStatus[]
}

interface Totals {
  readonly data: Total[]
  readonly total: GrandTotal | null
}

let api: Harness
const series = (...questions: Question[]) =>
  api.json<Series>(addressOf('/v1/series', ...questions, { limit: '10000' }))

beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

/** The calendar period that a day is in, by another implementation of the calendar. */
function calendarPeriod(text: string, length: Interval) {
  const day = Temporal.PlainDate.from(text)
  const firstOfMonth = (month: number) => day.with({ month, day: 1 })
  switch (length) {
    case 'day':
      return { label: text, start: day, end: day }
    case 'week': {
      const start = day.subtract({ days: day.dayOfWeek - 1 })
      const label = `${String(day.yearOfWeek).padStart(4, '0')}-W${String(day.weekOfYear).padStart(2, '0')}`
      return { label, start, end: start.add({ days: 6 }) }
    }
    case 'month':
      return { label: text.slice(0, 7), start: day.with({ day: 1 }), end: day.with({ day: day.daysInMonth }) }
    case 'quarter': {
      const quarter = Math.ceil(day.month / 3)
      const start = firstOfMonth(quarter * 3 - 2)
      const end = start.add({ months: 3 }).subtract({ days: 1 })
      return { label: `${text.slice(0, 4)}-Q${quarter}`, start, end }
    }
    case 'year':
      return { label: text.slice(0, 4), start: firstOfMonth(1), end: day.with({ month: 12, day: 31 }) }
  }
}

/** What of a row is its figure, whatever period it stands for. */
function figureIn({ count, qualifier, min, max, days, days_reported, conflicts }: Omit<Figure, 'proof'>) {
  return { count, qualifier, min, max, days, days_reported, conflicts }
}

test('the EU counted exactly 4,792 and 18,257 in the first two quarters of 2024', async () => {
  const { data } = await series({ interval: 'quarter', period: '2024', country: 'EU' })
  expect(data.map(({ period }) => period)).toEqual(['2024-Q1', '2024-Q2', '2024-Q3', '2024-Q4'])
  expect(data[0]).toMatchObject({ border: 'EU-BY', count: 4_792, min: 4_792, max: 4_792, qualifier: 'exact' })
  expect(data[1]).toMatchObject({
    border: 'EU-BY',
    count: 18_257,
    min: 18_257,
    max: 18_257,
    qualifier: 'exact',
  })
})

test('keeps a month that nothing bounds unknown, not 0', async () => {
  const { data } = await series({ country: 'LT', period: '2021-Q1' })
  expect(data.map(({ period }) => period)).toEqual(['2021-01', '2021-02', '2021-03'])
  for (const row of data) {
    expect(row).toMatchObject({ qualifier: 'unknown', count: null, min: 0, max: null, days_reported: 0 })
  }
})

describe('periods', () => {
  test('are months by default', async () => {
    const { data } = await series({ country: 'PL', period: '2024' })
    expect(data.map(({ period }) => period)).toEqual(
      Array.from({ length: 12 }, (_, month) => `2024-${String(month + 1).padStart(2, '0')}`),
    )
  })

  test('are named by their calendar and cut to the window, whole or partial', async () => {
    const window = { from: '2024-11-15', to: '2025-01-02', country: 'PL' }
    const rows = async (length: Interval) =>
      (await series({ ...window, interval: length })).data.map((row) => [
        row.period,
        row.period_start,
        row.period_end,
        row.partial,
        row.days,
      ])
    expect((await rows('day')).slice(0, 2)).toEqual([
      ['2024-11-15', '2024-11-15', '2024-11-15', false, 1],
      ['2024-11-16', '2024-11-16', '2024-11-16', false, 1],
    ])
    expect(await rows('day')).toHaveLength(49)
    expect(await rows('week')).toEqual([
      ['2024-W46', '2024-11-15', '2024-11-17', true, 3],
      ['2024-W47', '2024-11-18', '2024-11-24', false, 7],
      ['2024-W48', '2024-11-25', '2024-12-01', false, 7],
      ['2024-W49', '2024-12-02', '2024-12-08', false, 7],
      ['2024-W50', '2024-12-09', '2024-12-15', false, 7],
      ['2024-W51', '2024-12-16', '2024-12-22', false, 7],
      ['2024-W52', '2024-12-23', '2024-12-29', false, 7],
      ['2025-W01', '2024-12-30', '2025-01-02', true, 4],
    ])
    expect(await rows('month')).toEqual([
      ['2024-11', '2024-11-15', '2024-11-30', true, 16],
      ['2024-12', '2024-12-01', '2024-12-31', false, 31],
      ['2025-01', '2025-01-01', '2025-01-02', true, 2],
    ])
    expect(await rows('quarter')).toEqual([
      ['2024-Q4', '2024-11-15', '2024-12-31', true, 47],
      ['2025-Q1', '2025-01-01', '2025-01-02', true, 2],
    ])
    expect(await rows('year')).toEqual([
      ['2024', '2024-11-15', '2024-12-31', true, 47],
      ['2025', '2025-01-01', '2025-01-02', true, 2],
    ])
  })

  test('follow ISO 8601 weeks across years', async () => {
    const weeks = async (from: string, to: string) =>
      (await series({ interval: 'week', country: 'PL', from, to })).data.map(({ period }) => period)
    expect(await weeks('2020-12-31', '2021-01-04')).toEqual(['2020-W53', '2021-W01'])
    expect(await weeks('2021-12-31', '2022-01-03')).toEqual(['2021-W52', '2022-W01'])
    expect(await weeks('2026-12-31', '2027-01-04')).toEqual(['2026-W53', '2027-W01'])
    expect(await weeks('2020-W53', '2020-W53')).toEqual(['2020-W53'])
  })

  test('reach the first and the last day of the calendar', async () => {
    const { data: last } = await series({
      interval: 'week',
      country: 'PL',
      from: '9999-12-20',
      to: '9999-12-31',
    })
    expect(last.map((row) => [row.period, row.period_end, row.partial])).toEqual([
      ['9999-W51', '9999-12-26', false],
      ['9999-W52', '9999-12-31', true],
    ])
    const { data: first } = await series({
      interval: 'year',
      country: 'PL',
      from: '0001-01-01',
      to: '0001-01-02',
    })
    expect(first[0]).toMatchObject({ period: '0001', period_start: '0001-01-01', partial: true, days: 2 })
  })

  test('tile any window in order, each named as the calendar names it', async () => {
    await fc.assert(
      fc.asyncProperty(windowQuestion, interval, async (window, length) => {
        const { data } = await series(window, { interval: length, country: 'LV' })
        const { data: totals } = await api.json<Totals>(addressOf('/v1/totals', window, { country: 'LV' }))
        const [whole] = totals
        if (whole === undefined || whole.period_start === null) {
          expect(data).toEqual([])
          return
        }
        expect(data.at(0)?.period_start).toBe(whole.period_start)
        expect(data.at(-1)?.period_end).toBe(whole.period_end)
        let expectedStart = whole.period_start
        for (const row of data) {
          const { label, start, end } = calendarPeriod(String(row.period_start), length)
          expect(row.period_start).toBe(expectedStart)
          expect(row.period).toBe(label)
          const isCut = row.period_start !== String(start) || row.period_end !== String(end)
          expect(row.partial).toBe(isCut)
          expectedStart = String(Temporal.PlainDate.from(String(row.period_end)).add({ days: 1 }))
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('rows', () => {
  test('are ordered by period, then border', async () => {
    const { data } = await series({ country: 'EU,LT,PL,LV', period: '2024-Q1' })
    const borders = ['PL-BY', 'LV-BY', 'LT-BY', 'EU-BY']
    expect(data.map((row) => [row.period, row.border])).toEqual(
      ['2024-01', '2024-02', '2024-03'].flatMap((period) => borders.map((border) => [period, border])),
    )
  })

  test('are by default of all borders that are not groups', async () => {
    const { data } = await series({ period: '2024-05' })
    expect(data.map((row) => row.border)).toEqual(['PL-BY', 'LV-BY', 'LT-BY'])
  })

  test('are empty where no border matches or nothing dates the window', async () => {
    expect((await series({ country: 'BY' })).data).toEqual([])
    expect((await series({ source: 'pozirk-2024-11-15-claims' })).data).toEqual([])
    expect((await series({ as_of: '0' })).data).toEqual([])
    expect((await series({ from: '2100' })).data).toEqual([])
  })

  test('say what totals say of the same window and border, in JSON and in CSV, in one page or many', async () => {
    await fc.assert(
      fc.asyncProperty(
        windowQuestion,
        borderQuestion,
        evidenceQuestion,
        interval,
        fc.infiniteStream(fc.nat(10_000)),
        async (window, borders, evidence, length, random) => {
          const address = addressOf('/v1/series', window, borders, evidence, {
            interval: length,
            limit: '10000',
          })
          const { data } = await api.json<Series>(address)
          const csv = parseCsv(await api.csv(address))
          const cells = (row: object) =>
            Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)])
          expect(csv.map((row) => Object.entries(row))).toEqual(data.map(cells))
          for (let asked = 0; asked < Math.min(3, data.length); asked++) {
            const row = data[(random.next().value ?? 0) % data.length]
            if (row === undefined) return
            const at = { from: String(row.period_start), to: String(row.period_end), country: row.country }
            const totals = await api.json<Totals>(addressOf('/v1/totals', evidence, at))
            expect(figureIn(totals.data[0] as Total)).toEqual(figureIn(row))
            expect(totals.total).toEqual(totals.data[0])
          }
        },
      ),
      { numRuns: 45 },
    )
  })

  test('of a group agree with its members: no less than their least, no more than their most', async () => {
    await fc.assert(
      fc.asyncProperty(windowQuestion, evidenceQuestion, interval, async (window, evidence, length) => {
        const { data } = await series(window, evidence, { interval: length, country: 'PL,LV,LT,EU' })
        const byPeriod = Map.groupBy(data, (row) => row.period)
        for (const rows of byPeriod.values()) {
          const group = rows.find((row) => row.border === 'EU-BY')
          const members = rows.filter((row) => MEMBERS['EU-BY']?.includes(row.border))
          const most = members.reduce((sum, { max }) => sum + (max ?? Number.POSITIVE_INFINITY), 0)
          expect(members).toHaveLength(3)
          expect(group?.min).toBeGreaterThanOrEqual(members.reduce((sum, { min }) => sum + min, 0))
          expect(group?.max ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(most)
          expect(group?.conflicts).toBeGreaterThanOrEqual(
            members.reduce((sum, row) => sum + row.conflicts, 0),
          )
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('pages', () => {
  test('of any size together are the one big page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...INTERVALS.slice(1)),
        fc.constantFrom('PL,LV,LT', 'EU', 'LV,EU'),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        async (length, country, limit, cumulative) => {
          const question = { interval: length, country, period: '2024', cumulative: String(cumulative) }
          const { data, meta } = await series(question)
          expect(meta.next).toBeNull()
          const address = addressOf('/v1/series', question)
          expect(await api.pages(withQuery(address, { limit }))).toEqual(data)
        },
      ),
      { numRuns: 15 },
    )
  })

  test('end with a null cursor exactly where the rows end', async () => {
    const page = (limit: number) => api.json<Series>(`/v1/series?period=2024&country=PL&limit=${limit}`)
    expect((await page(11)).meta.next).not.toBeNull()
    expect((await page(12)).meta.next).toBeNull()
    expect((await page(13)).meta.next).toBeNull()
  })

  test('hold 1,000 rows by default', async () => {
    const { data, meta } = await api.json<Series>('/v1/series?interval=day&country=PL&from=2021&to=2025')
    expect(data).toHaveLength(1_000)
    expect(meta.next).not.toBeNull()
  })

  test('go on where others end in windows that no answer could hold at once', async () => {
    const address = '/v1/series?interval=day&country=PL&from=0001&to=9999&limit=2'
    const { data, meta } = await api.json<Series>(address)
    expect(data.map(({ period }) => period)).toEqual(['0001-01-01', '0001-01-02'])
    const { data: more } = await api.json<Series>(withQuery(address, { cursor: String(meta.next) }))
    expect(more.map(({ period }) => period)).toEqual(['0001-01-03', '0001-01-04'])
  })
})

describe('cumulative', () => {
  test('counts from 1 January, and from 0 again in each year', async () => {
    const { data } = await series({
      interval: 'month',
      country: 'LV',
      from: '2022-11',
      to: '2023-02',
      cumulative: 'true',
    })
    expect(data.map((row) => [row.period, row.period_start, row.period_end, row.days])).toEqual([
      ['2022-11', '2022-11-01', '2022-11-30', 30],
      ['2022-12', '2022-11-01', '2022-12-31', 61],
      ['2023-01', '2023-01-01', '2023-01-31', 31],
      ['2023-02', '2023-01-01', '2023-02-28', 59],
    ])
  })

  test('says what totals say from 1 January, or the start of the window, for any question', async () => {
    await fc.assert(
      fc.asyncProperty(
        windowQuestion,
        borderQuestion,
        evidenceQuestion,
        interval,
        async (window, ...question) => {
          const [borders, evidence, length] = question
          const { data } = await series(window, borders, evidence, { interval: length, cumulative: 'true' })
          const row = data[Math.floor(data.length / 2)]
          if (row === undefined) return
          const newYear = `${String(row.period_end).slice(0, 4)}-01-01`
          const first = String(data[0]?.period_start)
          expect(row.period_start).toBe(first > newYear ? first : newYear)
          const at = { from: String(row.period_start), to: String(row.period_end), country: row.country }
          const totals = await api.json<Totals>(addressOf('/v1/totals', evidence, at))
          expect(figureIn(row)).toEqual(figureIn(totals.data[0] as Total))
        },
      ),
      { numRuns: 25 },
    )
  })

  test('never falls within a year', async () => {
    const { data } = await series({ interval: 'week', country: 'PL', period: '2024', cumulative: 'true' })
    const within = data.filter((row) => String(row.period_end) <= '2024-12-31')
    for (const [index, row] of within.entries()) {
      expect(row.min).toBeGreaterThanOrEqual(within[index - 1]?.min ?? 0)
    }
    const { data: whole } = await api.json<Totals>('/v1/totals?country=PL&period=2024')
    expect(figureIn(within.at(-1) as SeriesRow)).toEqual(figureIn(whole[0] as Total))
  })

  test('false is as if it were not there', async () => {
    const question = { period: '2024', country: 'LT' }
    expect((await series({ ...question, cumulative: 'false' })).data).toEqual((await series(question)).data)
  })
})

describe('explain', () => {
  test('proves every bound by observations that the answer holds', async () => {
    for (const question of [
      { interval: 'quarter', country: 'PL,LV,LT,EU', period: '2024' },
      { interval: 'week', country: 'LT', period: '2024-Q2' },
      { interval: 'month', country: 'EU', from: '2023-07', to: '2024-06', cumulative: 'true' },
    ]) {
      const { data, observations = [] } = await series(question, { explain: 'true' })
      for (const row of data) {
        expect(faultsInFigure(row, MEMBERS[row.border] ?? [row.border], observations)).toEqual([])
      }
      expect(new Set(observations.map(({ id }) => id))).toEqual(namedBy(data))
    }
  })

  test('lists on each page what the proofs on that page name, and nothing else', async () => {
    const address = '/v1/series?explain=true&interval=year&country=EU,LV&from=2022&to=2024'
    for (const limit of [1, 2, 3, 10_000]) {
      const { data, observations = [] } = await api.json<Series>(withQuery(address, { limit }))
      expect(observations.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
        [...namedBy(data)].toSorted((a, b) => a - b),
      )
    }
  })

  test('is refused with CSV', async () => {
    const { errors } = await api.problem(400, '/v1/series?explain=true&format=csv')
    expect(errors?.[0]?.parameter).toBe('explain')
  })
})
