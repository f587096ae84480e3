import { describe, expect, test } from 'vitest'
import { rangeIn } from '../../src/domain/bounds/bounds.ts'
import { reconcile, sum } from '../../src/domain/reconciliation.ts'
import { QueryTooCostly } from '../../src/results/query-too-costly.ts'
import { workLimiter } from '../../src/results/work-limit.ts'
import { days, observe } from '../support/domain/random-observations.ts'

const YEAR = days('2024-01-01', '2024-12-31')
const series = () =>
  reconcile(
    Array.from({ length: 40 }, (_, index) =>
      observe({
        id: index + 1,
        source: `s${index}`,
        period_end: `2024-0${1 + (index % 9)}-15`,
        count: index,
        qualifier: 'at_least',
      }),
    ),
  )

describe('the work of one answer', () => {
  test('leaves ranges and proofs as they are while it is within the limit', () => {
    const plain = series()
    const limited = workLimiter()(plain)
    const after = YEAR.end + 1
    expect(rangeIn(limited.bounds, YEAR)).toEqual(rangeIn(plain.bounds, YEAR))
    expect(limited.bounds.prove(YEAR.start, after)).toEqual(plain.bounds.prove(YEAR.start, after))
  })

  test('is counted over all series of the answer, and refused beyond the limit', () => {
    const one = series()
    const before = one.bounds.work()
    rangeIn(one.bounds, YEAR)
    const each = one.bounds.work() - before
    expect(each).toBeGreaterThan(5)
    const limited = workLimiter(2.5 * each)
    const together = sum([limited(series()), limited(series())])
    expect(rangeIn(together.bounds, YEAR).min).toBeGreaterThan(0)
    expect(() => rangeIn(together.bounds, YEAR)).toThrow(QueryTooCostly)
  })
})
