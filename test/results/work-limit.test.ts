import { describe, expect, test } from 'vitest'
import { finish } from '../../src/domain/bounds/work.ts'
import { TooComplex } from '../../src/domain/joint/too-complex.ts'
import { sumOfRanges } from '../../src/domain/ranges.ts'
import { QueryTooCostly } from '../../src/results/query-too-costly.ts'
import { workLimiter } from '../../src/results/work-limit.ts'
import { days, observe } from '../support/domain/random-observations.ts'
import { reconciledAlone } from '../support/domain/reconciled-series.ts'

const YEAR = days('2024-01-01', '2024-12-31')
const series = () =>
  reconciledAlone(
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
const PL = ['PL-BY']

describe('the work of one answer', () => {
  test('leaves ranges and proofs as they are while it is within the limit', () => {
    const plain = series()
    const limited = workLimiter()(plain).rangesOf(PL)
    expect(finish(limited.range(YEAR))).toEqual(finish(plain.rangesOf(PL).range(YEAR)))
    expect(finish(limited.prove(YEAR))).toEqual(finish(plain.rangesOf(PL).prove(YEAR)))
  })

  test('is refused where numbers grow beyond what can be computed exactly', () => {
    const joint = series()
    const limited = workLimiter()({
      ...joint,
      rangesOf: (members) => ({
        ...joint.rangesOf(members),
        // biome-ignore lint/correctness/useYield: it fails at once
        *range() {
          throw new TooComplex('too large')
        },
      }),
    })
    expect(() => finish(limited.rangesOf(PL).range(YEAR))).toThrow(QueryTooCostly)
  })

  test('includes what asking for a range costs besides, and is refused as the question wants', () => {
    const refusal = () => new QueryTooCostly('too much', { parameter: 'step', detail: 'is too short' })
    const limited = workLimiter({ workOfRange: 1_000, maxWork: 2_500, refusal })(series()).rangesOf(PL)
    expect(finish(limited.range(YEAR)).min).toBeGreaterThan(0)
    expect(finish(limited.range(YEAR)).min).toBeGreaterThan(0)
    expect(() => finish(limited.range(YEAR))).toThrow('too much')
  })

  test('is counted over all series of the answer, and refused beyond the limit', () => {
    const one = series().rangesOf(PL)
    const before = one.work()
    finish(one.range(YEAR))
    const each = one.work() - before
    expect(each).toBeGreaterThan(5)
    const limited = workLimiter({ maxWork: 2.5 * each })
    const together = sumOfRanges([limited(series()).rangesOf(PL), limited(series()).rangesOf(PL)])
    expect(finish(together.range(YEAR)).min).toBeGreaterThan(0)
    expect(() => finish(together.range(YEAR))).toThrow(QueryTooCostly)
  })
})
