import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readSeeds } from '../src/cli/seeds.ts'
import { borderSchema } from '../src/domain/border.ts'
import { eventSchema } from '../src/domain/event.ts'
import { indicatorSchema } from '../src/domain/indicator.ts'
import { type Statement, statementSchema } from '../src/domain/observation.ts'
import { sourceSchema } from '../src/domain/source.ts'
import { openStore } from '../src/store/store.ts'

const seeds = readSeeds()

const of = (source: string) =>
  seeds.observations
    .filter((figure) => figure.source === source)
    .map(({ country, neighbour, indicator, count, qualifier }) => [
      `${country}-${neighbour}`,
      indicator,
      count,
      qualifier,
    ])

/** The figure itself, apart from the remarks on it. */
const COLUMNS = [
  'source',
  'country',
  'neighbour',
  'indicator',
  'period_start',
  'period_end',
  'period_basis',
  'count',
  'qualifier',
] as const satisfies (keyof Statement)[]

describe('the seeds', () => {
  test('hold as many of each as were collected', () => {
    expect(Object.entries(seeds).map(([name, rows]) => [name, rows.length])).toEqual([
      ['indicators', 6],
      ['borders', 5],
      ['sources', 98],
      ['observations', 295],
      ['events', 4],
    ])
  })

  test('hold the figures of the article as it gives them', () => {
    expect(of('pozirk-2024-11-15')).toEqual([
      ['PL-BY', 'attempted_crossings', 28_668, 'at_least'],
      ['LV-BY', 'attempted_crossings', 5_200, 'at_least'],
      ['LT-BY', 'attempted_crossings', 914, 'at_least'],
      ['EU-BY', 'attempted_crossings', 34_782, 'at_least'],
    ])
    for (const figure of seeds.observations.filter(({ source }) => source === 'pozirk-2024-11-15')) {
      expect(figure).toMatchObject({ period_start: '2024-01-01', period_end: '2024-11-15' })
    }
    expect(28_668 + 5_200 + 914).toBe(34_782)
    expect(seeds.sources.find(({ id }) => id === 'pozirk-2024-11-15')).toMatchObject({
      publisher: 'Pozirk',
      kind: 'analysis',
      published_on: '2024-11-15',
    })
  })

  test('keep the claims of the Security Council apart, as claims of indicators of their own', () => {
    expect(of('pozirk-2024-11-15-claims')).toEqual([
      ['BY-EU', 'trafficking_rings_broken_up', 60, 'exact'],
      ['BY-EU', 'trafficking_arrests', 170, 'more_than'],
      ['BY-EU', 'migrant_deaths', 50, 'exact'],
    ])
    const claims = seeds.sources.filter(({ kind }) => kind === 'claim').map(({ id }) => id)
    expect(claims).toContain('pozirk-2024-11-15-claims')
    const claimed = seeds.observations.filter(({ source }) => claims.includes(source))
    expect(claimed.map(({ indicator }) => indicator)).not.toContain('attempted_crossings')
  })

  test('hold the four events of the article', () => {
    expect(
      seeds.events.map(({ id, period_start, period_end, precision }) => [
        id,
        period_start,
        period_end,
        precision,
      ]),
    ).toEqual([
      ['crisis-begins', '2021-03-01', '2021-05-31', 'season'],
      ['readmission-treaty-ended', '2021-06-01', '2021-06-30', 'month'],
      ['storming-of-polish-border', '2021-11-01', '2021-11-30', 'month'],
      ['minsk-conference', '2024-11-15', '2024-11-15', 'day'],
    ])
  })

  test('add up to the sums that were collected, for each border and indicator', () => {
    const series = Map.groupBy(
      seeds.observations,
      (row) => `${row.country}-${row.neighbour} ${row.indicator}`,
    )
    const sums = [...series].map(([name, rows]) => [
      name,
      rows.length,
      rows.reduce((sum, { count }) => sum + count, 0),
    ])
    expect(sums.toSorted()).toEqual([
      ['BY-EU migrant_deaths', 1, 50],
      ['BY-EU trafficking_arrests', 1, 170],
      ['BY-EU trafficking_rings_broken_up', 1, 60],
      ['EU-BY attempted_crossings', 60, 663_581],
      ['LT-BY attempted_crossings', 63, 147_522],
      ['LV-BY attempted_crossings', 81, 221_671],
      ['LV-BY humanitarian_admissions', 4, 702],
      ['PL-BY apprehensions', 4, 4_797],
      ['PL-BY attempted_crossings', 80, 706_752],
    ])
  })

  test('are the figures that were collected, to the digit', () => {
    const lines = seeds.observations.map((figure) => COLUMNS.map((column) => figure[column]).join('\t'))
    const hash = createHash('sha256').update(lines.toSorted().join('\n')).digest('hex')
    expect(hash).toBe('2b10614919ae2b0841598a129ed75b0bc21141ca580a2b805049da82e6705e77')
  })

  test('are the publications that were collected, to the letter', () => {
    const lines = seeds.sources.map(({ id, publisher, origin, kind, title, published_on, url }) =>
      JSON.stringify([id, publisher, origin, kind, title, published_on, url]),
    )
    const hash = createHash('sha256').update(lines.toSorted().join('\n')).digest('hex')
    expect(hash).toBe('98822b5fe9d005486e5adb63fc66be0aee42fc621672cfb5aec12b8c73a08321')
  })

  test('state no figure twice, and name no source, border or indicator that is not there', () => {
    const keys = seeds.observations.map(
      ({ source, country, neighbour, indicator, period_start, period_end }) =>
        [source, country, neighbour, indicator, period_start, period_end].join(' '),
    )
    expect(new Set(keys).size).toBe(keys.length)
    const unknown = seeds.observations.filter(
      ({ source, country, neighbour, indicator }) =>
        !seeds.sources.some(({ id }) => id === source) ||
        !seeds.borders.some(({ id }) => id === `${country}-${neighbour}`) ||
        !seeds.indicators.some(({ id }) => id === indicator),
    )
    expect(unknown).toEqual([])
  })

  test('have a source with a figure or an event for each publication, and a figure for each indicator', () => {
    const named = new Set([...seeds.observations, ...seeds.events].map(({ source }) => source))
    expect(seeds.sources.filter(({ id }) => !named.has(id))).toEqual([])
    const counted = new Set(seeds.observations.map(({ indicator }) => indicator))
    expect(seeds.indicators.filter(({ id }) => !counted.has(id)).map(({ id }) => id)).toEqual([])
  })

  test('say how Poland, Latvia and Lithuania count attempted crossings, where they differ', () => {
    const [indicator] = seeds.indicators.filter(({ id }) => id === 'attempted_crossings')
    expect(Object.keys(indicator?.definitions ?? {})).toEqual(expect.arrayContaining(['PL', 'LV', 'LT']))
    expect(new Set(Object.values(indicator?.definitions ?? {})).size).toBe(
      Object.keys(indicator?.definitions ?? {}).length,
    )
  })

  test('make one group, of the three borders of the EU with Belarus', () => {
    expect(
      seeds.borders.filter(({ members }) => members.length > 0).map(({ id, members }) => [id, members]),
    ).toEqual([['EU-BY', ['PL-BY', 'LV-BY', 'LT-BY']]])
    expect(
      seeds.borders
        .toSorted((a, b) => a.position - b.position)
        .map(({ id }) => id)
        .slice(0, 3),
    ).toEqual(['PL-BY', 'LV-BY', 'LT-BY'])
  })

  test('are all accepted by the database, and read back unchanged', async () => {
    const store = await openStore({ url: 'file::memory:', now: () => '2026-01-01T00:00:00.000Z' })
    expect(await store.addMissing(seeds)).toMatchObject({ sources: 98, observations: 295, events: 4 })
    const line = (row: object) => JSON.stringify(row)
    expect((await store.sources({ version: 1 })).map(line).toSorted()).toEqual(
      seeds.sources.map(line).toSorted(),
    )
    expect((await store.events({ version: 1 })).map(line).toSorted()).toEqual(
      seeds.events.map(line).toSorted(),
    )
    const rows = await store.observations({ version: 1 })
    const figure = (row: Statement) => line(COLUMNS.map((column) => row[column]).concat(row.note ?? ''))
    expect(rows.map(figure).toSorted()).toEqual(seeds.observations.map(figure).toSorted())
    await store.close()
  })
})

describe('a row', () => {
  const [[statement], [source], [event], [indicator], [border]] = [
    seeds.observations,
    seeds.sources,
    seeds.events,
    seeds.indicators,
    seeds.borders,
  ]
  const texts = [
    ['statement', statementSchema, { ...statement, note: '' }, 'note'],
    ['source', sourceSchema, source, 'publisher'],
    ['source', sourceSchema, source, 'origin'],
    ['source', sourceSchema, source, 'title'],
    ['source', sourceSchema, { ...source, url: 'https://example.org/' }, 'url'],
    ['event', eventSchema, event, 'title'],
    ['indicator', indicatorSchema, indicator, 'label'],
    ['indicator', indicatorSchema, indicator, 'definition'],
    ['border', borderSchema, border, 'label'],
  ] as const

  test.for(texts)('of a %s takes no text that would not come back as it was', ([_, schema, row, column]) => {
    const text = column === 'url' ? 'https://example.org/' : 'text'
    expect(schema.safeParse({ ...row, [column]: `${text}é😀` }).success).toBe(true)
    for (const bad of ['\ud800', '\udc00\ud800', '\u0000', '\u0007', '\n', '\u007f', '\u009f', ' ']) {
      expect(schema.safeParse({ ...row, [column]: `${text}${bad}` }).success).toBe(false)
    }
    expect(schema.safeParse({ ...row, [column]: '' }).success).toBe(false)
    expect(schema.safeParse({ ...row, [column]: 7 }).success).toBe(false)
  })

  test.for(texts)('of a %s is refused with a column that nobody knows', ([_, schema, row, column]) => {
    const good = { ...row, [column]: column === 'url' ? 'https://example.org/' : 'text' }
    expect(schema.safeParse(good).success).toBe(true)
    expect(schema.safeParse({ ...good, colour: 'red' }).success).toBe(false)
  })
})
