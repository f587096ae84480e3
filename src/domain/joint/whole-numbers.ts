import type { Work } from '../bounds/work.ts'
import type { JointSystem } from './joint-system.ts'
import { type Cut, cutOff } from './rounding-cut.ts'
import type { Simplex } from './simplex.ts'
import type { Point } from './simplex-point.ts'
import { TooComplex } from './too-complex.ts'

/** Small components take up to 6 cuts; seven borders in eleven groups, with figures that nearly fit, took up to 59. */
const MAX_CUTS = 200

/**
 * Moves the point of a system to one of whole numbers. It is nearly always there already; else other corners are tried,
 * and then corners that are no whole numbers are cut off until one is reached that is, or nothing is left.
 * @returns whether there is such a point; where there is none, the point is undefined
 * @throws TooComplex where that takes too long
 */
export function* moveToWholeNumbers({ simplex }: JointSystem): Work<boolean> {
  if (simplex.isWhole() || (yield* tryCorners(simplex))) return true
  const rowCount = simplex.rowCount()
  for (let cuts = 0; cuts < MAX_CUTS; cuts++) {
    const cut = yield* findCut(simplex)
    if (simplex.isWhole()) {
      simplex.revert(rowCount, simplex.point())
      return true
    }
    if (cut === null) break
    if (!(yield* satisfy(simplex, cut))) return false
    yield simplex.work()
  }
  throw new TooComplex('no whole numbers were found in time')
}

/** Tries the points where one of the fractional counts is least or largest. */
function* tryCorners(simplex: Simplex): Work<boolean> {
  for (const variable of fractionalVariables(simplex.point())) {
    for (const coefficient of [1, -1]) {
      yield* simplex.minimise({ variables: [variable], coefficients: [coefficient] })
      if (simplex.isWhole()) return true
    }
    yield simplex.work()
  }
  return false
}

/** Looks for a corner that can be cut off; ends at a point of whole numbers where it comes by one. */
function* findCut(simplex: Simplex): Work<Cut | null> {
  for (const variable of fractionalVariables(simplex.point())) {
    yield* simplex.minimise({ variables: [variable], coefficients: [1] })
    for (const other of fractionalVariables(simplex.point())) {
      const cut = cutOff(simplex, other)
      if (cut !== null) return cut
    }
    if (simplex.isWhole()) return null
  }
  return null
}

/** Moves to a point that satisfies a cut and adds it; false where there is none. */
function* satisfy(simplex: Simplex, { variables, coefficients, bound }: Cut): Work<boolean> {
  const opposite = { variables, coefficients: coefficients.map((coefficient) => 0 - coefficient) }
  const { end } = yield* simplex.minimise(opposite, 0 - bound)
  if (end !== 'enough') return false
  simplex.addRow({ variables, coefficients }, bound)
  return true
}

function fractionalVariables({ numerators, denominator }: Point): number[] {
  return [...numerators.keys()].filter((variable) => (numerators[variable] ?? 0) % denominator !== 0)
}
