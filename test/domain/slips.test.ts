import { expect, test } from 'vitest'
import { toDay } from '../../src/domain/calendar.ts'
import { daysToCome, publicationToCome, slipsOf, slipsOfSource } from '../../src/domain/slips.ts'
import { figure } from '../support/http/records.ts'

const fieldsOf = (remarks: readonly { readonly field: string }[]) => remarks.map(({ field }) => field)

test('refuses what ends or appears after today, and nothing of today', () => {
  const today = toDay('2026-06-01')
  expect(daysToCome({ period_end: '2026-06-01' }, today)).toEqual([])
  expect(fieldsOf(daysToCome({ period_end: '2026-06-02' }, today))).toEqual(['period_end'])
  expect(publicationToCome({ published_on: '2026-06-01' }, today)).toEqual([])
  expect(publicationToCome({ published_on: null }, today)).toEqual([])
  expect(fieldsOf(publicationToCome({ published_on: '2026-06-02' }, today))).toEqual(['published_on'])
})

test.for<[string, string, string | null, string[]]>([
  ['1900-01-01', '1900-01-31', null, []],
  ['1899-12-31', '1900-01-31', null, ['period_start']],
  ['1974-01-01', '2023-12-31', null, []],
  ['1973-01-01', '2024-01-31', null, ['period_end']],
  ['2024-01-01', '2024-01-31', '2024-01-31', []],
  ['2024-01-01', '2024-01-31', '2024-01-30', ['period_end']],
  ['1024-01-01', '2024-01-31', '2024-01-30', ['period_start', 'period_end', 'period_end']],
])('in %s to %s, published %s, the slips are %j', ([period_start, period_end, published_on, fields]) => {
  const slips = slipsOf(figure({ source: 'a', count: 1, period_start, period_end }), published_on)
  expect(fieldsOf(slips)).toEqual(fields)
})

test('takes a publication of another century for a slip', () => {
  expect(slipsOfSource({ published_on: '1900-01-01' })).toEqual([])
  expect(slipsOfSource({ published_on: null })).toEqual([])
  expect(fieldsOf(slipsOfSource({ published_on: '1024-11-15' }))).toEqual(['published_on'])
})
