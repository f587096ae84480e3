import type { Work } from '../bounds/work.ts'
import { spansOf } from './boundaries.ts'
import type { JointConstraint, Span } from './joint-constraint.ts'
import { backwards, type JointSystem } from './joint-system.ts'
import type { Point } from './simplex-point.ts'
import { TooComplex } from './too-complex.ts'
import { moveToWholeNumbers } from './whole-numbers.ts'

/**
 * Accepts a figure exactly where whole-number counts exist that satisfy it and everything accepted before it. The point
 * of the system is one of whole numbers before and after.
 * @returns whether it was accepted; where it was not, the figures of the system are as they were
 */
export function* acceptJointly(system: JointSystem, constraint: JointConstraint): Work<boolean> {
  if (isSatisfied(system, constraint)) {
    system.addConstraint(constraint)
    return true
  }
  const before = system.simplex.point()
  const rowCount = system.simplex.rowCount()
  try {
    return yield* tryFrom(system, constraint, before)
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error
    // Numbers can have grown on the way here; without that way they are small.
    system.revert(rowCount, before)
    return yield* tryFrom(system, constraint, before)
  }
}

function* tryFrom(system: JointSystem, constraint: JointConstraint, before: Point): Work<boolean> {
  const { simplex } = system
  const rowCount = simplex.rowCount()
  const spans = spansOf(system.boundaries, constraint)
  const isPossible =
    (yield* lower(system, backwards(spans), -constraint.lower)) &&
    (constraint.upper === Number.POSITIVE_INFINITY || (yield* lower(system, spans, constraint.upper)))
  if (isPossible) {
    system.addConstraint(constraint)
    if (yield* moveToWholeNumbers(system)) return true
  }
  // The point at which the search ended is as good as any to go on from, if it is one of whole numbers.
  if (isPossible || !simplex.isWhole()) system.revert(rowCount, before)
  return false
}

function isSatisfied(system: JointSystem, constraint: JointConstraint): boolean {
  const { numerator: count } = system.valueOf(system.expressionOf(spansOf(system.boundaries, constraint)))
  return count >= constraint.lower && count <= constraint.upper
}

/** Lowers a sum of counts until it is at most so much, and tells whether it can be. */
function* lower(system: JointSystem, spans: readonly Span[], most: number): Work<boolean> {
  const expression = system.expressionOf(spans)
  const { end } = yield* system.simplex.minimise(expression, most - expression.constant)
  return end === 'enough'
}
