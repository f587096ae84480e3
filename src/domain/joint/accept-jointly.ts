import type { Work } from '../bounds/work.ts'
import { spansOf } from './boundaries.ts'
import type { JointConstraint, Span } from './joint-constraint.ts'
import { backwards, type JointSystem } from './joint-system.ts'
import { moveToWholeNumbers } from './whole-numbers.ts'

/**
 * Accepts a figure exactly where whole-number counts exist that satisfy it and everything accepted before it.
 * @returns whether it was accepted; where it was not, the system is as it was
 */
export function* acceptJointly(system: JointSystem, constraint: JointConstraint): Work<boolean> {
  const { simplex } = system
  const before = simplex.point()
  const rowCount = simplex.rowCount()
  const spans = spansOf(system.boundaries, constraint)
  const isWithin =
    (yield* lower(system, backwards(spans), -constraint.lower)) &&
    (constraint.upper === Number.POSITIVE_INFINITY || (yield* lower(system, spans, constraint.upper)))
  if (isWithin) {
    system.addConstraint(constraint)
    if (yield* moveToWholeNumbers(system)) return true
  }
  system.revert(rowCount, before)
  return false
}

/** Lowers a sum of counts until it is at most so much, and tells whether it can be. */
function* lower(system: JointSystem, spans: readonly Span[], most: number): Work<boolean> {
  const expression = system.expressionOf(spans)
  const { end } = yield* system.simplex.minimise(expression, most - expression.constant)
  return end === 'enough'
}
