import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Total } from '../../../src/domain/totals.ts'
import { BAD_VALUES } from '../../support/http/bad-values.ts'
import { type Harness, type List, startApp } from '../../support/http/harness.ts'
import { besides, goodValueOf, parametersOf } from '../../support/http/operations.ts'

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(async () => {
  await api.close()
})

/** Every query parameter of every operation of the document, with the path of a request for it. */
const everyParameter = () =>
  parametersOf(api.document).flatMap(({ path, names }) =>
    names.filter((name) => name !== '_').map((name) => ({ path, name })),
  )

/** The parameters that a bad request's answer names. */
async function namedFor(target: string): Promise<(string | undefined)[]> {
  const { errors = [] } = await api.problem(400, target)
  expect(errors.length, target).toBeGreaterThan(0)
  for (const { detail } of errors) expect(detail.length, target).toBeGreaterThan(5)
  return errors.map(({ parameter }) => parameter)
}

describe('every parameter of every operation', () => {
  test('is known here, with what it must refuse', () => {
    const unlisted = everyParameter().filter(({ name }) => BAD_VALUES[name] === undefined)
    expect(unlisted).toEqual([])
    expect(everyParameter().length).toBeGreaterThan(70)
  })

  test('takes a good value', async () => {
    for (const { path, name } of everyParameter().filter((each) => each.name !== 'cursor')) {
      const { status, text } = await api.get(`${path}?${name}=${goodValueOf(name)}${besides(name)}`)
      expect(status, `${path} ${name} ${text}`).toBe(200)
    }
  })

  test('refuses bad values with a 400 that names it alone, all where it first applies, else each fourth', async () => {
    const asked = new Map<string, number>()
    for (const { path, name } of everyParameter()) {
      const times = asked.get(name) ?? 0
      asked.set(name, times + 1)
      const isTurn = (_: string, index: number) => times === 0 || (index + times) % 4 === 0
      for (const value of BAD_VALUES[name]?.filter(isTurn) ?? []) {
        const target = `${path}?${name}=${value}`
        expect(new Set(await namedFor(target)), target).toEqual(new Set([name]))
      }
    }
  })

  test('is refused where it is empty', async () => {
    for (const { path, name } of everyParameter()) {
      for (const target of [`${path}?${name}=`, `${path}?${name}`]) {
        expect(await namedFor(target), target).toEqual([name])
      }
    }
  })

  test('is refused where it is there twice, with the same value too', async () => {
    for (const { path, name } of everyParameter()) {
      const value = goodValueOf(name)
      const target = `${path}?${name}=${value}&${name}=${value}`
      const { errors } = await api.problem(400, target)
      expect(errors, target).toEqual([{ parameter: name, detail: expect.stringMatching(/more than once/) }])
    }
  })

  test('is refused in the notations of other services', async () => {
    for (const { path, name } of everyParameter()) {
      const value = goodValueOf(name)
      for (const other of [
        `${name}[]`,
        `${name}[0]`,
        `${name}[eq]`,
        name.toUpperCase(),
        `${name}%20`,
        `%00${name}`,
      ]) {
        expect((await api.problem(400, `${path}?${other}=${value}`)).errors?.length, other).toBe(1)
      }
    }
  })
})

describe('calendar periods', () => {
  test('may be any that the calendar has, from year 1 to 9999', async () => {
    for (const [value, first, last] of [
      ['2000-02-29', '2000-02-29', '2000-02-29'],
      ['2024-02-29', '2024-02-29', '2024-02-29'],
      ['2024-02', '2024-02-01', '2024-02-29'],
      ['1900-02', '1900-02-01', '1900-02-28'],
      ['2020-W53', '2020-12-28', '2021-01-03'],
      ['2026-W53', '2026-12-28', '2027-01-03'],
      ['2024-W52', '2024-12-23', '2024-12-29'],
      ['0001', '0001-01-01', '0001-12-31'],
      ['0001-W01', '0001-01-01', '0001-01-07'],
      ['9999-12-31', '9999-12-31', '9999-12-31'],
      ['9999-Q4', '9999-10-01', '9999-12-31'],
      ['9999-W52', '9999-12-27', '9999-12-31'],
    ] as const) {
      const { data } = await api.json<List<Total>>(`/v1/totals?country=PL&period=${value}`)
      expect(data[0], value).toMatchObject({ period_start: first, period_end: last })
    }
  })
})

describe('a window', () => {
  const windowed = () => parametersOf(api.document).filter(({ names }) => names.includes('period'))

  test('whose from lies after its to is refused, naming from', async () => {
    expect(windowed().length).toBeGreaterThan(4)
    for (const { path } of windowed()) {
      for (const query of [
        'from=2024-11-16&to=2024-11-15',
        'from=2025&to=2024',
        'to=0001&from=9999',
        'from=2024-Q4&to=2024-09',
      ]) {
        expect(await namedFor(`${path}?${query}`), path).toEqual(['from'])
      }
    }
  })

  test('of one day is none of these', async () => {
    for (const { path } of windowed()) {
      for (const query of [
        'from=2024-11-15&to=2024-11-15',
        'from=2024&to=2024',
        'from=2024-W01&to=2024-01-01',
      ]) {
        expect((await api.get(`${path}?${query}`)).status, path).toBe(200)
      }
    }
  })

  test('named by period and by from or to at once is refused, naming period', async () => {
    for (const { path } of windowed()) {
      for (const query of ['period=2024&from=2024', 'to=2024&period=2024', 'from=2024&period=2024&to=2024']) {
        expect(await namedFor(`${path}?${query}`), path).toEqual(['period'])
      }
    }
  })
})

describe('codes', () => {
  test('that are near a known one are answered with a suggestion', async () => {
    for (const [query, suggestion] of [
      ['country=Poland', 'PL'],
      ['country=pl', 'PL'],
      ['country=Latvia', 'LV'],
      ['country=Lithuania,PL', 'LT'],
      ['neighbour=Belarus', 'BY'],
      ['neighbour=by', 'BY'],
      ['indicator=attempted_crossing', 'attempted_crossings'],
      ['indicator=apprehension', 'apprehensions'],
      ['interval=months', 'month'],
      ['interval=Year', 'year'],
      ['kind=offical', 'official'],
      ['period_basis=state', 'stated'],
      ['format=csvs', 'csv'],
      ['origin=pozirk', 'Pozirk'],
      ['origin=Straz%20Graniczna', 'Straż Graniczna'],
      ['source=pozirk-2024-11-16', 'pozirk-2024-11-15'],
    ]) {
      const { errors } = await api.problem(400, `/v1/series?${query}`)
      expect(
        errors?.map(({ detail }) => detail),
        query,
      ).toEqual([expect.stringContaining(`did you mean ${suggestion}?`)])
    }
  })

  test('that are near nothing are answered with what there is', async () => {
    for (const [query, known] of [
      ['country=Atlantis', 'PL, LV, LT, EU, BY'],
      ['interval=fortnight', 'day, week, month, quarter, year'],
      ['kind=rumour', 'official, analysis, claim'],
      ['format=hologram', 'json, csv'],
    ]) {
      const { errors } = await api.problem(400, `/v1/series?${query}`)
      expect(errors?.[0]?.detail, query).toContain(known)
      expect(errors?.[0]?.detail, query).not.toContain('did you mean')
    }
  })

  test('are each answered where several are wrong, in one parameter or in many', async () => {
    const { errors } = await api.problem(400, '/v1/observations?country=XX,PL,YY&neighbour=ZZ')
    expect(errors?.map(({ parameter }) => parameter)).toEqual(['country', 'country', 'neighbour'])
    const names = await namedFor('/v1/series?limit=0&interval=x&from=2023-02-29&explain=2&kind=x&format=x')
    expect(names.toSorted()).toEqual(['explain', 'format', 'from', 'interval', 'kind', 'limit'])
  })

  test('may be given in three letters, in any order and more than once', async () => {
    const rows = async (query: string) =>
      (await api.json<List<Total>>(`/v1/totals?${query}`)).data.map((row) => row.border)
    expect(await rows('country=POL,LTU')).toEqual(['PL-BY', 'LT-BY'])
    expect(await rows('country=LT,PL,LT,POL')).toEqual(['PL-BY', 'LT-BY'])
    expect(await rows('neighbour=BLR&country=LVA')).toEqual(['LV-BY'])
  })

  test('of what exists only in other versions are known in all', async () => {
    const own = await startApp({ records: {} })
    await own.add({
      sources: [
        {
          id: 'late',
          publisher: 'P',
          origin: 'Late',
          kind: 'claim',
          title: null,
          published_on: null,
          url: null,
        },
      ],
    })
    expect(await own.json<List<Total>>('/v1/sources?source=late&origin=Late&as_of=0')).toMatchObject({
      data: [],
    })
    await own.close()
  })
})
