import { leastMultiple, type Proof } from '../proof.ts'
import type { Span } from './joint-constraint.ts'
import type { JointSystem } from './joint-system.ts'
import { exact, type Fraction, greatestDivisor } from './whole-arithmetic.ts'

/**
 * Returns the figures that the multipliers of a minimum add up to, which bound the sum of some spans from below. The
 * weights are exact: nothing is rounded.
 */
export function proofOf(
  { parts, sources }: JointSystem,
  spans: readonly Span[],
  multipliers: ReadonlyMap<number, Fraction>,
): Proof {
  let divisor = 1
  for (const { denominator } of multipliers.values()) divisor = exact(leastMultiple(divisor, denominator))
  const weights = new Map<number, number>()
  const add = (observation: number, weight: number) =>
    weights.set(observation, exact((weights.get(observation) ?? 0) + weight))
  // What the rows leave of the spans lies within parts, where exact figures lead from boundary to boundary.
  const addWithinParts = (way: readonly Span[], weight: number) => {
    for (const { member, from, to } of way) {
      parts.walkToRoot(member, to, (observation, sign) => add(observation, weight * sign))
      parts.walkToRoot(member, from, (observation, sign) => add(observation, -weight * sign))
    }
  }
  addWithinParts(spans, divisor)
  for (const [row, { numerator, denominator }] of multipliers) {
    const source = sources[row]
    if (source === undefined) continue
    const multiplier = exact(numerator * (divisor / denominator))
    if (source.observation !== null) add(source.observation, source.sign * multiplier)
    addWithinParts(source.spans, -multiplier)
  }
  return reduced(weights, divisor)
}

/** Returns the proof of weights that are still to be divided by a common divisor. */
function reduced(weights: ReadonlyMap<number, number>, divisor: number): Proof {
  let shared = divisor
  for (const weight of weights.values()) shared = greatestDivisor(shared, weight)
  return {
    divisor: divisor / shared,
    terms: [...weights]
      .flatMap(([observation, weight]) => (weight === 0 ? [] : { observation, weight: weight / shared }))
      .sort((a, b) => a.observation - b.observation),
  }
}
