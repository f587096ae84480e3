import { describe, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { type Connection, openDatabase } from '../../../src/store/connection/connection.ts'
import { openStore } from '../../../src/store/store.ts'
import { insert, startVersion, timeOf } from '../../support/store/history.ts'
import {
  border,
  DIMENSIONS,
  happening,
  indicator,
  publication,
  type Records,
  records,
  statement,
} from '../../support/store/sample-records.ts'
import { contentOf, scratchFolder, textColumn } from '../../support/store/scratch.ts'

const FIRST = records({
  sources: [publication({ id: 'a' }), publication({ id: 'b' })],
  observations: [statement({ source: 'a', count: 10 }), statement({ source: 'b', count: 11 })],
  events: [happening({ id: 'conference' })],
})

/** A store in a file with the first records, and a connection of its own beside it. */
async function startStore() {
  const url = `file:${scratchFolder()}/crossings.sqlite`
  const store = await openStore({ url, now: () => timeOf(0) })
  const added = await store.addMissing(FIRST)
  return { store, added, connection: openDatabase(url) }
}

/** All that is recorded, told apart from who is asking. */
function recordedIn(connection: Connection) {
  return contentOf(connection)
}

describe('adding missing records', () => {
  test('records everything in one version, and says how many of each were new', async () => {
    const { store, added, connection } = await startStore()
    expect(added).toEqual({ indicators: 2, borders: 5, sources: 2, observations: 2, events: 1 })
    for (const table of ['indicator', 'border', 'source', 'observation', 'event']) {
      expect(textColumn(connection, `SELECT DISTINCT version FROM ${table}_revisions`)).toEqual(['1'])
    }
    expect(await store.currentVersion()).toMatchObject({ version: 1, recorded_at: timeOf(0) })
    await store.close()
  })

  test('makes no version and changes nothing where nothing is new', async () => {
    const { store, connection } = await startStore()
    const before = recordedIn(connection)
    expect(await store.addMissing(FIRST)).toEqual({
      indicators: 0,
      borders: 0,
      sources: 0,
      observations: 0,
      events: 0,
    })
    expect(await store.addMissing({ ...FIRST, indicators: [], borders: [], sources: [] })).toMatchObject({
      observations: 0,
    })
    expect(recordedIn(connection)).toEqual(before)
    await store.close()
  })

  test.for<[string, Partial<Records>]>([
    ['indicators', { indicators: [indicator('deaths')] }],
    ['borders', { borders: [border('FI', 'RU')] }],
    ['sources', { sources: [publication({ id: 'c' })] }],
    ['observations', { observations: [statement({ period_end: '2024-02-29' })] }],
    ['events', { events: [happening({ id: 'talks' })] }],
  ])('makes a version where only %s are new', async ([name, parts]) => {
    const { store } = await startStore()
    const none = { indicators: 0, borders: 0, sources: 0, observations: 0, events: 0 }
    expect(await store.addMissing({ ...FIRST, ...parts })).toEqual({ ...none, [name]: 1 })
    expect((await store.currentVersion()).version).toBe(2)
    await store.close()
  })

  test('does not overwrite what was recorded with another state', async () => {
    const { store, connection } = await startStore()
    const before = recordedIn(connection)
    await store.addMissing({
      indicators: DIMENSIONS.indicators.map((each) => ({ ...each, label: 'Other' })),
      borders: DIMENSIONS.borders.map((each) => ({ ...each, label: 'Other', members: [] })),
      sources: FIRST.sources.map((each) => ({ ...each, title: 'Other' })),
      observations: FIRST.observations.map((each) => ({ ...each, count: 99, qualifier: 'about' })),
      events: FIRST.events.map((each) => ({ ...each, title: 'Other' })),
    })
    expect(recordedIn(connection)).toEqual(before)
    await store.close()
  })

  test('neither revives what was retracted nor undoes a revision', async () => {
    const { store, connection } = await startStore()
    const version = startVersion(connection, timeOf(1))
    const { id: event, ...happened } = happening({})
    const { id: source, ...published } = publication({ id: 'b' })
    const figure = { period_basis: 'stated', qualifier: 'exact' }
    insert(connection, 'source_revisions', { source, version, ...published, retraction: 'invented' })
    insert(connection, 'event_revisions', { event, version, ...happened, retraction: 'never happened' })
    insert(connection, 'observation_revisions', { observation: 1, version, ...figure, count: 12 })
    insert(connection, 'observation_revisions', {
      observation: 2,
      version,
      ...figure,
      count: 11,
      retraction: 'misprint',
    })
    const before = recordedIn(connection)

    await store.addMissing(FIRST)
    expect(recordedIn(connection)).toEqual(before)
    const more = [...FIRST.observations, statement({ source: 'a', period_end: '2024-02-29' })]
    expect((await store.addMissing({ ...FIRST, observations: more })).observations).toBe(1)
    const rows = await store.observations({ version: 3 })
    expect(rows.map(({ source, count, version }) => [source, count, version])).toEqual([
      ['a', 12, 2],
      ['a', 1, 3],
    ])
    expect((await store.sources({ version: 3 })).map(({ id }) => id)).toEqual(['a'])
    expect(await store.events({ version: 3 })).toEqual([])
    await store.close()
  })

  test.for<[string, Partial<Records>]>([
    ['a figure of an unknown source', { observations: [statement({ source: 'nobody' })] }],
    ['a figure of an unknown border', { observations: [statement({ country: 'FI' })] }],
    ['a figure of an unknown indicator', { observations: [statement({ indicator: 'sheep' })] }],
    ['a figure that ends before it starts', { observations: [statement({ period_end: '2023-12-31' })] }],
    ['a count below 0', { observations: [statement({ period_end: '2024-02-01', count: -1 })] }],
    ['half a crossing', { observations: [statement({ period_end: '2024-02-01', count: 0.5 })] }],
    ['an event of an unknown source', { events: [happening({ id: 'x', source: 'nobody' })] }],
    ['an event on an impossible day', { events: [happening({ id: 'x', period_end: '2024-02-30' })] }],
    ['a source of a comma list', { sources: [publication({ id: 'c', origin: 'a,b' })] }],
    ['a group of an unknown border', { borders: [border('FI', 'RU', ['XX-YY'])] }],
  ])('with %s among the records adds none of them', async ([_, bad]) => {
    const { store, connection } = await startStore()
    const before = recordedIn(connection)
    const good = {
      indicators: [indicator('deaths')],
      borders: [border('LV', 'RU')],
      sources: [publication({ id: 'good' })],
      observations: [statement({ source: 'good' })],
      events: [happening({ id: 'good', source: 'good' })],
    }
    const both: Records = {
      indicators: [...good.indicators, ...(bad.indicators ?? [])],
      borders: [...good.borders, ...(bad.borders ?? [])],
      sources: [...good.sources, ...(bad.sources ?? [])],
      observations: [...good.observations, ...(bad.observations ?? [])],
      events: [...good.events, ...(bad.events ?? [])],
    }
    await expect(store.addMissing(both)).rejects.toThrow()
    expect(recordedIn(connection)).toEqual(before)
    expect(await store.addMissing(good)).toMatchObject({ sources: 1, observations: 1, events: 1 })
    expect((await store.currentVersion()).version).toBe(2)
    await store.close()
  })

  test('counts a natural key that comes twice once, and keeps the first', async () => {
    const { store } = await startStore()
    const figure = statement({ period_end: '2024-03-31', count: 5 })
    const added = await store.addMissing({ ...FIRST, observations: [figure, { ...figure, count: 6 }] })
    expect(added.observations).toBe(1)
    expect((await store.observations({ version: 2 })).map(({ count }) => count)).toEqual([10, 11, 5])
    await store.close()
  })

  test('distinguishes natural keys by each of their parts', async () => {
    const { store } = await startStore()
    const observations = [
      statement({ source: 'b', country: 'LV' }),
      statement({ indicator: 'apprehensions' }),
      statement({ period_start: '2023-12-31' }),
      statement({ period_end: '2024-01-30' }),
      statement({ country: 'BY', neighbour: 'EU' }),
    ]
    expect((await store.addMissing({ ...FIRST, observations })).observations).toBe(5)
    expect((await store.addMissing({ ...FIRST, observations })).observations).toBe(0)
    await store.close()
  })

  test('never gives an id a second time, also after what failed', async () => {
    const { store, connection } = await startStore()
    const idsOf = async () => {
      const { version } = await store.currentVersion()
      return (await store.observations({ version })).map(({ id, period_end }) => `${id} ${period_end}`)
    }
    const before = await idsOf()
    await expect(
      store.addMissing({
        ...FIRST,
        observations: [statement({ period_end: '2024-02-01' }), statement({ country: 'FI' })],
      }),
    ).rejects.toThrow()
    await store.addMissing({ ...FIRST, observations: [statement({ period_end: '2024-02-02' })] })
    const version = startVersion(connection, timeOf(2))
    const state = { period_basis: 'stated', count: 1, qualifier: 'exact', retraction: 'misprint' }
    insert(connection, 'observation_revisions', { observation: 3, version, ...state })
    await store.addMissing({ ...FIRST, observations: [statement({ period_end: '2024-02-03' })] })
    expect(await idsOf()).toEqual([...before, '4 2024-02-03'])
    expect(() => connection.exec('DELETE FROM observations WHERE id = 4')).toThrow(/never changed/)
    await store.close()
  })

  test('of two stores on one file at once leaves one copy', async () => {
    const url = `file:${scratchFolder()}/crossings.sqlite`
    const stores = await Promise.all([1, 2].map(() => openStore({ url, now: () => timeOf(0) })))
    const seeds = readSeeds()
    const added = await Promise.all(stores.map((store) => store.addMissing(seeds)))
    expect(added.map(({ observations }) => observations).toSorted((a, b) => a - b)).toEqual([
      0,
      seeds.observations.length,
    ])
    for (const store of stores) {
      expect((await store.currentVersion()).version).toBe(1)
      expect(await store.observations({ version: 1 })).toHaveLength(seeds.observations.length)
      await store.close()
    }
  })
})

describe('text', () => {
  const TEXTS = [
    'caf\u00e9',
    'cafe\u0301',
    'Ångström \u212b \u00c5',
    '😀 👨‍👩‍👧‍👦 🇱🇹',
    'مرحبا עברית',
    'a\u202eb\u200fc',
    `'; DROP TABLE sources; --`,
    `"quoted" 'twice' \`back\` \\ % _`,
    '=1+1 @SUM(A1) -2',
    '<script>alert(1)</script>',
    '\u00a1¿ßſﬀ İı',
    '𐍈 𝒳 \u{10ffff}',
    'a\u200bb a\u00a0b a\u3000b',
  ]

  test('of every kind comes back byte for byte as it was recorded', async () => {
    const store = await openStore({ url: `file:${scratchFolder()}/crossings.sqlite`, now: () => timeOf(0) })
    const sources = TEXTS.map((text, index) =>
      publication({ id: `s${index}`, publisher: text, origin: text.replaceAll(',', ''), title: text }),
    )
    const observations = TEXTS.map((note, index) => statement({ source: `s${index}`, note }))
    const events = TEXTS.map((title, index) => happening({ id: `e${index}`, title, source: 's0' }))
    await store.addMissing(records({ sources, observations, events }))

    const byId = new Map((await store.sources({ version: 1 })).map((source) => [source.id, source]))
    expect(sources.map(({ id }) => byId.get(id))).toEqual(sources)
    const notes = new Map(
      (await store.observations({ version: 1 })).map(({ source, note }) => [source, note]),
    )
    expect(observations.map(({ source }) => notes.get(source))).toEqual(TEXTS)
    const titles = new Map((await store.events({ version: 1 })).map(({ id, title }) => [id, title]))
    expect(events.map(({ id }) => titles.get(id))).toEqual(TEXTS)

    const found = TEXTS.map((text) => store.observations({ version: 1, origin: [text.replaceAll(',', '')] }))
    expect((await Promise.all(found)).map((rows) => rows.map(({ note }) => note))).toEqual(
      TEXTS.map((text) => [text]),
    )
    await store.close()
  })
})
