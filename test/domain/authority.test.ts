import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { byAuthority, compareText } from '../../src/domain/authority.ts'
import type { Observation } from '../../src/domain/observation.ts'
import { inAuthorityOrder } from '../support/domain/oracle.ts'
import { observe, randomObservations } from '../support/domain/random-observations.ts'

const BEST: Partial<Observation> = {
  source: 'b',
  kind: 'official',
  period_basis: 'stated',
  published_on: '2024-06-30',
  period_start: '2024-03-02',
  period_end: '2024-03-03',
}

describe('of two observations, the more authoritative', () => {
  test.for<[string, Partial<Observation>, Partial<Observation>]>([
    ['is official rather than an analysis', {}, { kind: 'analysis' }],
    ['is an analysis rather than a claim', { kind: 'analysis' }, { kind: 'claim' }],
    ['is official rather than a claim', {}, { kind: 'claim' }],
    ['has a stated period rather than an inferred one', {}, { period_basis: 'inferred' }],
    ['was published later', {}, { published_on: '2024-06-29' }],
    ['was published in a later year', { published_on: '2024-01-01' }, { published_on: '2023-12-31' }],
    ['was published on a known day', { published_on: '2021-08-03' }, { published_on: null }],
    ['has the shorter period', {}, { period_end: '2024-03-04' }],
    ['starts earlier', {}, { period_start: '2024-03-03', period_end: '2024-03-04' }],
    ['has the source that comes first', {}, { source: 'c' }],
    ['has the source whose code points come first', { source: 'a-b' }, { source: 'a0' }],
    [
      'has the source whose code points come first, a digit before an underscore',
      { source: 'a0' },
      { source: 'a_' },
    ],
    ['has the source that the other begins with', { source: 'a' }, { source: 'a-b' }],
  ])('%s', ([, first, second]) => {
    const one = observe({ ...BEST, ...first, id: 1 })
    const other = observe({ ...BEST, ...second, id: 2 })
    expect(byAuthority([other, one])).toEqual([one, other])
    expect(byAuthority([one, other])).toEqual([one, other])
  })

  test.for<[string, Partial<Observation>, Partial<Observation>]>([
    ['kind before basis', { period_basis: 'inferred' }, { kind: 'analysis' }],
    ['basis before date', { published_on: null }, { period_basis: 'inferred' }],
    ['date before length', { period_end: '2024-12-31' }, { published_on: '2024-06-29' }],
    ['length before start', { period_start: '2024-03-05', period_end: '2024-03-05' }, {}],
    [
      'start before source',
      { source: 'z' },
      { source: 'a', period_start: '2024-03-03', period_end: '2024-03-04' },
    ],
  ])('is found by %s', ([, first, second]) => {
    const one = observe({ ...BEST, ...first, id: 1 })
    const other = observe({ ...BEST, ...second, id: 2 })
    expect(byAuthority([other, one])).toEqual([one, other])
    expect(byAuthority([one, other])).toEqual([one, other])
  })

  test('does not depend on its id, count, qualifier or note', () => {
    const one = observe({ ...BEST, id: 9, count: 1, qualifier: 'about', note: 'x' })
    const other = observe({ ...BEST, id: 2, count: 9, source: 'c' })
    expect(byAuthority([other, one])).toEqual([one, other])
  })
})

test('the order is total: however they are handed over, observations come out in one order', () => {
  const shuffled = randomObservations({ days: 3, figures: 30, dailyMax: 3, countMax: 9 }).chain(
    (observations) =>
      fc.tuple(
        fc.constant(observations),
        fc.shuffledSubarray(observations, { minLength: observations.length }),
      ),
  )
  fc.assert(
    fc.property(shuffled, ([observations, others]) => {
      const ordered = inAuthorityOrder(observations)
      expect(byAuthority(observations)).toEqual(ordered)
      expect(byAuthority(others)).toEqual(ordered)
    }),
    { numRuns: 1_000 },
  )
})

test('observations handed over stay in the order they had', () => {
  const given = [observe({ ...BEST, id: 1, kind: 'claim' }), observe({ ...BEST, id: 2 })]
  byAuthority(given)
  expect(given.map(({ id }) => id)).toEqual([1, 2])
})

test('texts are compared by code point, not as a language would sort them', () => {
  expect(['b', 'a', 'B', 'a-b', 'ab', 'a_b', 'a0'].sort(compareText)).toEqual([
    'B',
    'a',
    'a-b',
    'a0',
    'a_b',
    'ab',
    'b',
  ])
  expect(compareText('a', 'a')).toBe(0)
})
