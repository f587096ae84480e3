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
import type { LinearForm } from './linear-form.ts'
import { createParts } from './parts.ts'
import type { Minimum } from './simplex.ts'
import { TooComplex } from './too-complex.ts'
import { ceilingOf } from './whole-arithmetic.ts'

/**
 * For proofs, all figures are loosened by one of so many parts of a count: an end then costs as much as the figures that
 * it takes, so that the best proof has few of them. With fewer, a looser end could seem as good as a tight one.
 */
const PARTS_OF_A_COUNT: readonly number[] = [1_000, 100_000]

/**
 * Up to so many boundaries, proofs are sought without joining boundaries by exact figures, so that each figure has its
 * cost. With more that takes far longer; proofs then have some 8 % more figures.
 */
const MAX_SEPARATE_BOUNDARIES = 2_000

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
  const witness = simplex.point()
  // Each search for a proof begins where acceptance ended, so that it does not depend on what was asked before.
  const restore = simplex.save()
  const boundedAbove = boundedDays(boundaries.length, accepted)
  /** By parts of a count; null where it is too complex. */
  const loosened = new Map<number, Loosened | null>()

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
      work: () =>
        [...loosened.values()].reduce((sum, each) => sum + (each?.loose.simplex.work() ?? 0), simplex.work()),
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
    yield* minimise(expression)
    return ceilingOf(system.valueOf(expression))
  }

  /** Minimises from the present point; from the witness where numbers have grown too large on the way to that point. */
  function* minimise(form: LinearForm): Work<Minimum> {
    try {
      return yield* simplex.minimise(form)
    } catch (error) {
      if (!(error instanceof TooComplex)) throw error
      simplex.restart(witness)
      return yield* simplex.minimise(form)
    }
  }

  /** Finds the proof of the lower end of some spans, or of an upper end over spans backwards. */
  function* prove(spans: readonly Span[], claim: Omit<Claim, 'value'>): Work<Proof> {
    const expression = system.expressionOf(spans)
    restore()
    const { multipliers } = yield* minimise(expression)
    const bound = ceilingOf(system.valueOf(expression))
    if (claim.bound === 'min' && bound === 0) return NO_FIGURES
    const value = claim.bound === 'min' ? bound : 0 - bound
    const oriented = (proof: Proof) => (claim.bound === 'min' ? proof : turned(proof))
    const plain = oriented(proofOf(system, spans, multipliers))
    if (figuresIn(plain) <= FEW_FIGURES) return plain
    for (const unitsPerCount of PARTS_OF_A_COUNT) {
      const found = yield* proveLoosened(spans, unitsPerCount)
      const short = found && oriented(found)
      if (short === null || faultsOfProof({ ...claim, value }, short, accepted).length > 0) continue
      return figuresIn(plain) <= figuresIn(short) ? plain : short
    }
    return plain
  }

  /** The proof that the loosened figures give, which may be one of a looser bound; null where they are too complex. */
  function* proveLoosened(spans: readonly Span[], unitsPerCount: number): Work<Proof | null> {
    try {
      const known = loosened.get(unitsPerCount)
      const found = known === undefined ? yield* loosenedBy(unitsPerCount) : known
      if (found === null) return null
      const { loose, restoreLoose } = found
      restoreLoose()
      const { multipliers } = yield* loose.simplex.minimise(loose.expressionOf(spans))
      return proofOf(loose, spans, multipliers)
    } catch (error) {
      if (error instanceof TooComplex) return null
      throw error
    }
  }

  /** Loosens each figure, so that it has a cost. */
  function* loosenedBy(unitsPerCount: number): Work<Loosened> {
    loosened.set(unitsPerCount, null)
    const single = [...accepted.values()].filter(({ members }) => members.length === 1)
    const units = { unitsPerCount, slack: 1 }
    const isSmall = boundaries.reduce((sum, days) => sum + days.length, 0) <= MAX_SEPARATE_BOUNDARIES
    const loose = createSystem(
      boundaries,
      isSmall ? createParts(boundaries, []) : parts,
      single,
      countAt,
      units,
    )
    for (const constraint of accepted.values())
      if (constraint.members.length > 1) loose.addConstraint(constraint)
    // From the least and largest counts of all its days the way to those of any window is short.
    for (const [member, days] of boundaries.entries()) {
      const whole = [{ member, from: 0, to: Math.max(0, days.length - 1) }]
      for (const spans of [whole, backwards(whole)]) yield* loose.simplex.minimise(loose.expressionOf(spans))
    }
    const made = { loose, restoreLoose: loose.simplex.save() }
    loosened.set(unitsPerCount, made)
    return made
  }

  function countAt(member: number, day: Day): number {
    const position = Math.max(0, indexAtOrBefore(boundaries[member] ?? new Int32Array(0), day))
    return (witness.numerators[parts.variableOf(member, position)] ?? 0) + parts.offsetOf(member, position)
  }
}

/** A system of loosened figures, and what brings it back to where each search for a proof begins. */
interface Loosened {
  readonly loose: JointSystem
  readonly restoreLoose: () => void
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
