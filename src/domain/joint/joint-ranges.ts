import { indexAtOrBefore } from '../bounds/sorted-days.ts'
import type { Work } from '../bounds/work.ts'
import type { Day, Window } from '../calendar.ts'
import { countWithin, type DaySet, unionOf } from '../day-set.ts'
import type { Range } from '../observation.ts'
import { spansAround, spansInside } from './boundaries.ts'
import { faultsOfProof } from './check-proof.ts'
import type { JointConstraint, Span } from './joint-constraint.ts'
import { type JointProof, proofOf, turned } from './joint-proof.ts'
import { backwards, createSystem, type JointSystem } from './joint-system.ts'
import { joinParts } from './parts.ts'

/** Nearer to a whole number, a bound is that number and a rounding error. */
const TOLERANCE = 1e-6

/**
 * So much are all figures loosened for proofs: an end then costs as much as the figures that it takes, so that the best
 * proof has few of them. With less, rounding errors decide; with more, a looser end could seem as good as a tight one.
 */
const SLACKS: readonly number[] = [1e-3, 1e-5]

/** The ranges that the accepted figures of a component leave for the counts of its members, one by one and together. */
export interface JointRanges {
  /** The days, by member, on which an accepted figure bounds the count from above. */
  readonly boundedAbove: readonly DaySet[]
  /** Returns the smallest and the largest whole number that some members can have counted together in a window. */
  range(members: readonly string[], window: Window): Work<Range>
  /** Returns the proof of each end of {@link range}; null for an infinite one. The same whatever was asked before. */
  prove(members: readonly string[], window: Window): Work<{ min: JointProof; max: JointProof | null }>
  /** Returns whole-number counts that satisfy all accepted figures: the count of a member before a day begins. */
  countBefore(member: string, day: Day): number
  /** The steps that all searches so far have taken. */
  work(): number
}

/** Answers questions about a system whose acceptance has ended, from the point at which it is. */
export function createJointRanges(
  system: JointSystem,
  names: readonly string[],
  accepted: ReadonlyMap<number, JointConstraint>,
): JointRanges {
  const { boundaries, parts, simplex } = system
  const witness = Float64Array.from(simplex.point)
  const numbers = new Map(names.map((name, number) => [name, number]))
  const boundedAbove = boundedDays(names.length, accepted)
  const loosened = new Map<number, JointSystem>()

  return {
    boundedAbove,
    *range(members, window) {
      const { inside, around } = spansFor(numbersOf(members), window)
      return {
        min: inside.length === 0 ? 0 : yield* least(inside),
        max: around === null ? Number.POSITIVE_INFINITY : 0 - (yield* least(backwards(around))),
      }
    },
    *prove(members, window) {
      const all = numbersOf(members)
      const { inside, around } = spansFor(all, window)
      const claim = { members: all, start: window.start, end: window.end + 1 }
      const min = inside.length === 0 ? NOTHING : yield* prove(inside, { ...claim, bound: 'min' })
      const max = around === null ? null : yield* prove(backwards(around), { ...claim, bound: 'max' })
      return { min, max }
    },
    countBefore: (name, day) => countAt(numbers.get(name) ?? 0, day),
    work: () => [...loosened.values(), system].reduce((sum, { simplex }) => sum + simplex.work(), 0),
  }

  function numbersOf(members: readonly string[]): number[] {
    return members.map((name) => {
      const number = numbers.get(name)
      if (number === undefined) throw new RangeError(`${name} is not a member of the component`)
      return number
    })
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

  function* prove(
    spans: readonly Span[],
    claim: Omit<Parameters<typeof faultsOfProof>[0], 'value'>,
  ): Work<JointProof> {
    const bound = yield* least(spans)
    if (claim.bound === 'min' && bound === 0) return NOTHING
    const value = claim.bound === 'min' ? bound : 0 - bound
    for (const slack of [...SLACKS, 0]) {
      const source = slack === 0 ? system : loosenedBy(slack)
      source.simplex.restart(slack === 0 ? witness : pointOf(source))
      const { multipliers } = yield* source.simplex.minimise(source.expressionOf(spans))
      const found = proofOf(source, spans, multipliers)
      if (found === null) continue
      const proof = claim.bound === 'min' ? found : turned(found)
      if (faultsOfProof({ ...claim, value }, proof, accepted).length === 0) return proof
    }
    throw new Error(`no proof was found that ${value} is the ${claim.bound}`)
  }

  /** The same figures over all boundaries, each loosened. */
  function loosenedBy(slack: number): JointSystem {
    const known = loosened.get(slack)
    if (known !== undefined) return known
    const single = [...accepted.values()].filter(({ members }) => members.length === 1)
    const made = createSystem(boundaries, joinParts(boundaries, []), single, countAt, slack)
    for (const constraint of accepted.values())
      if (constraint.members.length > 1) made.addConstraint(constraint)
    loosened.set(slack, made)
    return made
  }

  function pointOf({ parts, simplex }: JointSystem): Float64Array {
    const point = new Float64Array(simplex.point.length)
    for (const [member, days] of boundaries.entries()) {
      for (const [position, day] of days.entries())
        point[parts.variableOf(member, position)] = countAt(member, day)
    }
    return point
  }

  function countAt(member: number, day: Day): number {
    const position = Math.max(0, indexAtOrBefore(boundaries[member] ?? new Int32Array(0), day))
    return (witness[parts.variableOf(member, position)] ?? 0) + parts.offsetOf(member, position)
  }
}

/** The proof that a count is not below 0. */
const NOTHING: JointProof = { divisor: 1, terms: [] }

function boundedDays(members: number, accepted: ReadonlyMap<number, JointConstraint>): DaySet[] {
  const windows: Window[][] = Array.from({ length: members }, () => [])
  for (const { members, start, end, upper } of accepted.values()) {
    if (upper === Number.POSITIVE_INFINITY) continue
    for (const member of members) windows[member]?.push({ start, end: end - 1 })
  }
  return windows.map(unionOf)
}
