import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { type Harness, PRESENT, startApp } from '../../support/http/harness.ts'
import { readingsOf } from '../../support/http/operations.ts'
import { publication } from '../../support/http/records.ts'

interface About {
  readonly name: string
  readonly version: number
  readonly recorded_at: string | null
  readonly extent: unknown
  readonly counts: Record<string, number>
  readonly limits: Record<string, number>
  readonly licences: Record<string, string>
  readonly citation: string
  readonly links: Record<string, string>
}

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

test('says how much there is, how far it reaches, and of which version', async () => {
  const seeds = readSeeds()
  const about = await api.json<About>('/v1')
  expect(about).toMatchObject({
    name: 'Border Crossings',
    version: 1,
    recorded_at: PRESENT,
    extent: {
      period_start: seeds.observations
        .map((each) => each.period_start)
        .toSorted()
        .at(0),
      period_end: seeds.observations
        .map((each) => each.period_end)
        .toSorted()
        .at(-1),
      observations: seeds.observations.length,
    },
    counts: {
      sources: seeds.sources.length,
      borders: seeds.borders.length,
      indicators: seeds.indicators.length,
      events: seeds.events.length,
    },
  })
  expect(about.citation).toContain('version 1')
  expect(Object.keys(about.licences)).toEqual(expect.arrayContaining(['code', 'data']))
})

test('names limits that are really those of lists', async () => {
  const { limits } = await api.json<About>('/v1')
  expect(limits).toEqual({ limit_default: 1_000, limit_max: 10_000 })
  expect((await api.get(`/v1/series?interval=day&limit=${limits.limit_max}`)).status).toBe(200)
  await api.problem(400, `/v1/series?limit=${Number(limits.limit_max) + 1}`)
})

test('links only to resources that exist, and to every list', async () => {
  const { links } = await api.json<About>('/v1')
  for (const target of Object.values(links)) expect((await api.get(target)).status, target).toBe(200)
  const lists = readingsOf(api.document)
    .map(({ path }) => path)
    .filter((path) => /^\/v1\/\w+$/.test(path))
  expect(Object.values(links)).toEqual(expect.arrayContaining(lists))
})

test('reflects new records', async () => {
  const own = await startApp({ records: {} })
  expect(await own.json<About>('/v1')).toMatchObject({
    version: 0,
    recorded_at: null,
    extent: { period_start: null, period_end: null, observations: 0 },
    counts: { sources: 0, borders: 0, indicators: 0, events: 0 },
  })
  own.setTime('2026-06-02T00:00:00.000Z')
  await own.add({ sources: [publication({ id: 'first' })] })
  expect(await own.json<About>('/v1')).toMatchObject({
    version: 1,
    recorded_at: '2026-06-02T00:00:00.000Z',
    counts: { sources: 1 },
  })
  await own.close()
})

test('is JSON alone, and takes no parameters', async () => {
  await api.problem(406, '/v1', { accept: 'text/csv' })
  await api.problem(400, '/v1?format=csv')
  expect((await api.get('/v1?_=1')).status).toBe(200)
})
