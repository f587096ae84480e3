import { leastMultiple, type Proof } from '../proof.ts'
import type { Span } from './joint-constraint.ts'
import type { JointSystem } from './joint-system.ts'

/** Smaller weights are rounding errors. */
const ZERO = 1e-7

/** Larger denominators are rounding errors: those of groups that overlap are below 100. */
const MAX_DENOMINATOR = 720

/**
 * Returns the figures that the multipliers of a minimum add up to, which bound the sum of some spans from below; null
 * where the multipliers are not fractions.
 */
export function proofOf(
  { parts, sources }: JointSystem,
  spans: readonly Span[],
  multipliers: ReadonlyMap<number, number>,
): Proof | null {
  const weights = new Map<number, number>()
  const add = (observation: number, weight: number) =>
    weights.set(observation, (weights.get(observation) ?? 0) + weight)
  // What the rows leave of the spans lies within parts, where exact figures lead from boundary to boundary.
  const addWithinParts = (way: readonly Span[], weight: number) => {
    for (const { member, from, to } of way) {
      parts.walkToRoot(member, to, (observation, sign) => add(observation, weight * sign))
      parts.walkToRoot(member, from, (observation, sign) => add(observation, -weight * sign))
    }
  }
  addWithinParts(spans, 1)
  for (const [row, multiplier] of multipliers) {
    const source = sources[row]
    if (source === undefined) continue
    if (source.observation !== null) add(source.observation, source.sign * multiplier)
    addWithinParts(source.spans, -multiplier)
  }
  return asWholeNumbers(weights)
}

function asWholeNumbers(weights: ReadonlyMap<number, number>): Proof | null {
  const fractions: { observation: number; numerator: number; denominator: number }[] = []
  for (const [observation, weight] of weights) {
    if (Math.abs(weight) < ZERO) continue
    const fraction = fractionOf(weight)
    if (fraction === null) return null
    fractions.push({ observation, ...fraction })
  }
  const divisor = fractions.reduce((multiple, { denominator }) => leastMultiple(multiple, denominator), 1)
  return {
    divisor,
    terms: fractions
      .map(({ observation, numerator, denominator }) => ({
        observation,
        weight: numerator * (divisor / denominator),
      }))
      .sort((a, b) => a.observation - b.observation),
  }
}

/** Returns the fraction with the least denominator near a number (by continued fractions); null where there is none. */
function fractionOf(value: number): { numerator: number; denominator: number } | null {
  const target = Math.abs(value)
  let [before, now] = [
    { numerator: 0, denominator: 1 },
    { numerator: 1, denominator: 0 },
  ]
  for (let rest = target; ; ) {
    const whole = Math.floor(rest + ZERO)
    const next = {
      numerator: whole * now.numerator + before.numerator,
      denominator: whole * now.denominator + before.denominator,
    }
    if (next.denominator > MAX_DENOMINATOR) return null
    ;[before, now] = [now, next]
    if (Math.abs(now.numerator / now.denominator - target) < ZERO)
      return { numerator: Math.sign(value) * now.numerator, denominator: now.denominator }
    rest = 1 / (rest - whole)
  }
}
