import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TooComplex } from '../../../src/domain/joint/too-complex.ts'
import {
  ceilingOf,
  compareFractions,
  exact,
  floorOf,
  greatestDivisor,
} from '../../../src/domain/joint/whole-arithmetic.ts'

const safe = fc.maxSafeInteger()
const above0 = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const from0 = fc.maxSafeNat()

describe('whole numbers', () => {
  test.for([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0])('%d is exact', (number) => {
    expect(exact(number)).toBe(number)
  })

  test.for([Number.MAX_SAFE_INTEGER + 1, Number.MIN_SAFE_INTEGER - 1])('%d may not be exact', (number) => {
    expect(() => exact(number)).toThrow(
      new TooComplex('the figures lead to numbers too large to compute with exactly'),
    )
  })

  test.for([
    [12, 18, 6],
    [-12, 18, 6],
    [12, -18, 6],
    [0, 5, 5],
    [5, 0, 5],
    [0, 0, 0],
    [7, 13, 1],
  ] as const)('%d and %d are divided by %d', ([a, b, divisor]) => {
    expect(greatestDivisor(a, b)).toBe(divisor)
  })
})

describe('fractions', () => {
  test('lie between the whole numbers below and above', () => {
    fc.assert(
      fc.property(safe, above0, (numerator, denominator) => {
        const [n, d] = [BigInt(numerator), BigInt(denominator)]
        const [floor, ceiling] = [
          BigInt(floorOf({ numerator, denominator })),
          BigInt(ceilingOf({ numerator, denominator })),
        ]
        expect(floor * d <= n && n < (floor + 1n) * d).toBe(true)
        expect((ceiling - 1n) * d < n && n <= ceiling * d).toBe(true)
      }),
    )
  })

  test('are never −0 when rounded', () => {
    for (const round of [floorOf, ceilingOf]) expect(round({ numerator: 0, denominator: 3 })).toBe(0)
    expect(ceilingOf({ numerator: -1, denominator: 3 })).toBe(0)
    expect(floorOf({ numerator: 1, denominator: 3 })).toBe(0)
  })

  test('compare as their cross products do, however large', () => {
    fc.assert(
      fc.property(from0, above0, from0, above0, (a, b, c, d) => {
        const compared = compareFractions({ numerator: a, denominator: b }, { numerator: c, denominator: d })
        const difference = BigInt(a) * BigInt(d) - BigInt(c) * BigInt(b)
        expect(Math.sign(compared)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0)
      }),
      {
        examples: [
          [2, 4, 1, 2],
          [Number.MAX_SAFE_INTEGER, 3, Number.MAX_SAFE_INTEGER - 1, 3],
          [5, 7, 5, 7],
        ],
      },
    )
    const large = Number.MAX_SAFE_INTEGER
    const fraction = { numerator: large, denominator: large - 1 }
    expect(compareFractions(fraction, fraction)).toBe(0)
    expect(
      compareFractions(
        { numerator: large, denominator: large - 1 },
        { numerator: large - 1, denominator: large - 2 },
      ),
    ).toBe(-1)
    expect(
      compareFractions(
        { numerator: large - 1, denominator: large - 2 },
        { numerator: large, denominator: large - 1 },
      ),
    ).toBe(1)
  })
})
