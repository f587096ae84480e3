import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toDay } from '../../../src/domain/calendar.ts'
import type { STEPS } from '../../../src/domain/known-run-series.ts'
import { periodOf } from '../../../src/domain/period.ts'
import type { SeriesRow } from '../../../src/domain/series.ts'
import type { Total } from '../../../src/domain/totals.ts'
import { parseCsv } from '../../../src/formats/csv/write-csv.ts'
import { type Harness, type List, startApp, withQuery } from '../../support/http/harness.ts'
import {
  addressOf,
  borderQuestion,
  evidenceQuestion,
  type Question,
  windowQuestion,
} from '../../support/http/questions.ts'
import { figure, publication } from '../../support/http/records.ts'
import { runs } from '../../support/run-count.ts'

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

const auto = (...questions: Question[]) => addressOf('/v1/series', { interval: 'auto' }, ...questions)
const rowsOf = async (...questions: Question[]) =>
  (await api.json<List<SeriesRow>>(auto(...questions, { limit: '10000' }))).data
const lineOf = ({ period, min, max, known }: SeriesRow) =>
  `${period} ${min === max ? min : `${min}–${max ?? ''}`}${known ? '' : ' unknown'}`
const linesOf = async (...questions: Question[]) => (await rowsOf(...questions)).map(lineOf)

/** What of a row is its figure, whatever it stands for. */
function figureIn({ count, qualifier, min, max, days, days_reported, conflicts }: SeriesRow | Total) {
  return { count, qualifier, min, max, days, days_reported, conflicts }
}

describe('what is known of 2021 to 2025', () => {
  test('is of Poland the first year, then runs of one to seven months', async () => {
    expect(await linesOf({ country: 'PL', from: '2021', to: '2025' })).toEqual([
      '2021-01-01/2021-12-31 39670',
      '2022-01-01/2022-05-31 5393',
      '2022-06-01/2022-12-31 10262',
      '2023-01-01/2023-05-31 10605–11126',
      '2023-06-01/2023-12-31 14575–15096',
      // Both together are the first quarter, exactly 3,881: the figures of the EU say how January was.
      '2024-01-01/2024-01-31 87',
      '2024-02-01/2024-03-31 3794',
      '2024-04-01/2024-04-30 5460',
      // May and June are known by themselves, but July to October are not: one run leaves fewer days unknown.
      '2024-05-01/2024-10-31 18401–20973',
      '2024-11-01/2024-12-31 87– unknown',
      // Both together are January to September, exactly 26,410: two runs are more than one.
      '2025-01-01/2025-08-31 23558–23761',
      '2025-09-01/2025-09-30 2649–2852',
      '2025-10-01/2025-11-30 2425',
      '2025-12-01/2025-12-31 766– unknown',
    ])
  })

  test('agrees with what is published of longer and shorter periods', async () => {
    const exact = (period: Question) => linesOf({ country: 'PL', within: '0', ...period })
    const total = async (from: string, to: string) => {
      const { data } = await api.json<List<Total>>(addressOf('/v1/totals', { country: 'PL', from, to }))
      return [data[0]?.min, data[0]?.max]
    }
    expect(await total('2024-01', '2024-03')).toEqual([3_881, 3_881])
    expect(await total('2025-01', '2025-09')).toEqual([26_410, 26_410])
    expect(await exact({ from: '2025-01', to: '2025-09' })).toEqual(['2025-01-01/2025-09-30 26410'])
    // May alone is within 15%, July to October are not, so that they would be left unknown.
    expect(await linesOf({ country: 'PL', period: '2024-05' })).toEqual(['2024-05-01/2024-05-31 7022–7229'])
    expect(await linesOf({ country: 'PL', from: '2024-07', to: '2024-10' })).toEqual([
      '2024-07-01/2024-10-31 7399–10178 unknown',
    ])
  })

  test('is of Latvia and Lithuania cut by their own figures, all in the order of their first days', async () => {
    expect(
      (await rowsOf({ country: 'LT,LV', period: '2024' })).map((row) => `${row.border} ${lineOf(row)}`),
    ).toEqual([
      'LV-BY 2024-01-01/2024-01-31 5',
      'LT-BY 2024-01-01/2024-01-31 4',
      'LV-BY 2024-02-01/2024-03-31 770',
      'LT-BY 2024-02-01/2024-03-31 132',
      'LV-BY 2024-04-01/2024-04-30 820',
      'LT-BY 2024-04-01/2024-04-30 47',
      'LV-BY 2024-05-01/2024-12-31 3793',
      'LT-BY 2024-05-01/2024-05-31 34',
      'LT-BY 2024-06-01/2024-06-30 36',
      'LT-BY 2024-07-01/2024-12-31 749',
    ])
  })

  test('never spans more than a year, even where two years together are known better', async () => {
    const together = { country: 'LV', from: '2021-09', to: '2023-12' }
    for (const row of await rowsOf(together, { within: '1' }))
      expect(row.known !== true || row.days <= 366, row.period).toBe(true)
  })
})

describe('runs of any question', () => {
  const step = fc.constantFrom<(typeof STEPS)[number]>('week', 'month', 'quarter')
  const within = fc.constantFrom('0', '0.05', '0.15', '1')

  test('tile the window for each border, and say what totals say of the same days', async () => {
    await fc.assert(
      fc.asyncProperty(
        windowQuestion,
        borderQuestion,
        evidenceQuestion,
        step,
        within,
        async (window, borders, evidence, length, share) => {
          const data = await rowsOf(window, borders, evidence, { step: length, within: share })
          const whole = await api.json<List<Total>>(addressOf('/v1/totals', window, borders, evidence))
          for (const { border, country, period_start: first, period_end: last } of whole.data) {
            const own = data.filter((row) => row.border === border)
            expect([own[0]?.period_start ?? null, own.at(-1)?.period_end ?? null]).toEqual([first, last])
            for (const [index, row] of own.entries()) {
              const [start, end] = [toDay(row.period_start ?? ''), toDay(row.period_end ?? '')]
              const next = own[index + 1]
              expect(row.period).toBe(`${row.period_start}/${row.period_end}`)
              expect(next === undefined || toDay(next.period_start ?? '') === end + 1).toBe(true)
              expect(next === undefined || periodOf(end, length).end === end).toBe(true)
              const isCut = periodOf(start, length).start < start || periodOf(end, length).end > end
              expect(row.partial).toBe(isCut)
              const most = Math.round(Number(share) * 100) * row.min
              const isNarrow = row.max !== null && (row.max - row.min) * 100 <= most
              expect(row.known).toBe(isNarrow && row.days <= 366)
              expect(row.known === true || next?.known !== false).toBe(true)
            }
            const row = own[Math.floor(own.length / 2)]
            if (row === undefined) continue
            const days = { from: String(row.period_start), to: String(row.period_end), country }
            const totals = await api.json<List<Total>>(addressOf('/v1/totals', evidence, days))
            expect(figureIn(totals.data[0] as Total)).toEqual(figureIn(row))
          }
        },
      ),
      { numRuns: runs(40) },
    )
  })

  test('are the same from page to page, of any size', async () => {
    const address = auto({ country: 'PL,LV,LT,EU', from: '2021', to: '2025' })
    const { data, meta } = await api.json<List<SeriesRow>>(address)
    expect(meta.next).toBeNull()
    for (const limit of [1, 2, 7, 50]) expect(await api.pages(withQuery(address, { limit }))).toEqual(data)
  })

  test('are the same from page to page while figures are added that would cut them otherwise', async () => {
    const own = await startApp()
    const address = auto({ country: 'LV', from: '2021', to: '2023', limit: '1' })
    const before = await own.pages<SeriesRow>(address)
    const { data, meta } = await own.json<List<SeriesRow>>(address)
    const year = { country: 'LV', period_start: '2021-01-01', period_end: '2021-06-30' }
    await own.add({
      sources: [publication({ id: 'later' })],
      observations: [figure({ source: 'later', count: 7, ...year })],
    })
    for (let next = meta.next; next !== null; ) {
      const page = await own.json<List<SeriesRow>>(withQuery(address, { cursor: next }))
      data.push(...page.data)
      next = page.meta.next
    }
    expect(data).toEqual(before)
    expect(await own.pages(address)).not.toEqual(before)
    await own.close()
  })

  test('have no row where nothing dates the window', async () => {
    expect(await rowsOf({ as_of: '0' })).toEqual([])
    expect(await rowsOf({ country: 'BY' })).toEqual([])
  })

  test('are steps of months and known within 15%, unless other ones are asked for', async () => {
    const question = { country: 'PL', from: '2021', to: '2025' }
    expect(await rowsOf(question, { step: 'month', within: '0.15' })).toEqual(await rowsOf(question))
    expect(await rowsOf(question, { within: '0.1500' })).toEqual(await rowsOf(question))
    expect(await rowsOf(question, { within: '0' })).not.toEqual(await rowsOf(question))
    const week = { country: 'PL', period: '2024-W18' }
    const lengthWith = async (step: string) => (await rowsOf(week, { step })).length
    expect([await lengthWith('day'), await lengthWith('week'), await lengthWith('month')]).toEqual([3, 1, 2])
  })
})

describe('formats', () => {
  const question = { country: 'PL,LV', from: '2021', to: '2025' }

  test('have a column that says whether a run is known, which calendar periods do not have', async () => {
    const rows = await rowsOf(question)
    expect(new Set(rows.map(({ known }) => known))).toEqual(new Set([true, false]))
    const csv = parseCsv(await api.csv(auto(question)))
    expect(csv.map(({ period, known }) => [period, known])).toEqual(
      rows.map(({ period, known }) => [period, String(known)]),
    )
    const lines = (await api.get(auto(question, { format: 'ndjson', limit: 'all' }))).text.trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows)
    expect(await api.csv('/v1/series?period=2024')).not.toMatch(/^[^\r]*known/)
    expect(await rowsOfMonths()).not.toHaveProperty('known')
  })

  async function rowsOfMonths() {
    return (await api.json<List<SeriesRow>>('/v1/series?period=2024-01&country=PL')).data[0]
  }

  test('of JSON-stat say it in an extension, in the order of the cube', async () => {
    const rows = await rowsOf(question)
    const { dimension, extension } = JSON.parse((await api.get(auto(question, { format: 'jsonstat' }))).text)
    const periods: string[] = dimension.period.category.index
    const borders: string[] = dimension.border.category.index
    const expected = borders.flatMap((border) =>
      periods.map(
        (period) => rows.find((row) => row.border === border && row.period === period)?.known ?? null,
      ),
    )
    expect(extension.known).toEqual(expected)
    const months = await api.get('/v1/series?period=2024&format=jsonstat')
    expect(JSON.parse(months.text).extension).not.toHaveProperty('known')
  })

  test('explain each bound, and list the figures of the proofs', async () => {
    const { data, observations } = await api.json<List<SeriesRow> & { observations: { id: number }[] }>(
      auto({ country: 'PL', period: '2024', explain: 'true' }),
    )
    const named = data.flatMap(({ proof }) => proof?.min.terms ?? []).map(({ observation }) => observation)
    expect(named.length).toBeGreaterThan(0)
    expect(observations.map(({ id }) => id)).toEqual(expect.arrayContaining(named))
  })
})

describe('a question that cannot be answered is refused, naming what to change', () => {
  const namedFor = async (target: string) =>
    (await api.problem(400, target)).errors?.map(({ parameter }) => parameter)

  test('step and within without interval=auto', async () => {
    expect(await namedFor('/v1/series?step=week')).toEqual(['step'])
    expect(await namedFor('/v1/series?interval=year&within=0.1&step=month')).toEqual(['step', 'within'])
    expect(await namedFor('/v1/series?within=0.1&format=csv&limit=all')).toEqual(['within'])
  })

  test('cumulative with interval=auto', async () => {
    expect(await namedFor('/v1/series?interval=auto&cumulative=true')).toEqual(['cumulative'])
    await api.json('/v1/series?interval=auto&cumulative=false&period=2024')
  })

  test('steps that are too short for the window, in a stream too', async () => {
    for (const window of ['from=2021&to=2025', 'from=0001&to=9999']) {
      const target = `/v1/series?interval=auto&step=day&${window}`
      expect(await namedFor(target)).toEqual(['step'])
      expect(await namedFor(`${target}&format=ndjson&limit=all`)).toEqual(['step'])
    }
  })

  test('interval=auto where a chart is asked for', async () => {
    expect(await namedFor('/v1/charts/series.svg?interval=auto')).toEqual(['interval'])
  })
})
