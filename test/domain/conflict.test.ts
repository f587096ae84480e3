import { describe, expect, test } from 'vitest'
import { conflictOf, conflictSchema } from '../../src/domain/conflict.ts'
import type { Observation } from '../../src/domain/observation.ts'
import { observe } from '../support/domain/random-observations.ts'
import { reconciledSeries } from '../support/domain/reconciled-series.ts'

const accepted = [
  observe({ id: 1, source: 'a', count: 10, qualifier: 'at_least' }),
  observe({ id: 2, source: 'b', count: 20, qualifier: 'at_most' }),
]
const claim = (facts: Partial<Observation>) => observe({ id: 3, source: 'c', kind: 'claim', ...facts })
const bothEnds = { accepted_min: 10, accepted_max: 20 }

describe('a conflicting figure', () => {
  test.for<[Partial<Observation>, number, number]>([
    [{ count: 23 }, 3, 2],
    [{ count: 22, qualifier: 'more_than' }, 3, 2],
    [{ count: 23, qualifier: 'at_least' }, 3, 2],
    [{ count: 7 }, -3, 1],
    [{ count: 7, qualifier: 'at_most' }, -3, 1],
  ])(
    '%j lies %d from the nearest end of what is accepted, which %d proves',
    ([facts, difference, proves]) => {
      const observation = claim(facts)
      const reconciliation = reconciledSeries([...accepted, observation])
      expect(reconciliation.statuses.get(3)).toBe('conflicting')
      const conflict = conflictOf(observation, reconciliation)
      expect(conflict).toEqual({
        ...bothEnds,
        difference,
        proof: { divisor: 1, terms: [{ observation: proves, weight: 1 }] },
      })
      const row = { ...observation, status: 'conflicting', ...conflict }
      expect(conflictSchema.parse(row)).toEqual(row)
    },
  )

  test('can lie below a range that has no upper end', () => {
    const observation = claim({ count: 4 })
    const reconciliation = reconciledSeries([...accepted.slice(0, 1), observation])
    expect(conflictOf(observation, reconciliation)).toEqual({
      accepted_min: 10,
      accepted_max: null,
      difference: -6,
      proof: { divisor: 1, terms: [{ observation: 1, weight: 1 }] },
    })
  })

  test('is never an approximate one', () => {
    const observation = claim({ count: 4, qualifier: 'about' })
    expect(() => conflictOf(observation, reconciledSeries(accepted))).toThrow(
      new RangeError('an approximate observation conflicts with nothing'),
    )
  })

  test.for<object>([{ accepted_min: -1 }, { accepted_max: -1 }, { difference: 0.5 }, { proof: null }])(
    'cannot have %j',
    (facts) => {
      const row = {
        ...claim({}),
        status: 'conflicting',
        ...bothEnds,
        difference: 3,
        proof: { divisor: 1, terms: [] },
      }
      expect(conflictSchema.safeParse(row).success).toBe(true)
      expect(conflictSchema.safeParse({ ...row, ...facts }).success).toBe(false)
    },
  )
})
