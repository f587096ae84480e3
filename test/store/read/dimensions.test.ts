import { drizzle } from 'drizzle-orm/better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Observation } from '../../../src/domain/observation.ts'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { dimensionReader } from '../../../src/store/read/dimensions.ts'
import { openStore } from '../../../src/store/store.ts'
import {
  type History,
  insert,
  isPublishedBy,
  makeHistory,
  startVersion,
  timeOf,
} from '../../support/store/history.ts'
import { DIMENSIONS, publication, records, statement } from '../../support/store/sample-records.ts'
import { folderForAll, scratchFolder } from '../../support/store/scratch.ts'

const DAYS = [undefined, '2023-12-30', '2024-01-31', '2024-02-29', '9999-12-31']

/** The extents of some observations, by what they have in common, by plain code. */
function extentsOf<Key extends 'border' | 'indicator' | 'source'>(rows: readonly Observation[], keys: Key[]) {
  const groups = Map.groupBy(rows, (row) => keys.map((key) => row[key]).join(' '))
  return [...groups.values()].map((group) => ({
    ...Object.fromEntries(keys.map((key) => [key, group[0]?.[key]])),
    period_start: group.map((row) => row.period_start).toSorted()[0],
    period_end: group
      .map((row) => row.period_end)
      .toSorted()
      .at(-1),
    observations: group.length,
  }))
}

const inOrder = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).toSorted()

describe('as of each version', () => {
  const folder = folderForAll()
  let history: History
  const worlds: { version: number; published_until?: string | undefined; rows: Observation[] }[] = []
  beforeAll(async () => {
    history = await makeHistory(folder)
    for (let version = 0; version <= history.newest; version++) {
      for (const published_until of DAYS) {
        const rows = history.observations(version).filter((row) => isPublishedBy(row, published_until))
        worlds.push({ version, published_until, rows })
      }
    }
  })
  afterAll(() => history.close())

  test('the extents of series are those of the observations of the vintage', async () => {
    for (const { rows, ...world } of worlds) {
      const extents = await history.store.seriesExtents(world)
      expect(inOrder(extents)).toEqual(inOrder(extentsOf(rows, ['border', 'indicator'])))
    }
    expect(new Set(worlds.map(({ rows }) => rows.length)).size).toBeGreaterThan(10)
  })

  test('the extents of sources are those of the observations of the selected sources', async () => {
    for (const { rows, ...world } of worlds) {
      const extents = await history.store.sourceExtents(world, ['a', 'a_b', 'd', 'e', 'nobody'])
      const own = rows.filter(({ source }) => ['a', 'a_b', 'd', 'e'].includes(source))
      expect(inOrder(extents)).toEqual(inOrder(extentsOf(own, ['source'])))
    }
  })

  test('the extents are the same from statements that look at few observations each', async () => {
    const connection = openDatabase(`file:${folder}/history.sqlite`)
    for (const rowsPerStatement of [1, 3]) {
      const pieces = dimensionReader(drizzle(connection), { rowsPerStatement })
      for (const { rows: _, ...world } of worlds) {
        expect(await pieces.seriesExtents(world)).toEqual(await history.store.seriesExtents(world))
        const source = ['a', 'a_b', 'd', 'e', 'nobody']
        expect(inOrder(await pieces.sourceExtents(world, source))).toEqual(
          inOrder(await history.store.sourceExtents(world, source)),
        )
      }
    }
    connection.close()
  })

  test('an indicator has the borders of which observations stood, and those alone', async () => {
    for (let version = 0; version <= history.newest; version++) {
      for (const indicator of ['attempted_crossings', 'apprehensions', 'migrant_deaths']) {
        const rows = history.observations(version).filter((row) => row.indicator === indicator)
        const borders = await history.store.bordersWith(indicator, version)
        expect(borders.toSorted()).toEqual([...new Set(rows.map(({ border }) => border))].toSorted())
      }
    }
  })

  test('the origins are those of the sources that stood, and no others', async () => {
    for (let version = 0; version <= history.newest; version++) {
      const stood = new Set(history.sources(version).map(({ origin }) => origin))
      expect((await history.store.origins(version)).toSorted()).toEqual([...stood].toSorted())
    }
  })

  test('the codes that filters accept are all that were ever recorded', async () => {
    const codes = await history.store.codes(history.newest)
    expect(codes.source.toSorted()).toEqual(['a', 'a-b', 'a0', 'a_b', 'b', 'c', 'd', 'e'])
    expect(codes.indicator.toSorted()).toEqual(['apprehensions', 'attempted_crossings'])
    expect(codes.country.toSorted()).toEqual(['BY', 'EU', 'LT', 'LV', 'PL'])
    expect(codes.neighbour.toSorted()).toEqual(['BY', 'EU'])
    const versions = Array.from({ length: history.newest }, (_, index) => index + 1)
    const origins = versions.flatMap((version) => history.sources(version).map(({ origin }) => origin))
    expect(codes.origin).toEqual(expect.arrayContaining(origins))
  })
})

test('a border whose only source was retracted is no longer one that the indicator has', async () => {
  const url = `file:${scratchFolder()}/crossings.sqlite`
  const store = await openStore({ url, now: () => timeOf(0) })
  const sources = [publication({ id: 'a' }), publication({ id: 'b' })]
  const observations = [statement({ source: 'a' }), statement({ source: 'b', country: 'LV' })]
  await store.addMissing(records({ sources, observations }))
  const connection = openDatabase(url)
  const version = startVersion(connection, timeOf(1))
  const { id: source, ...state } = publication({ id: 'b' })
  insert(connection, 'source_revisions', { source, version, ...state, retraction: 'invented' })
  connection.close()
  expect((await store.bordersWith('attempted_crossings', 1)).toSorted()).toEqual(['LV-BY', 'PL-BY'])
  expect(await store.bordersWith('attempted_crossings', 2)).toEqual(['PL-BY'])
  await store.close()
})

describe('borders and indicators', () => {
  test('are there from the version on that brought them, in the order of their positions', async () => {
    const store = await openStore({ url: 'file::memory:', now: () => timeOf(0) })
    await store.addMissing(records({}))
    expect(await store.borders(0)).toEqual([])
    expect(await store.indicators(0)).toEqual([])
    const byPosition = <Row extends { position: number }>(rows: readonly Row[]) =>
      rows.toSorted((a, b) => a.position - b.position)
    expect(await store.borders(1)).toEqual(byPosition(DIMENSIONS.borders))
    expect(await store.indicators(1)).toEqual(byPosition(DIMENSIONS.indicators))
    await store.close()
  })

  test('keep the states that they had at earlier versions', async () => {
    const url = `file:${scratchFolder()}/crossings.sqlite`
    const store = await openStore({ url, now: () => timeOf(0) })
    await store.addMissing(records({}))
    const [borders, indicators] = [await store.borders(1), await store.indicators(1)]
    const connection = openDatabase(url)
    const version = startVersion(connection, timeOf(1))
    insert(connection, 'border_revisions', { border: 'EU-BY', version, position: 1, label: 'Together' })
    insert(connection, 'border_members', { border: 'EU-BY', version, member: 'LT-BY' })
    const indicator = 'attempted_crossings'
    const state = { position: 9, label: 'Attempts', definition: 'Other.' }
    insert(connection, 'indicator_revisions', { indicator, version, ...state })
    insert(connection, 'indicator_definitions', { indicator, version, country: 'PL', definition: 'Tries.' })
    connection.close()

    expect(await store.borders(1)).toEqual(borders)
    expect(await store.indicators(1)).toEqual(indicators)
    expect((await store.borders(2)).map(({ id, label, members }) => [id, label, members])).toEqual([
      ['EU-BY', 'Together', ['LT-BY']],
      ['PL-BY', 'Poland–Belarus', []],
      ['LV-BY', 'Latvia–Belarus', []],
      ['LT-BY', 'Lithuania–Belarus', []],
      ['BY-EU', 'Belarus–EU', []],
    ])
    expect(await store.indicators(2)).toEqual([
      DIMENSIONS.indicators[1],
      { id: indicator, ...state, definitions: { PL: 'Tries.' } },
    ])
    await store.close()
  })
})
