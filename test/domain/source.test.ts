import { describe, expect, test } from 'vitest'
import { KINDS, sourceSchema } from '../../src/domain/source.ts'
import { publication } from '../support/store/sample-records.ts'

const takes = (facts: object) => sourceSchema.safeParse({ ...publication({}), ...facts }).success

describe('a publication', () => {
  test.for<object>([
    {},
    ...KINDS.map((kind) => ({ kind })),
    { title: 'a'.repeat(1000), published_on: '2024-11-15', url: 'https://example.org' },
    { publisher: 'a'.repeat(200) },
  ])('is taken with %j', (facts) => {
    expect(takes(facts)).toBe(true)
  })

  test.for<object>([
    { id: 'Pozirk' },
    { publisher: 'a'.repeat(201) },
    { publisher: null },
    { origin: 'a, b' },
    { kind: 'rumour' },
    { title: '' },
    { title: 'a'.repeat(1001) },
    { published_on: '2024-11' },
    { url: 'javascript:alert(1)' },
    { version: 1 },
  ])('is refused with %j', (facts) => {
    expect(takes(facts)).toBe(false)
  })

  test('is official, an analysis or a claim, most authoritative first', () => {
    expect(KINDS).toEqual(['official', 'analysis', 'claim'])
  })
})
