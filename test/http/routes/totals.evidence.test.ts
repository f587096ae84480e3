import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatDay, toDay } from '../../../src/domain/calendar.ts'
import type { ObservationWithStatus } from '../../../src/domain/observation.ts'
import type { GrandTotal, Total } from '../../../src/domain/totals.ts'
import { type Harness, type List, PRESENT, startApp } from '../../support/http/harness.ts'
import { faultsInFigure, MEMBERS, namedBy } from '../../support/http/proofs.ts'
import { addressOf, borderQuestion, evidenceQuestion, windowQuestion } from '../../support/http/questions.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'
import { runs } from '../../support/run-count.ts'

interface Totals {
  readonly data: Total[]
  readonly total: GrandTotal | null
  readonly observations?: ObservationWithStatus[]
  readonly meta: List<Total>['meta']
}

const UNDATED = {
  period_start: null,
  period_end: null,
  count: null,
  qualifier: 'unknown',
  min: 0,
  max: null,
  days: 0,
  days_reported: 0,
}

let api: Harness
const totals = (question: Record<string, string> = {}, from = api) =>
  from.json<Totals>(addressOf('/v1/totals', question))

beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

describe('evidence', () => {
  test('is what the filters name, and nothing else', async () => {
    const question = { from: '2024-01-01', to: '2024-11-15', explain: 'true', country: 'PL,LV,LT,EU' }
    for (const [name, value] of [
      ['origin', 'VSAT,Pozirk'],
      ['publisher', 'Lrytas,Pozirk'],
      ['source', 'charter97-2025-11-02,pozirk-2024-11-15'],
      ['kind', 'analysis'],
      ['period_basis', 'inferred'],
      ['published_until', '2024-12-01'],
    ] as const) {
      const { observations = [] } = await totals({ ...question, [name]: value })
      expect(observations.length, name).toBeGreaterThan(0)
      for (const row of observations) {
        if (name === 'published_until') expect(row.published_on && row.published_on <= value).toBe(true)
        else expect(value.split(',')).toContain(row[name])
      }
    }
  })

  test('that conflicts with all others is accepted where it is selected alone', async () => {
    const period = { from: '2024-01-01', to: '2024-07-07', country: 'LV' }
    const alone = await totals({ ...period, source: 'pozirk-2024-07-09' })
    expect(alone.data[0]).toMatchObject({ qualifier: 'exact', count: 4_593, conflicts: 0 })
    const together = await totals(period)
    expect(together.data[0]?.max).toBeLessThan(4_593)
    expect(together.data[0]?.conflicts).toBeGreaterThan(0)
  })

  test('of several filters is what passes all of them', async () => {
    const { data } = await totals({ source: 'pozirk-2024-11-15', origin: 'VSAT', period: '2024' })
    for (const row of data) expect(row).toMatchObject({ qualifier: 'unknown', min: 0, max: null })
  })

  test('published until a day is what a reader could know then', async () => {
    const question = { from: '2024-01-01', to: '2024-10-31', country: 'EU' }
    const then = await totals({ ...question, published_until: '2024-11-30' })
    expect(then.data[0]?.max).toBeNull()
    const later = await totals({ ...question, published_until: '2025-11-02' })
    expect(later.data[0]).toMatchObject({ qualifier: 'exact', count: 34_132 })
    const dayBefore = await totals({ ...question, published_until: '2025-11-01' })
    expect(dayBefore.data[0]).not.toMatchObject({ qualifier: 'exact', count: 34_132 })
  })

  test('published until before everything is nothing', async () => {
    const { data } = await totals({ published_until: '1900-01-01' })
    for (const row of data) expect(row).toMatchObject(UNDATED)
  })

  test('of other indicators is never mixed in', async () => {
    const before = await totals({ indicator: 'apprehensions' })
    expect(before.data).toHaveLength(1)
    expect(before.data[0]).toMatchObject({ border: 'PL-BY', indicator: 'apprehensions' })
    const { observations = [] } = await totals({ country: 'EU', explain: 'true' })
    expect(new Set(observations.map((row) => row.indicator))).toEqual(new Set(['attempted_crossings']))
  })
})

describe('as_of', () => {
  const FIRST = '2026-05-01T00:00:00.000Z'
  const SECOND = '2026-05-02T00:00:00.000Z'
  let own: Harness

  beforeAll(async () => {
    own = await startApp({ records: {} })
    own.setTime(FIRST)
    await own.add({
      indicators: [attemptedCrossings],
      borders: [border('PL-BY', 1)],
      sources: [publication({ id: 'first' })],
      observations: [figure({ source: 'first', count: 10, qualifier: 'at_least' })],
    })
    own.setTime(SECOND)
    await own.add({
      sources: [publication({ id: 'second' })],
      observations: [figure({ source: 'second', count: 12 })],
    })
    own.setTime(PRESENT)
  })
  afterAll(async () => {
    await own.close()
  })

  test('names a version, and the answer is of it for good', async () => {
    const { data, meta } = await totals({ as_of: '1' }, own)
    expect(data[0]).toMatchObject({ count: 10, qualifier: 'at_least' })
    expect(meta).toMatchObject({ version: 1, as_of: 1 })
    expect((await totals({ as_of: '2' }, own)).data[0]).toMatchObject({ count: 12, qualifier: 'exact' })
    expect((await totals({}, own)).meta).toMatchObject({ version: 2, as_of: null })
    expect((await totals({ as_of: '0' }, own)).meta.version).toBe(0)
  })

  test('names a time, and the answer is of the version that was the newest then', async () => {
    for (const [time, version] of [
      ['2026-04-30T23:59:59.999Z', 0],
      [FIRST, 1],
      ['2026-05-01T23:59:59Z', 1],
      ['2026-05-02T01:59:59.999+02:00', 1],
      ['2026-05-02T02:00:00+02:00', 2],
      [SECOND, 2],
      [PRESENT, 2],
    ] as const) {
      expect((await totals({ as_of: time }, own)).meta.version, time).toBe(version)
    }
    expect((await totals({ as_of: '2026-05-02T01:00:00+02:00' }, own)).meta.as_of).toBe(
      '2026-05-01T23:00:00.000Z',
    )
  })

  test('in the future is refused', async () => {
    for (const time of [
      '3',
      '999999999999999',
      '2026-06-01T12:00:00.001Z',
      '2026-06-01T13:00:00%2B00:59',
      '2999-01-01T00:00:00Z',
    ]) {
      const { errors } = await own.problem(400, `/v1/totals?as_of=${time}`)
      expect(errors?.[0]?.parameter, time).toBe('as_of')
      expect(errors?.[0]?.detail, time).toMatch(/in the future/)
    }
  })

  test('at the very end of the calendar is in the future, not before the beginning', async () => {
    for (const time of ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59-23:59', '9999-12-31T23:30:00-01:00']) {
      const { errors } = await own.problem(400, `/v1/totals?as_of=${time}`)
      expect(errors?.[0]?.parameter, time).toBe('as_of')
    }
  })

  test('a past version may be cached for good, the present only for a while', async () => {
    expect((await own.get('/v1/totals?as_of=1')).headers['cache-control']).toMatch(/immutable/)
    expect((await own.get('/v1/totals?as_of=2020-01-01T00:00:00Z')).headers['cache-control']).toMatch(
      /immutable/,
    )
    expect((await own.get('/v1/totals')).headers['cache-control']).not.toMatch(/immutable|no-store/)
    expect((await own.get(`/v1/totals?as_of=${FIRST}`)).headers['cache-control']).not.toMatch(/no-store/)
  })
})

describe('against the published figures', () => {
  let judged: ObservationWithStatus[]
  beforeAll(async () => {
    judged = await api.pages('/v1/observations?indicator=attempted_crossings')
  })
  const daysFrom = (start: string, end: string) =>
    Array.from({ length: toDay(end) - toDay(start) + 1 }, (_, index) => toDay(start) + index)
  const bordersOf = (id: string | null, named: readonly string[]) => (id === null ? named : [id])

  test('conflicts counts the conflicting observations that overlap the window, of members too', async () => {
    await fc.assert(
      fc.asyncProperty(windowQuestion, borderQuestion, async (window, borders) => {
        const { data, total } = await api.json<Totals>(addressOf('/v1/totals', window, borders))
        const named = [...new Set(data.flatMap((row) => [row.border, ...(MEMBERS[row.border] ?? [])]))]
        for (const row of [...data, ...(total === null ? [] : [total])]) {
          const counted = bordersOf(row.border, named).flatMap((id) => [id, ...(MEMBERS[id] ?? [])])
          const conflicts = judged.filter(
            (each) =>
              each.status === 'conflicting' &&
              counted.includes(each.border) &&
              each.period_start <= String(row.period_end) &&
              each.period_end >= String(row.period_start),
          )
          expect(row.conflicts).toBe(conflicts.length)
        }
      }),
      { numRuns: runs(40) },
    )
  })

  test('days_reported counts the days in an accepted observation, for a sum in one of every border', async () => {
    const daysBy = new Map<string, Set<number>>()
    for (const row of judged.filter(({ status }) => status === 'accepted')) {
      const days = daysBy.get(row.border) ?? new Set()
      for (const day of daysFrom(row.period_start, row.period_end)) days.add(day)
      daysBy.set(row.border, days)
    }
    const isIn = (id: string, day: number): boolean => {
      const isOwn = daysBy.get(id)?.has(day) ?? false
      return isOwn || (MEMBERS[id]?.every((member) => isIn(member, day)) ?? false)
    }
    await fc.assert(
      fc.asyncProperty(windowQuestion, borderQuestion, async (window, borders) => {
        const { data, total } = await api.json<Totals>(addressOf('/v1/totals', window, borders))
        const named = data.map((row) => row.border)
        for (const row of [...data, ...(total === null ? [] : [total])]) {
          if (row.period_start === null || row.period_end === null) continue
          const days = daysFrom(row.period_start, row.period_end)
          const covered = days.filter((day) => bordersOf(row.border, named).every((id) => isIn(id, day)))
          expect(row.days).toBe(days.length)
          expect(row.days_reported).toBe(covered.length)
        }
      }),
      { numRuns: runs(40) },
    )
  })

  test('every accepted observation lies within the figure of its own border and period', async () => {
    const accepted = judged.filter(({ status, qualifier }) => status === 'accepted' && qualifier === 'exact')
    const some = accepted.filter((_, index) => index % 9 === 0)
    for (const { country, period_start, period_end, count } of some) {
      const { data } = await totals({ country, from: period_start, to: period_end })
      expect(data[0]).toMatchObject({ qualifier: 'exact', count, min: count, max: count })
    }
  })
})

describe('explain', () => {
  test('proves every bound by accepted observations, all of which the answer holds, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(windowQuestion, borderQuestion, evidenceQuestion, async (...question) => {
        const answer = await api.json<Totals>(addressOf('/v1/totals', ...question, { explain: 'true' }))
        const { data, total, observations = [] } = answer
        const named = [...new Set(data.flatMap((row) => MEMBERS[row.border] ?? [row.border]))]
        const rows = [...data, ...(total === null ? [] : [total])]
        for (const row of rows) {
          const borders = row.border === null ? named : (MEMBERS[row.border] ?? [row.border])
          const isWhole = Object.keys(question[2]).length === 0
          const judged = isWhole
            ? observations
            : observations.map((each) => ({ ...each, status: 'accepted' as const }))
          expect(faultsInFigure(row, borders, judged)).toEqual([])
        }
        expect(new Set(observations.map(({ id }) => id))).toEqual(namedBy(rows))
        expect(observations).toHaveLength(namedBy(rows).size)
      }),
      { numRuns: runs(60) },
    )
  })

  test('gives an undated figure no proof to speak of', async () => {
    const { data, observations } = await totals({ source: 'pozirk-2024-11-15-claims', explain: 'true' })
    expect(data[0]?.proof).toEqual({ min: { divisor: 1, terms: [] }, max: null })
    expect(observations).toEqual([])
  })

  test('is left out by default', async () => {
    for (const question of [{}, { explain: 'false' }]) {
      const answer = await totals({ ...question, period: '2024' })
      expect(answer).not.toHaveProperty('observations')
      expect(answer.data[0]).not.toHaveProperty('proof')
    }
  })

  test('is refused with CSV, which has no place for proofs', async () => {
    const { errors } = await api.problem(400, '/v1/totals?explain=true&format=csv')
    expect(errors).toEqual([{ parameter: 'explain', detail: expect.stringMatching(/JSON/) }])
    await api.problem(400, '/v1/totals?explain=true', { accept: 'text/csv' })
    expect((await api.get('/v1/totals?explain=false&format=csv')).status).toBe(200)
  })
})

test('rows are in the order of borders, whatever order the query has', async () => {
  const { data } = await totals({ country: 'EU,LT,LV,PL' })
  expect(data.map((row) => row.border)).toEqual(['PL-BY', 'LV-BY', 'LT-BY', 'EU-BY'])
})

test('sides may be written in three letters too, and twice', async () => {
  const { data } = await totals({ country: 'POL,PL,LVA', neighbour: 'BLR' })
  expect(data.map((row) => row.border)).toEqual(['PL-BY', 'LV-BY'])
})

test('the tightest range of a window holds what its parts can add up to', async () => {
  const days = fc.integer({ min: toDay('2021-06-01'), max: toDay('2026-03-01') })
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(days, days, days),
      fc.constantFrom('PL', 'LV', 'LT'),
      async (three, country) => {
        const [start = 0, middle = 0, end = 0] = three.toSorted((a, b) => a - b)
        if (start === middle) return
        const figureOf = async (from: number, to: number) => {
          const { data } = await totals({ country, from: formatDay(from), to: formatDay(to) })
          return { min: data[0]?.min ?? 0, max: data[0]?.max ?? Number.POSITIVE_INFINITY }
        }
        const [whole, one, two] = [
          await figureOf(start, end),
          await figureOf(start, middle - 1),
          await figureOf(middle, end),
        ]
        expect(whole.min).toBeGreaterThanOrEqual(one.min + two.min)
        expect(whole.max).toBeLessThanOrEqual(one.max + two.max)
        expect(whole.max).toBeGreaterThanOrEqual(one.max)
      },
    ),
    { numRuns: 30 },
  )
})
