import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import type { Border } from '../../../src/domain/border.ts'
import type { Extent } from '../../../src/domain/extent.ts'
import type { Indicator } from '../../../src/domain/indicator.ts'
import type { ObservationWithStatus } from '../../../src/domain/observation.ts'
import { parseCsv } from '../../../src/formats/csv/write-csv.ts'
import { type Harness, type List, startApp } from '../../support/http/harness.ts'
import { MEMBERS } from '../../support/http/proofs.ts'
import { addressOf, type Question } from '../../support/http/questions.ts'
import { border } from '../../support/http/records.ts'

type BorderRow = Border & Extent & { readonly indicators: readonly string[] }
type IndicatorRow = Indicator & Extent & { readonly borders: readonly string[] }

let api: Harness
const borders = async (question: Question = {}) =>
  (await api.json<List<BorderRow>>(addressOf('/v1/borders', question))).data
const indicators = async (question: Question = {}) =>
  (await api.json<List<IndicatorRow>>(addressOf('/v1/indicators', question))).data
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)

beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

/** The extent of some rows in plain code. */
function extentOf(rows: readonly ObservationWithStatus[]): Extent {
  const starts = rows.map((row) => row.period_start).toSorted()
  const ends = rows.map((row) => row.period_end).toSorted()
  return { period_start: starts.at(0) ?? null, period_end: ends.at(-1) ?? null, observations: rows.length }
}

describe('borders', () => {
  test('are those of the seeds, with their labels and members, ordered by position', async () => {
    const expected = readSeeds().borders.toSorted((a, b) => a.position - b.position)
    const answered = (await borders()).map(
      ({ indicators, period_start, period_end, observations, ...seeded }) => seeded,
    )
    expect(answered).toEqual(expected)
    expect(idsOf(answered).slice(0, 3)).toEqual(['PL-BY', 'LV-BY', 'LT-BY'])
  })

  test.each([{}, { published_until: '2022-06-30' }])(
    'have the indicators and the extent of their figures, groups those of their members too (%j)',
    async (world: Question) => {
      const observations = await api.pages<ObservationWithStatus>(addressOf('/v1/observations', world))
      const known = idsOf(await indicators())
      for (const row of await borders(world)) {
        const counted = [row.id, ...(MEMBERS[row.id] ?? [])]
        const own = observations.filter((each) => counted.includes(each.border))
        expect(row).toMatchObject(extentOf(own))
        expect(row.indicators).toEqual(known.filter((id) => own.some(({ indicator }) => indicator === id)))
      }
    },
  )

  test('can be selected by either side', async () => {
    expect(idsOf(await borders({ country: 'EU' }))).toEqual(['EU-BY'])
    expect(idsOf(await borders({ neighbour: 'EU' }))).toEqual(['BY-EU'])
    expect(idsOf(await borders({ country: 'LTU,PL', neighbour: 'BY' }))).toEqual(['PL-BY', 'LT-BY'])
    expect(await borders({ country: 'PL', neighbour: 'EU' })).toEqual([])
  })

  test('stay listed in a world without figures, with no extent', async () => {
    const rows = await borders({ published_until: '1999-01-01' })
    expect(rows).toHaveLength(5)
    for (const row of rows) {
      expect(row).toMatchObject({ indicators: [], period_start: null, period_end: null, observations: 0 })
    }
  })

  test('come in pages too', async () => {
    for (const limit of [1, 2, 4, 5]) {
      expect(await api.pages(`/v1/borders?limit=${limit}`)).toEqual(await borders())
    }
  })
})

describe('indicators', () => {
  test('are those of the seeds, with their definitions by country, ordered by position', async () => {
    const expected = readSeeds().indicators.toSorted((a, b) => a.position - b.position)
    const answered = (await indicators()).map(
      ({ borders, period_start, period_end, observations, ...seeded }) => seeded,
    )
    expect(answered).toEqual(expected)
    expect(idsOf(answered)).toEqual([
      'attempted_crossings',
      'apprehensions',
      'humanitarian_admissions',
      'trafficking_rings_broken_up',
      'trafficking_arrests',
      'migrant_deaths',
    ])
    expect(Object.keys(answered[0]?.definitions ?? {}).toSorted()).toEqual(['EU', 'LT', 'LV', 'PL'])
  })

  test('have the borders and the extent of their figures', async () => {
    const observations = await api.pages<ObservationWithStatus>('/v1/observations')
    const known = idsOf(await borders())
    for (const row of await indicators()) {
      const own = observations.filter(({ indicator }) => indicator === row.id)
      expect(row).toMatchObject(extentOf(own))
      expect(row.borders).toEqual(known.filter((id) => own.some((each) => each.border === id)))
    }
  })

  test('come in pages too', async () => {
    for (const limit of [1, 4, 6]) {
      expect(await api.pages(`/v1/indicators?limit=${limit}`)).toEqual(await indicators())
    }
  })

  test('write definitions as JSON and lists with commas in CSV', async () => {
    const [first] = parseCsv(await api.csv('/v1/indicators'))
    const [row] = await indicators()
    expect(JSON.parse(first?.definitions ?? '')).toEqual(row?.definitions)
    expect(first?.borders).toBe('PL-BY,LV-BY,LT-BY,EU-BY')
  })
})

test('a border that is recorded later stands in the versions from then on, and not before', async () => {
  const own = await startApp()
  const { meta } = await own.json<List<BorderRow>>('/v1/borders')
  const version = await own.add({ borders: [border('FI-RU', 1)] })
  expect(version).toBe(meta.version + 1)
  const idsAt = async (target: string) => idsOf((await own.json<List<BorderRow>>(target)).data)
  expect(await idsAt('/v1/borders')).toContain('FI-RU')
  expect(await idsAt(meta.permalink)).not.toContain('FI-RU')
  await own.close()
})
