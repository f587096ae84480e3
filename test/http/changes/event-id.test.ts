import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RESOURCE_TYPES } from '../../../src/domain/change.ts'
import { readResumePoint, resumePointSchema, writeResumePoint } from '../../../src/http/changes/event-id.ts'
import { afterVersion, placeOfChange } from '../../../src/store/read/changes.ts'

const version = fc.nat({ max: 999_999_999_999_999 })

test('comes back as the place it was written for, behind a version or within it', () => {
  const id = fc.oneof(fc.stringMatching(/^[a-z0-9]+(?:[-_][a-z0-9]+){0,9}$/), fc.constant('PL-BY'))
  const named = fc.record({
    version,
    rank: fc.constantFrom(0, 1, 2, 4),
    id: id.filter((text) => text.length <= 100),
  })
  const numbered = fc.record({ version, rank: fc.constant(3), id: fc.integer({ min: 1 }) })
  fc.assert(
    fc.property(fc.oneof(named, numbered, version.map(afterVersion)), (place) => {
      const text = writeResumePoint(place)
      expect(resumePointSchema.parse(text)).toBe(text)
      expect(readResumePoint(text)).toEqual(place)
    }),
  )
})

test('is written as clients have kept it, whatever becomes of the program', () => {
  expect(writeResumePoint(afterVersion(7))).toBe('7')
  expect(RESOURCE_TYPES.map((_, rank) => writeResumePoint({ version: 7, rank, id: 12 }))).toEqual([
    '7.indicator.12',
    '7.border.12',
    '7.source.12',
    '7.observation.12',
    '7.event.12',
  ])
  expect(readResumePoint('7.observation.12')).toEqual({ version: 7, rank: 3, id: 12 })
  const change = { version: 7, resource: 'source', id: 'a-1' } as Parameters<typeof placeOfChange>[0]
  expect(readResumePoint('7.source.a-1')).toEqual(placeOfChange(change))
})

test.each([
  '',
  ' ',
  'x',
  '-1',
  '01',
  '1.',
  '1.5',
  '1.3.12',
  '1.observation',
  '1.observation.',
  '1.observation.x',
  '1.observation.0',
  '1.observation.1.2',
  '1.source.',
  '1.source.a b',
  '1.source.ł',
  '1.figure.1',
  '1,2',
  '1.source.a, 1.source.b',
  '1\n',
  '1\u0000',
  `1.source.${'a'.repeat(101)}`,
  '9'.repeat(16),
])('rejects %j', (text) => {
  expect(resumePointSchema.safeParse(text).success).toBe(false)
})
