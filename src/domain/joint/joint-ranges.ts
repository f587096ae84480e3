import { indexAtOrBefore } from '../bounds/sorted-days.ts'
import type { Work } from '../bounds/work.ts'
import type { Day, Window } from '../calendar.ts'
import { countWithin, type DaySet, unionOf } from '../day-set.ts'
import { NO_FIGURES, type Proof, turned } from '../proof.ts'
import type { Ranges } from '../ranges.ts'
import { spansAround, spansInside } from './boundaries.ts'
import { type Claim, faultsOfProof } from './check-proof.ts'
import type { JointConstraint, Span } from './joint-constraint.ts'
import { proofOf } from './joint-proof.ts'
import { backwards, createSystem, type JointSystem } from './joint-system.ts'

/** Nearer to a whole number, a bound is that number and a rounding error. */
const TOLERANCE = 1e-6

/**
 * So much are all figures loosened for proofs: an end then costs as much as the figures that it takes, so that the best
 * proof has few of them. With less, rounding errors decide; with more, a looser end could seem as good as a tight one.
 */
const SLACKS: readonly number[] = [1e-3, 1e-5]

/** A proof of so few figures is not searched for a shorter one, which takes longer than all else. */
const FEW_FIGURES = 2

/** The ranges that the accepted figures of a component leave for the counts of its members, by their numbers. */
export interface JointRanges {
  /** Returns the ranges of some members together. */
  rangesOf(members: readonly number[]): Ranges
  /** Returns whole-number counts that satisfy all accepted figures: the count of a member before a day begins. */
  countBefore(member: number, day: Day): number
}

/** Answers questions about a system whose acceptance has ended, from the point at which it is. */
export function createJointRanges(
  system: JointSystem,
  accepted: ReadonlyMap<number, JointConstraint>,
): JointRanges {
  const { boundaries, parts, simplex } = system
  const witness = Float64Array.from(simplex.point)
  const boundedAbove = boundedDays(boundaries.length, accepted)
  const loosened = new Map<number, JointSystem>()

  return {
    rangesOf: (members) => ({
      *range(window) {
        const { inside, around } = spansFor(members, window)
        return {
          min: inside.length === 0 ? 0 : yield* least(inside),
          max: around === null ? Number.POSITIVE_INFINITY : 0 - (yield* least(backwards(around))),
        }
      },
      *prove(window) {
        const { inside, around } = spansFor(members, window)
        const claim = { members, start: window.start, end: window.end + 1 }
        const min = inside.length === 0 ? NO_FIGURES : yield* prove(inside, { ...claim, bound: 'min' })
        const max = around === null ? null : yield* prove(backwards(around), { ...claim, bound: 'max' })
        return { min, max }
      },
      work: () => [...loosened.values(), system].reduce((sum, { simplex }) => sum + simplex.work(), 0),
    }),
    countBefore: countAt,
  }

  function spansFor(members: readonly number[], { start, end }: Window) {
    const isBounded = members.every(
      (member) => countWithin(boundedAbove[member] ?? [], { start, end }) === end - start + 1,
    )
    return {
      inside: spansInside(boundaries, members, start, end + 1),
      around: isBounded ? spansAround(boundaries, members, start, end + 1) : null,
    }
  }

  /** The least whole number that the sum of some spans can be. */
  function* least(spans: readonly Span[]): Work<number> {
    const expression = system.expressionOf(spans)
    yield* simplex.minimise(expression)
    return 0 + Math.ceil(system.valueOf(expression) - TOLERANCE)
  }

  /** Finds a proof from the point at which acceptance ended, so that it does not depend on what was asked before. */
  function* prove(spans: readonly Span[], claim: Omit<Claim, 'value'>): Work<Proof> {
    const expression = system.expressionOf(spans)
    simplex.restart(witness)
    const { multipliers } = yield* simplex.minimise(expression)
    const bound = 0 + Math.ceil(system.valueOf(expression) - TOLERANCE)
    if (claim.bound === 'min' && bound === 0) return NO_FIGURES
    const value = claim.bound === 'min' ? bound : 0 - bound
    const checked = (proof: Proof | null): Proof | null => {
      const oriented = proof && claim.bound === 'max' ? turned(proof) : proof
      return oriented && faultsOfProof({ ...claim, value }, oriented, accepted).length === 0 ? oriented : null
    }
    const plain = checked(proofOf(system, spans, multipliers))
    if (plain !== null && figuresIn(plain) <= FEW_FIGURES) return plain
    for (const slack of SLACKS) {
      const source = loosenedBy(slack)
      source.simplex.restart(witness)
      const { multipliers } = yield* source.simplex.minimise(source.expressionOf(spans))
      const short = checked(proofOf(source, spans, multipliers))
      if (short !== null) return plain !== null && figuresIn(plain) <= figuresIn(short) ? plain : short
    }
    if (plain !== null) return plain
    throw new Error(`no proof was found that ${value} is the ${claim.bound}`)
  }

  /** The same figures, each loosened but for the exact ones within parts. */
  function loosenedBy(slack: number): JointSystem {
    const known = loosened.get(slack)
    if (known !== undefined) return known
    const single = [...accepted.values()].filter(({ members }) => members.length === 1)
    const made = createSystem(boundaries, parts, single, countAt, slack)
    for (const constraint of accepted.values())
      if (constraint.members.length > 1) made.addConstraint(constraint)
    loosened.set(slack, made)
    return made
  }

  function countAt(member: number, day: Day): number {
    const position = Math.max(0, indexAtOrBefore(boundaries[member] ?? new Int32Array(0), day))
    return (witness[parts.variableOf(member, position)] ?? 0) + parts.offsetOf(member, position)
  }
}

/** The number of figures that a proof adds up, each as often as it is taken. */
function figuresIn({ divisor, terms }: Proof): number {
  return terms.reduce((sum, { weight }) => sum + Math.abs(weight), 0) / divisor
}

function boundedDays(members: number, accepted: ReadonlyMap<number, JointConstraint>): DaySet[] {
  const windows: Window[][] = Array.from({ length: members }, () => [])
  for (const { members, start, end, upper } of accepted.values()) {
    if (upper === Number.POSITIVE_INFINITY) continue
    for (const member of members) windows[member]?.push({ start, end: end - 1 })
  }
  return windows.map(unionOf)
}
