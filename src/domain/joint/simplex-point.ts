import { exact, greatestDivisor } from './whole-arithmetic.ts'

/** A value of each variable: whole numbers over one denominator for all. */
export interface Point {
  readonly numerators: Float64Array
  readonly denominator: number
}

/** Returns a copy that later moves do not change. */
export function copyOf({ numerators, denominator }: Point): Point {
  return { numerators: Float64Array.from(numerators), denominator }
}

/** Multiplies numbers in place by a whole number. */
export function multiply(numbers: Float64Array, factor: number): void {
  for (let index = 0; index < numbers.length; index++) numbers[index] = exact((numbers[index] ?? 0) * factor)
}

/** Returns what all numerators and the denominator share. */
export function sharedBy({ numerators, denominator }: Point): number {
  let shared = denominator
  for (let index = 0; index < numerators.length && shared > 1; index++)
    shared = greatestDivisor(shared, numerators[index] ?? 0)
  return shared
}
