import type { Work } from '../bounds/work.ts'
import { spansOf } from './boundaries.ts'
import type { JointConstraint } from './joint-constraint.ts'
import { backwards, type JointSystem } from './joint-system.ts'
import { moveToWholeNumbers } from './whole-numbers.ts'

/** Smaller distances are rounding errors: counts are whole numbers. */
const TOLERANCE = 1e-6

/**
 * Accepts a figure exactly where whole-number counts exist that satisfy it and everything accepted before it.
 * @returns whether it was accepted; where it was not, the system is as it was
 */
export function* acceptJointly(system: JointSystem, constraint: JointConstraint): Work<boolean> {
  const { simplex } = system
  const before = Float64Array.from(simplex.point)
  const rowCount = simplex.rowCount()
  const spans = spansOf(system.boundaries, constraint)
  const value = system.valueOf(system.expressionOf(spans))
  const isWithin =
    (value > constraint.lower - TOLERANCE ||
      (yield* lower(system, backwards(spans), constraint.lower - value))) &&
    (value < constraint.upper + TOLERANCE || (yield* lower(system, spans, value - constraint.upper)))
  if (isWithin) {
    system.addConstraint(constraint)
    if (yield* moveToWholeNumbers(system)) return true
  }
  system.revert(rowCount, before)
  return false
}

/** Lowers a sum of counts by a distance, and tells whether it goes so far. */
function* lower(
  system: JointSystem,
  spans: Parameters<JointSystem['expressionOf']>[0],
  distance: number,
): Work<boolean> {
  const { end, fallen } = yield* system.simplex.minimise(system.expressionOf(spans), distance)
  return end === 'enough' || fallen > distance - TOLERANCE
}
