import type { Work } from '../bounds/work.ts'
import type { JointSystem } from './joint-system.ts'
import type { Point } from './simplex-point.ts'
import { TooComplex } from './too-complex.ts'
import { ceilingOf, floorOf } from './whole-arithmetic.ts'

/** So many divisions decide every case that published figures make; more would take minutes. */
const MAX_DIVISIONS = 10_000

/**
 * Moves the point of a system to one of whole numbers. It is nearly always there already; else other corners are tried,
 * and then the two sides of a fractional count, one after the other (branch and bound).
 * @returns whether there is such a point; where there is none, the point is undefined
 * @throws TooComplex where that takes too long
 */
export function* moveToWholeNumbers(system: JointSystem): Work<boolean> {
  let divisions = 0
  return yield* search()

  function* search(): Work<boolean> {
    if (system.simplex.isWhole() || (yield* tryCorners(system))) return true
    divisions += 1
    if (divisions > MAX_DIVISIONS) throw new TooComplex('no whole numbers were found in time')
    const { simplex } = system
    const point = simplex.point()
    const variable = fractionalVariables(point)[0] ?? 0
    const value = { numerator: point.numerators[variable] ?? 0, denominator: point.denominator }
    const rowCount = simplex.rowCount()
    for (const sign of [-1, 1]) {
      const bound = sign === 1 ? ceilingOf(value) : -floorOf(value)
      const { end } = yield* simplex.minimise({ variables: [variable], coefficients: [-sign] }, -bound)
      if (end === 'enough') {
        simplex.addRow({ variables: [variable], coefficients: [sign] }, bound)
        if (yield* search()) {
          simplex.revert(rowCount, simplex.point())
          return true
        }
      }
      simplex.revert(rowCount, point)
    }
    return false
  }
}

/** Tries the points where one of the fractional counts is least or largest. */
function* tryCorners({ simplex }: JointSystem): Work<boolean> {
  for (const variable of fractionalVariables(simplex.point())) {
    for (const coefficient of [1, -1]) {
      yield* simplex.minimise({ variables: [variable], coefficients: [coefficient] })
      if (simplex.isWhole()) return true
    }
  }
  return false
}

function fractionalVariables({ numerators, denominator }: Point): number[] {
  return [...numerators.keys()].filter((variable) => (numerators[variable] ?? 0) % denominator !== 0)
}
