import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { toDay } from '../../../src/domain/calendar.ts'
import type { Event } from '../../../src/domain/event.ts'
import type { Extent } from '../../../src/domain/extent.ts'
import type { ObservationWithStatus } from '../../../src/domain/observation.ts'
import { parsePeriod } from '../../../src/domain/period.ts'
import { KINDS, type Source } from '../../../src/domain/source.ts'
import { type Harness, type List, startApp } from '../../support/http/harness.ts'
import { addressOf, CODES, period, type Question, someOf } from '../../support/http/questions.ts'
import { publication } from '../../support/http/records.ts'

type SourceRow = Source & Extent

const seeds = readSeeds()
const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)

let api: Harness
const sources = async (question: Question = {}) =>
  (await api.json<List<SourceRow>>(addressOf('/v1/sources', question))).data
const events = async (question: Question = {}) =>
  (await api.json<List<Event>>(addressOf('/v1/events', question))).data

beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

describe('sources', () => {
  test('are those of the seeds, ordered by id', async () => {
    const answered = (await sources()).map(({ period_start, period_end, observations, ...seeded }) => seeded)
    expect(answered).toEqual(seeds.sources.toSorted(byId))
  })

  test('have the extent of their figures', async () => {
    const observations = await api.pages<ObservationWithStatus>('/v1/observations')
    for (const row of await sources()) {
      const own = observations.filter(({ source }) => source === row.id)
      expect(row.observations).toBe(own.length)
      expect(row.period_start).toBe(
        own
          .map((each) => each.period_start)
          .toSorted()
          .at(0) ?? null,
      )
      expect(row.period_end).toBe(
        own
          .map((each) => each.period_end)
          .toSorted()
          .at(-1) ?? null,
      )
    }
  })

  test('can be filtered by id, origin, kind and day of publication, together too', async () => {
    const question = fc.record(
      {
        source: someOf(CODES.sources, 30),
        origin: someOf(CODES.origins),
        kind: someOf(KINDS),
        published_until: fc.constantFrom('2021-12-31', '2024-11-15', '2100-01-01'),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(question, async ({ source, origin, kind, published_until }) => {
        const expected = seeds.sources.filter(
          (each) =>
            (source?.split(',').includes(each.id) ?? true) &&
            (origin?.split(',').includes(each.origin) ?? true) &&
            (kind?.split(',').includes(each.kind) ?? true) &&
            (published_until === undefined ||
              (each.published_on !== null && each.published_on <= published_until)),
        )
        const answered = await sources({ source, origin, kind, published_until })
        expect(answered.map(({ id }) => id)).toEqual(expected.toSorted(byId).map(({ id }) => id))
      }),
      { numRuns: 30 },
    )
  })

  test('come in pages too', async () => {
    for (const limit of [10, 97, 98]) {
      expect(await api.pages(`/v1/sources?limit=${limit}`)).toEqual(await sources())
    }
    expect(await api.pages('/v1/sources?limit=3&kind=claim')).toEqual(await sources({ kind: 'claim' }))
  })

  test('without figures have no extent', async () => {
    const own = await startApp({ records: { sources: [publication({ id: 'silent' })] } })
    const { data } = await own.json<List<SourceRow>>('/v1/sources')
    expect(data).toEqual([
      { ...publication({ id: 'silent' }), period_start: null, period_end: null, observations: 0 },
    ])
    await own.close()
  })
})

describe('events', () => {
  const ordered = seeds.events.toSorted((a, b) =>
    a.period_start === b.period_start ? byId(a, b) : a.period_start < b.period_start ? -1 : 1,
  )

  test('are those of the seeds, ordered by period_start', async () => {
    expect(await events()).toEqual(ordered)
    expect((await events()).map(({ id }) => id)).toEqual([
      'crisis-begins',
      'readmission-treaty-ended',
      'storming-of-polish-border',
      'minsk-conference',
    ])
  })

  test('are those that overlap the window', async () => {
    await fc.assert(
      fc.asyncProperty(period, async (label) => {
        const window = parsePeriod(label)
        const met = ordered.filter(
          (event) =>
            window !== null &&
            toDay(event.period_end) >= window.start &&
            toDay(event.period_start) <= window.end,
        )
        expect(await events({ period: label })).toEqual(met)
      }),
      { numRuns: 40 },
    )
    expect(await events({ from: '2021-11-30', to: '2024-11-14' })).toMatchObject([
      { id: 'storming-of-polish-border' },
    ])
  })

  test('can be filtered by their source', async () => {
    expect(await events({ source: 'pozirk-2024-11-15' })).toEqual(ordered)
    expect(await events({ source: 'wp-undated' })).toEqual([])
  })

  test('on the same day are ordered by id, and come in pages too', async () => {
    const own = await startApp()
    const same = ['b-first', 'a-second', 'c-third'].map((id) => ({
      id,
      period_start: '2021-06-01',
      period_end: '2021-06-02',
      precision: 'day' as const,
      title: id,
      source: 'wp-undated',
    }))
    await own.add({ events: same })
    const { data } = await own.json<List<Event>>('/v1/events')
    expect(data.map(({ id }) => id)).toEqual([
      'crisis-begins',
      'a-second',
      'b-first',
      'c-third',
      'readmission-treaty-ended',
      'storming-of-polish-border',
      'minsk-conference',
    ])
    for (const limit of [1, 2, 3]) expect(await own.pages(`/v1/events?limit=${limit}`)).toEqual(data)
    expect((await own.json<List<Event>>('/v1/events?as_of=1')).data).toEqual(ordered)
    await own.close()
  })
})
