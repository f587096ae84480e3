import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import {
  civilDate,
  countryCode,
  MAX_COUNT,
  originName,
  singleLine,
  slug,
  webAddress,
} from '../../src/domain/fields.ts'

/** Why a schema refuses a text, in the order in which it says so; empty where it takes it. */
const faultsOf = (schema: z.ZodType, text: unknown) =>
  schema.safeParse(text).error?.issues.map(({ message }) => message) ?? []

const TOO_LONG = [expect.stringContaining('<=5')]
const CONTROL = ['holds a control character']
const BLANK = ['is blank or has blank ends']

describe('a line', () => {
  test.for(['a', 'five!', 'a b', '“x”', '7', '€', 'شרק', 'é', '-'])('takes %j', (text) => {
    expect(singleLine(5).parse(text)).toBe(text)
  })

  test.for<[string, unknown[]]>([
    ['sixsix', TOO_LONG],
    ['a\nb', CONTROL],
    ['a\u0000b', CONTROL],
    ['a\u0085b', CONTROL],
    ['\ud800a', ['is not well-formed Unicode']],
    [' a', BLANK],
    ['a ', BLANK],
    ['\u200b', BLANK],
    ['\u0301', BLANK],
  ])('refuses %j and says why', ([text, faults]) => {
    expect(faultsOf(singleLine(5), text)).toEqual(faults)
  })

  test('refuses an empty text and what is no text', () => {
    expect(faultsOf(singleLine(5), '')).not.toEqual([])
    expect(faultsOf(singleLine(5), 5)).not.toEqual([])
  })
})

describe('an identifier', () => {
  test.for(['a', '7', 'pozirk-2024-11-15', 'attempted_crossings', 'a-b_c', 'a'.repeat(100)])(
    'can be %s',
    (text) => {
      expect(slug.parse(text)).toBe(text)
    },
  )

  test.for(['', '-a', 'a-', 'a--b', 'a_-b', 'A', 'a b', 'é', 'a\n', '\na', 'a.b'])('cannot be %j', (text) => {
    expect(faultsOf(slug, text)).toEqual(['is not lower-case words joined by hyphens or underscores'])
  })

  test('has 100 characters at most', () => {
    expect(faultsOf(slug, 'a'.repeat(101))).toEqual([expect.stringContaining('<=100')])
  })
})

describe('the name of an origin', () => {
  test('is a line of up to 200 characters in which no comma stands', () => {
    expect(originName.parse('Straż Graniczna')).toBe('Straż Graniczna')
    expect(originName.parse('a'.repeat(200))).toHaveLength(200)
    expect(faultsOf(originName, 'a, b')).toEqual(['holds a comma'])
    expect(faultsOf(originName, 'a'.repeat(201))).toEqual([expect.stringContaining('<=200')])
  })
})

describe('an address on the web', () => {
  test.for([
    'https://example.org/a',
    'http://example.org',
    'HTTPS://EXAMPLE.ORG/',
    'https://пример.рф/ż?q=1',
  ])('is kept as it was written: %s', (text) => {
    expect(webAddress.parse(text)).toBe(text)
  })

  test.for([
    'javascript:alert(1)',
    'javascript:location="https://example.org/"',
    'data:text/html,x',
    'ftp://example.org',
    'example.org',
    'https:/example.org',
    'https://',
    'https://a b/',
    'see https://example.org',
    'httpx://example.org',
  ])('is not %s', (text) => {
    expect(faultsOf(webAddress, text)).toEqual(['is not an http or https address'])
  })

  test('has 2,000 characters at most', () => {
    const long = 'https://example.org/'.padEnd(2000, 'a')
    expect(webAddress.parse(long)).toBe(long)
    expect(faultsOf(webAddress, `${long}a`)).toEqual([expect.stringContaining('<=2000')])
  })
})

describe('a civil date', () => {
  test('is a day of the calendar', () => {
    expect(civilDate.parse('2024-02-29')).toBe('2024-02-29')
    for (const text of ['2023-02-29', '2024-11', '2024-11-15T00:00:00Z', '']) {
      expect(faultsOf(civilDate, text)).toEqual(['is not a day of the calendar, such as 2024-11-15'])
    }
  })
})

describe('a side of a border', () => {
  test('is two capital letters', () => {
    expect(countryCode.parse('PL')).toBe('PL')
    for (const text of ['P', 'POL', 'pl', 'P1', ' PL', 'PL\n', '']) {
      expect(faultsOf(countryCode, text)).toEqual(['is not a country code of two capital letters'])
    }
  })
})

test('a million of the largest counts are added up exactly', () => {
  expect(Number.isSafeInteger(MAX_COUNT * 1_000_000)).toBe(true)
  expect(MAX_COUNT).toBe(1_000_000_000)
})
