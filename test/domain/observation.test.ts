import { describe, expect, test } from 'vitest'
import {
  observationSchema,
  observationWithStatusSchema,
  QUALIFIERS,
  rangeOf,
  type Statement,
  statementSchema,
  windowOf,
} from '../../src/domain/observation.ts'
import { days, observe } from '../support/domain/random-observations.ts'

const STATEMENT: Statement = {
  source: 'pozirk-2024-11-15',
  country: 'EU',
  neighbour: 'BY',
  indicator: 'attempted_crossings',
  period_start: '2024-01-01',
  period_end: '2024-11-15',
  period_basis: 'inferred',
  count: 34_782,
  qualifier: 'at_least',
  note: null,
}

describe('a figure', () => {
  test('stands for the range that its qualifier gives it', () => {
    expect(QUALIFIERS.map((qualifier) => rangeOf({ count: 7, qualifier }))).toEqual([
      { min: 7, max: 7 },
      { min: 7, max: Number.POSITIVE_INFINITY },
      { min: 8, max: Number.POSITIVE_INFINITY },
      { min: 0, max: 7 },
      null,
    ])
  })

  test('keeps a reported 0 apart from nothing reported', () => {
    expect(rangeOf({ count: 0, qualifier: 'exact' })).toEqual({ min: 0, max: 0 })
    expect(rangeOf({ count: 0, qualifier: 'at_most' })).toEqual({ min: 0, max: 0 })
    expect(rangeOf({ count: 0, qualifier: 'at_least' })).toEqual({ min: 0, max: Number.POSITIVE_INFINITY })
    expect(rangeOf({ count: 0, qualifier: 'more_than' })).toEqual({ min: 1, max: Number.POSITIVE_INFINITY })
  })

  test('counts its first day and its last', () => {
    expect(windowOf(STATEMENT)).toEqual(days('2024-01-01', '2024-11-15'))
    expect(windowOf({ period_start: '2024-02-29', period_end: '2024-02-29' })).toEqual(days('2024-02-29'))
  })
})

describe('a statement', () => {
  test.for<Partial<Statement>>([
    {},
    { count: 0 },
    { count: 1_000_000_000 },
    { period_start: '2024-11-15' },
    { period_start: '0001-01-01', period_end: '9999-12-31' },
    { note: 'the article says ‘since the start of 2024’' },
    { qualifier: 'about' },
  ])('is taken with %j', (facts) => {
    expect(statementSchema.parse({ ...STATEMENT, ...facts })).toEqual({ ...STATEMENT, ...facts })
  })

  test.for<Record<string, unknown>>([
    { count: -1 },
    { count: 1.5 },
    { count: 1_000_000_001 },
    { count: '7' },
    { count: null },
    { count: Number.NaN },
    { count: Number.POSITIVE_INFINITY },
    { qualifier: 'roughly' },
    { qualifier: null },
    { period_basis: 'guessed' },
    { period_start: '2023-02-29' },
    { period_end: '2024-11-15\n' },
    { period_end: '2024-11' },
    { period_start: '2024-11-16' },
    { source: 'Pozirk' },
    { source: '' },
    { source: '-a' },
    { country: 'pl' },
    { country: 'POL' },
    { neighbour: '' },
    { note: '' },
    { note: ' blank ends ' },
    { note: 'two\nlines' },
    { note: '\ud800' },
    { unknown: 1 },
  ])('is refused with %j', (facts) => {
    expect(statementSchema.safeParse({ ...STATEMENT, ...facts }).success).toBe(false)
  })

  test.for(Object.keys(STATEMENT))('is refused without its %s', (field) => {
    const rest = Object.entries(STATEMENT).filter(([name]) => name !== field)
    expect(statementSchema.safeParse(Object.fromEntries(rest)).success).toBe(false)
  })

  test('that ends before it starts is refused at its end', () => {
    const answer = statementSchema.safeParse({ ...STATEMENT, period_start: '2024-11-16' })
    expect(answer.error?.issues).toMatchObject([
      { path: ['period_end'], message: 'lies before period_start' },
    ])
  })
})

test('an observation as these tests make it is one as it is held', () => {
  expect(observationSchema.parse(observe({}))).toEqual(observe({}))
})

test('an observation has a number and a version, which count from 1', () => {
  const held = observe({ id: 7, version: 7 })
  expect(observationSchema.parse(held)).toEqual(held)
  expect(observationSchema.safeParse({ ...held, id: 0 }).success).toBe(false)
  expect(observationSchema.safeParse({ ...held, version: 0 }).success).toBe(false)
})

test('an answered observation begins as it is held, and ends with its status and its version', () => {
  const fields = Object.keys(observationSchema.shape).filter((name) => name !== 'version')
  expect(Object.keys(observationWithStatusSchema.shape)).toEqual([...fields, 'status', 'version'])
})
