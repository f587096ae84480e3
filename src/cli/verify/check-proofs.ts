import type { Border } from '../../domain/border.ts'
import { membersOf } from '../../domain/border-groups.ts'
import { toDay } from '../../domain/calendar.ts'
import type { Figure } from '../../domain/figure.ts'
import { faultsOfProof } from '../../domain/joint/check-proof.ts'
import type { JointConstraint } from '../../domain/joint/joint-constraint.ts'
import { type Observation, rangeOf, windowOf } from '../../domain/observation.ts'

/** Checks the proofs of a served result of one border or group; returns what is wrong with them, in words. */
export type ProofChecker = (border: Border, figure: Figure) => string[]

/**
 * Makes a checker of proofs from recorded rows alone: what a figure states, and which borders its border stands for. It
 * uses nothing that finds proofs.
 */
export function proofChecker(
  borders: readonly Border[],
  accepted: readonly Pick<
    Observation,
    'id' | 'border' | 'period_start' | 'period_end' | 'count' | 'qualifier'
  >[],
): ProofChecker {
  const numbers = new Map(borders.map(({ id }, index) => [id, index]))
  const membersByBorder = new Map(
    borders.map((border) => [border.id, membersOf(border, borders).map(({ id }) => numbers.get(id) ?? -1)]),
  )
  const figures = new Map(
    accepted.flatMap((observation): [number, JointConstraint][] => {
      const range = rangeOf(observation)
      if (range === null) return []
      const { start, end } = windowOf(observation)
      const members = membersByBorder.get(observation.border) ?? []
      const { id } = observation
      return [[id, { members, start, end: end + 1, lower: range.min, upper: range.max, observation: id }]]
    }),
  )
  return (border, { period_start, period_end, min, max, proof }) => {
    if (proof === undefined || period_start === null || period_end === null) return []
    const claim = {
      members: membersByBorder.get(border.id) ?? [],
      start: toDay(period_start),
      end: toDay(period_end) + 1,
    }
    const faults = faultsOfProof({ ...claim, bound: 'min', value: min }, proof.min, figures)
    if ((max === null) !== (proof.max === null)) faults.push('an upper end is without proof')
    if (max !== null && proof.max !== null)
      faults.push(...faultsOfProof({ ...claim, bound: 'max', value: max }, proof.max, figures))
    return faults
  }
}
