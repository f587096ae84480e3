import type { Day } from '../calendar.ts'
import type { Proof } from '../proof.ts'
import type { JointConstraint } from './joint-constraint.ts'

/** The bound that a proof is of: the least or the largest count of some members in the days before `end`. */
export interface Claim {
  readonly members: readonly number[]
  readonly start: Day
  readonly end: Day
  readonly bound: 'min' | 'max'
  readonly value: number
}

/**
 * Returns what is wrong with a proof, in words; nothing where it holds. It computes with whole numbers alone and knows
 * nothing of how proofs are found: the weighted figures must count every selected day of every selected member at most
 * `divisor` times for a min (at least for a max) and all others not at all or less (not at all or more), and their ends
 * must add up to the bound.
 */
export function faultsOfProof(
  claim: Claim,
  { divisor, terms }: Proof,
  figures: ReadonlyMap<number, JointConstraint>,
): string[] {
  const faults: string[] = []
  const isMin = claim.bound === 'min'
  if (!Number.isSafeInteger(divisor) || divisor < 1) return ['the divisor must be a whole number from 1']
  let total = 0n
  const changes = new Map<number, Map<Day, bigint>>()
  const count = (members: readonly number[], start: Day, end: Day, times: bigint) => {
    for (const member of members) {
      const days = changes.get(member) ?? new Map<Day, bigint>()
      changes.set(member, days)
      days.set(start, (days.get(start) ?? 0n) + times)
      days.set(end, (days.get(end) ?? 0n) - times)
    }
  }
  const named = new Set<number>()
  for (const { observation, weight } of terms) {
    const figure = figures.get(observation)
    if (figure === undefined) return [`observation ${observation} is not an accepted one`]
    if (!Number.isSafeInteger(weight) || weight === 0)
      return [`the weight ${weight} is not a whole number but 0`]
    if (named.has(observation)) faults.push(`observation ${observation} stands in it twice`)
    named.add(observation)
    const end = weight > 0 === isMin ? figure.lower : figure.upper
    if (!Number.isSafeInteger(end)) return [`observation ${observation} has no such end`]
    total += BigInt(weight) * BigInt(end)
    count(figure.members, figure.start, figure.end, BigInt(weight))
  }
  count(claim.members, claim.start, claim.end, -BigInt(divisor))
  for (const [member, days] of changes) {
    let times = 0n
    for (const day of [...days.keys()].sort((a, b) => a - b)) {
      times += days.get(day) ?? 0n
      if (isMin ? times > 0n : times < 0n) faults.push(`member ${member} is counted wrongly from day ${day}`)
    }
  }
  const bound = isMin ? ceilingOf(total, BigInt(divisor)) : floorOf(total, BigInt(divisor))
  const expected = isMin && bound < 0n ? 0n : bound
  if (expected !== BigInt(claim.value)) faults.push(`it adds up to ${bound}, not to ${claim.value}`)
  return faults
}

function floorOf(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  return dividend % divisor < 0n ? quotient - 1n : quotient
}

function ceilingOf(dividend: bigint, divisor: bigint): bigint {
  return -floorOf(-dividend, divisor)
}
