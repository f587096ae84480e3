import { describe, expect, test } from 'vitest'
import { IMPORT_COLUMNS, parseImportRow, quoteCell } from '../../src/domain/import-row.ts'
import { observationWithStatusSchema } from '../../src/domain/observation.ts'
import { COLUMNS, cells } from '../support/formats/import-tables.ts'

const good = cells()

describe('a row of an import', () => {
  test('has the columns of an observation as it is answered, and no others', () => {
    const columns = [...IMPORT_COLUMNS.required, ...IMPORT_COLUMNS.optional]
    expect(columns.toSorted()).toEqual(Object.keys(observationWithStatusSchema.shape).toSorted())
    expect(IMPORT_COLUMNS.required).toEqual(COLUMNS.filter((name) => name !== 'border'))
  })

  test('is a figure and its publication, and an empty cell is null where null can be', () => {
    expect(parseImportRow(cells({ title: '', published_on: '', url: '', note: '' }))).toEqual({
      source: {
        id: 'guard-2024',
        publisher: 'Border Guard',
        origin: 'Straż Graniczna',
        kind: 'official',
        title: null,
        published_on: null,
        url: null,
      },
      figure: {
        source: 'guard-2024',
        country: 'PL',
        neighbour: 'BY',
        indicator: 'attempted_crossings',
        period_start: '2024-01-01',
        period_end: '2024-01-31',
        period_basis: 'stated',
        count: 120,
        qualifier: 'exact',
        note: null,
      },
    })
  })

  test('may leave out its border, and what a service sets itself is not read', () => {
    const { border: _, ...withoutBorder } = good
    expect(parseImportRow(withoutBorder)).toEqual(parseImportRow(good))
    expect(parseImportRow({ ...good, id: 'x', status: '', version: '-1' })).toEqual(parseImportRow(good))
  })

  test('keeps every text just as it is', () => {
    const texts = [
      '=1+1',
      '+1',
      '-1',
      '@x',
      "'=1",
      'e\u0301 é',
      '😀',
      '“„”',
      'שלום',
      'a, "b"',
      '٣',
      '\\N',
      'null',
    ]
    for (const note of texts) expect(parseImportRow({ ...good, note })).toMatchObject({ figure: { note } })
  })

  test('takes the smallest and the largest count', () => {
    for (const count of [0, 1_000_000_000]) {
      expect(parseImportRow({ ...good, count: String(count) })).toMatchObject({ figure: { count } })
    }
  })

  test('tells each column at fault once, all of them at once', () => {
    const faults = parseImportRow({
      ...good,
      source: 'No Slug',
      publisher: '',
      url: 'x\u0007',
      count: 'many',
    })
    expect(faults).toEqual([
      { column: 'source', reason: expect.stringContaining('"No Slug"') },
      { column: 'publisher', reason: 'is empty' },
      { column: 'url', reason: expect.stringContaining('control') },
      { column: 'count', reason: 'is not a whole number: "many"' },
    ])
  })

  test.for<[string, Parameters<typeof cells>[0], string]>([
    ['kind', { kind: 'rumour' }, 'is none of official, analysis, claim: "rumour"'],
    ['qualifier', { qualifier: '' }, 'is empty'],
    ['note', { note: 'a'.repeat(2001) }, 'is longer than 2000 characters'],
    ['count', { count: '1000000001' }, 'is larger than 1000000000'],
    ['count', { count: '-1' }, 'is not a whole number: "-1"'],
    ['count', { count: '1.5' }, 'is not a whole number: "1.5"'],
    ['count', { count: '007' }, 'is not a whole number: "007"'],
    ['count', { count: '1e3' }, 'is not a whole number: "1e3"'],
    ['count', { count: ' 7' }, 'is not a whole number: " 7"'],
    ['count', { count: '7 ' }, 'is not a whole number: "7 "'],
    ['count', { count: '' }, 'is empty'],
    [
      'period_start',
      { period_start: '2023-02-29' },
      'is not a day of the calendar, such as 2024-11-15: "2023-02-29"',
    ],
    ['period_end', { period_end: '2023-12-31' }, 'lies before period_start: "2023-12-31"'],
    ['border', { border: 'LT-BY' }, 'is not country and neighbour, PL-BY'],
    ['border', { border: '' }, 'is not country and neighbour, PL-BY'],
  ])('with a bad %s tells it: %j, %s', ([column, facts, reason]) => {
    expect(parseImportRow(cells(facts))).toEqual([{ column, reason }])
  })

  test('without a column tells that it is empty, whichever it is', () => {
    for (const column of ['source', 'country', 'count', 'qualifier'] as const) {
      const { [column]: _, border: __, ...others } = good
      expect(parseImportRow(others)).toEqual([{ column, reason: 'is empty' }])
    }
  })

  test('does not blame its border for what is wrong with the rest', () => {
    expect(parseImportRow(cells({ country: 'pl' }))).toEqual([
      { column: 'country', reason: 'is not a country code of two capital letters: "pl"' },
    ])
    expect(parseImportRow(cells({ publisher: '', border: 'LT-BY' }))).toEqual([
      { column: 'publisher', reason: 'is empty' },
      { column: 'border', reason: 'is not country and neighbour, PL-BY' },
    ])
  })

  test('repeats no more of a cell than helps', () => {
    const [fault] = [parseImportRow({ ...good, period_start: 'x'.repeat(10_000) })].flat()
    expect(JSON.stringify(fault).length).toBeLessThan(200)
  })
})

test('a cell is repeated as JSON writes it, and cut where it is longer than 60 characters', () => {
  expect(quoteCell('a "b"\n')).toBe('"a \\"b\\"\\n"')
  expect(quoteCell('a'.repeat(60))).toBe(`"${'a'.repeat(60)}"`)
  expect(quoteCell('a'.repeat(61))).toBe(`"${'a'.repeat(60)}…"`)
})
