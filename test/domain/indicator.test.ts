import { expect, test } from 'vitest'
import { DEFAULT_INDICATOR, indicatorSchema } from '../../src/domain/indicator.ts'
import { indicator } from '../support/store/sample-records.ts'

const takes = (facts: object) => indicatorSchema.safeParse({ ...indicator('arrests'), ...facts }).success

test('an indicator has a place, a name, a definition, and others by country', () => {
  expect(
    [
      {},
      { position: 1 },
      { position: 1_000_000 },
      { label: 'a'.repeat(200) },
      { definition: 'a'.repeat(2000) },
      { definitions: { LV: 'a'.repeat(2000) } },
    ].map(takes),
  ).toEqual(Array(6).fill(true))
  expect(
    [
      { id: 'Arrests' },
      { position: 0 },
      { position: 1_000_001 },
      { label: 'a'.repeat(201) },
      { definition: 'a'.repeat(2001) },
      { definition: '' },
      { definitions: { LV: 'a'.repeat(2001) } },
      { definitions: { Latvia: 'Attempts.' } },
      { unit: 'persons' },
    ].map(takes),
  ).toEqual(Array(9).fill(false))
})

test('what is counted, unless something else is asked for, is attempted crossings', () => {
  expect(indicatorSchema.shape.id.parse(DEFAULT_INDICATOR)).toBe('attempted_crossings')
})
