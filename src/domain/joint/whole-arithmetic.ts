import { TooComplex } from './too-complex.ts'

/** A number as a whole number over another one, which is above 0. */
export interface Fraction {
  readonly numerator: number
  readonly denominator: number
}

/**
 * Returns a number that is computed from whole ones.
 * @throws TooComplex where it is so large that a double may not hold it exactly
 */
export function exact(value: number): number {
  if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
    throw new TooComplex('the figures lead to numbers too large to compute with exactly')
  return value
}

/** Returns the greatest whole number that divides two others; 0 where both are 0. */
export function greatestDivisor(a: number, b: number): number {
  let [larger, smaller] = [Math.abs(a), Math.abs(b)]
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller]
  return larger
}

/** Returns the greatest whole number up to a fraction, exactly. */
export function floorOf({ numerator, denominator }: Fraction): number {
  const rest = numerator % denominator
  return 0 + (numerator - rest) / denominator - (rest < 0 ? 1 : 0)
}

/** Returns the least whole number from a fraction on, exactly. */
export function ceilingOf({ numerator, denominator }: Fraction): number {
  return 0 - floorOf({ numerator: -numerator, denominator })
}

/** Compares two fractions of numbers from 0, with denominators above 0: below 0 where the first is the smaller one. */
export function compareFractions(one: Fraction, other: Fraction): number {
  if (one.denominator === other.denominator) return one.numerator - other.numerator
  const [left, right] = [one.numerator * other.denominator, other.numerator * one.denominator]
  if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return left - right
  const difference =
    BigInt(one.numerator) * BigInt(other.denominator) - BigInt(other.numerator) * BigInt(one.denominator)
  return difference < 0n ? -1 : Number(difference > 0n)
}
