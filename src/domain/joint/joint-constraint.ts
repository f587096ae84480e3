import type { Constraint } from '../bounds/accept-constraint.ts'

/**
 * A demand on the count of some members together between the starts of two days. Members are numbered from 0 in the
 * order of their component; a border's own figure has one, a group's all of its members.
 */
export interface JointConstraint extends Constraint {
  readonly members: readonly number[]
}

/** The way from one boundary of a member to another, by their positions among its boundaries. */
export interface Span {
  readonly member: number
  readonly from: number
  readonly to: number
}
