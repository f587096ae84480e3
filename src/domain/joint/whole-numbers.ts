import type { Work } from '../bounds/work.ts'
import type { JointSystem } from './joint-system.ts'
import { TooComplex } from './too-complex.ts'

/** Nearer to a whole number, a count is that number and a rounding error. */
const TOLERANCE = 1e-6

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
    if (settle(system)) return true
    if (yield* tryCorners(system)) return true
    divisions += 1
    if (divisions > MAX_DIVISIONS) throw new TooComplex('no whole numbers were found in time')
    const { simplex } = system
    const variable = simplex.point.findIndex(isFractional)
    const value = simplex.point[variable] ?? 0
    const point = Float64Array.from(simplex.point)
    const rowCount = simplex.rowCount()
    for (const sign of [-1, 1]) {
      const bound = sign === 1 ? Math.ceil(value) : -Math.floor(value)
      const form = { variables: [variable], coefficients: [-sign] }
      const distance = Math.abs(bound - sign * value)
      const { end, fallen } = yield* simplex.minimise(form, distance)
      if (end === 'enough' || fallen > distance - TOLERANCE) {
        simplex.addRow({ variables: [variable], coefficients: [sign] }, bound)
        if (yield* search()) {
          simplex.revert(rowCount, Float64Array.from(simplex.point))
          return true
        }
      }
      simplex.revert(rowCount, point)
    }
    return false
  }
}

/** Tries the points where one of the fractional counts is least or largest. */
function* tryCorners(system: JointSystem): Work<boolean> {
  const { simplex } = system
  const fractional = [...simplex.point.keys()].filter((variable) =>
    isFractional(simplex.point[variable] ?? 0),
  )
  for (const variable of fractional) {
    for (const coefficient of [1, -1]) {
      yield* simplex.minimise({ variables: [variable], coefficients: [coefficient] })
      if (settle(system)) return true
    }
  }
  return false
}

/** Rounds a point whose counts are whole but for rounding errors, and tells whether they are. */
function settle({ simplex }: JointSystem): boolean {
  if (simplex.point.some(isFractional)) return false
  const isExact = simplex.point.every((count) => Number.isInteger(count))
  if (!isExact) simplex.restart(simplex.point.map(Math.round))
  return true
}

function isFractional(count: number): boolean {
  return Math.abs(count - Math.round(count)) > TOLERANCE
}
