import { leastMultiple } from '../proof.ts'
import type { LinearForm } from './linear-form.ts'
import type { Simplex } from './simplex.ts'
import { ceilingOf, exact } from './whole-arithmetic.ts'

/** A row that every point of whole numbers satisfies. */
export interface Cut extends LinearForm {
  readonly bound: number
}

/**
 * Returns a row that the present point does not satisfy, and that all points of whole numbers do (Gomory 1958, as a
 * Chvátal–Gomory cut): a sum of tight rows whose coefficients are whole, so that its bound can be rounded up. Null where
 * the variable is a whole number, or not determined by rows alone.
 */
export function cutOff(simplex: Simplex, variable: number): Cut | null {
  const combination = simplex.combinationOf({ variables: [variable], coefficients: [1] })
  if (combination === null) return null
  let denominator = 1
  for (const each of combination.values()) denominator = exact(leastMultiple(denominator, each.denominator))
  const coefficients = new Map<number, number>()
  let bound = 0
  for (const [index, multiplier] of combination) {
    const numerator = multiplier.numerator * (denominator / multiplier.denominator)
    // What is whole in a multiplier changes no fraction; what is left of it is not negative.
    const weight = ((exact(numerator) % denominator) + denominator) % denominator
    if (weight === 0) continue
    const row = simplex.freeRow(index)
    bound = exact(bound + weight * row.bound)
    for (const [place, each] of row.variables.entries()) {
      const coefficient = (coefficients.get(each) ?? 0) + weight * (row.coefficients[place] ?? 0)
      coefficients.set(each, exact(coefficient))
    }
  }
  if (bound % denominator === 0) return null
  const used = [...coefficients].filter(([, coefficient]) => coefficient !== 0)
  return {
    variables: used.map(([each]) => each),
    coefficients: used.map(([, coefficient]) => coefficient / denominator),
    bound: ceilingOf({ numerator: bound, denominator }),
  }
}
