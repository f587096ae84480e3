import { describe, expect, test } from 'vitest'
import { METHOD } from '../../src/domain/method.ts'
import { writeParquet } from '../../src/formats/parquet.ts'
import { CONTROL_TEXTS, NASTY_TEXTS } from '../support/formats/hostile-strings.ts'
import { gathered, readParquet, readParquetMetadata, readWithDuckdb } from '../support/formats/read-back.ts'
import { ABOUT, COLUMNS, countedRows, row, table } from '../support/formats/sample-table.ts'

const file = (rows: Parameters<typeof table>[0]) => gathered(writeParquet(table(rows)))

const FULL = {
  text: 'text',
  integer: 1,
  boolean: true,
  date: new Date('2024-11-15'),
  time: new Date('2026-06-01T12:00:00.123Z'),
}
const NULLS = {
  any_text: null,
  any_integer: null,
  any_boolean: null,
  any_date: null,
  any_time: null,
}

describe('a Parquet file', () => {
  test('holds each cell with its type, and null for an empty one', async () => {
    const other = { any_text: '', any_integer: 0, any_boolean: false, any_date: '1970-01-01' }
    const bytes = await file([row(), row(other)])
    const expected = [
      { ...FULL, ...NULLS },
      { ...FULL, ...NULLS, ...other, any_date: new Date('1970-01-01') },
    ]
    expect(await readParquet(bytes)).toEqual(expected)
    expect((await readWithDuckdb(bytes)).rows).toEqual(expected)
  })

  test('has the types of its columns, whatever the rows hold', async () => {
    for (const rows of [[], [row()]]) {
      const { types } = await readWithDuckdb(await file(rows))
      expect(Object.values(types)).toEqual(
        [0, 1].flatMap(() => ['VARCHAR', 'BIGINT', 'BOOLEAN', 'DATE', 'TIMESTAMP WITH TIME ZONE']),
      )
    }
  })

  test('lets exactly those columns be null that can be', async () => {
    const { schema } = readParquetMetadata(await file([]))
    expect(schema.slice(1).map(({ name, repetition_type }) => [name, repetition_type])).toEqual(
      COLUMNS.map(({ name, isNullable }) => [name, isNullable ? 'OPTIONAL' : 'REQUIRED']),
    )
  })

  test('of no rows is valid, and of none', async () => {
    const bytes = await file([])
    expect(readParquetMetadata(bytes).num_rows).toBe(0n)
    expect(await readParquet(bytes)).toEqual([])
    expect((await readWithDuckdb(bytes)).rows).toEqual([])
  })

  test('holds all numbers that a count, or a sum of counts, can be', async () => {
    const numbers = [0, -1, 1_000_000_000, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER, -(2 ** 31) - 1]
    const bytes = await file(numbers.map((integer) => row({ integer })))
    expect((await readParquet(bytes)).map(({ integer }) => integer)).toEqual(numbers)
    expect((await readWithDuckdb(bytes)).rows.map(({ integer }) => integer)).toEqual(numbers)
  })

  test('holds all days from the year 1 to 9999', async () => {
    const days = ['0001-01-01', '1582-10-04', '1900-02-28', '1969-12-31', '2000-02-29', '9999-12-31']
    const bytes = await file(days.map((date) => row({ date })))
    const expected = days.map((day) => new Date(day))
    expect((await readParquet(bytes)).map(({ date }) => date)).toEqual(expected)
    expect((await readWithDuckdb(bytes)).rows.map(({ date }) => date)).toEqual(expected)
  })

  test('keeps every text to the letter', async () => {
    const texts = [...NASTY_TEXTS, ...CONTROL_TEXTS]
    const bytes = await file(texts.map((text) => row({ text, any_text: text })))
    expect((await readParquet(bytes)).map(({ text }) => text)).toEqual(texts)
    expect((await readWithDuckdb(bytes)).rows.map(({ any_text }) => any_text)).toEqual(texts)
  })

  test('says what it is, of which version, where it came from, and on what terms', async () => {
    const { key_value_metadata = [] } = readParquetMetadata(await file([]))
    expect(Object.fromEntries(key_value_metadata.map(({ key, value }) => [key, value]))).toEqual({
      title: ABOUT.title,
      description: ABOUT.description,
      version: '3',
      method: String(METHOD),
      recorded_at: ABOUT.recorded_at,
      address: ABOUT.address,
      licence: ABOUT.licence,
    })
  })

  test('is written in row groups, as its rows come', async () => {
    const { rows, read } = countedRows(2_500)
    const written = writeParquet(table(rows))[Symbol.asyncIterator]()
    const pieces = [(await written.next()).value]
    expect(read()).toBe(1_000)
    for (let next = await written.next(); next.done !== true; next = await written.next())
      pieces.push(next.value)
    const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece ?? '')))
    expect(readParquetMetadata(bytes).row_groups.map(({ num_rows }) => num_rows)).toEqual([
      1000n,
      1000n,
      500n,
    ])
    const { rows: readBack } = await readWithDuckdb(bytes)
    expect(readBack.map(({ integer }) => integer)).toEqual(
      Array.from({ length: 2_500 }, (_, index) => index + 1),
    )
    expect(await readParquet(bytes)).toEqual(readBack)
  })

  test('is the same bytes for the same rows', async () => {
    expect((await file([row()])).equals(await file([row()]))).toBe(true)
  })
})
