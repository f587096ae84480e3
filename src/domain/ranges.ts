import type { Bounds } from './bounds/bounds.ts'
import { proofIn, rangeIn, type Term as SignedTerm } from './bounds/bounds.ts'
import type { Work } from './bounds/work.ts'
import type { Window } from './calendar.ts'
import type { Range } from './observation.ts'
import { NO_FIGURES, type Proof, sumOfProofs } from './proof.ts'

/** The proof of each end of a range; null for an infinite one. */
export interface RangeProof {
  readonly min: Proof
  readonly max: Proof | null
}

/** The tightest ranges that accepted figures leave for one count, by window. */
export interface Ranges {
  /** Returns the smallest and the largest whole number that can have been counted in a window. */
  range(window: Window): Work<Range>
  /** Returns the proof of each end of {@link range}: the same whatever was asked before. */
  prove(window: Window): Work<RangeProof>
  /** The steps that all searches so far have taken. */
  work(): number
}

/** Returns the ranges that the bounds of one series leave. */
export function rangesWithin(bounds: Bounds): Ranges {
  return {
    // biome-ignore lint/correctness/useYield: a search of the graph is short
    *range(window) {
      return rangeIn(bounds, window)
    },
    // biome-ignore lint/correctness/useYield: a search of the graph is short
    *prove(window) {
      const { min, max } = proofIn(bounds, window)
      return { min: weighted(min), max: max && weighted(max) }
    },
    work: bounds.work,
  }
}

/** Returns the ranges of the sum of counts that have nothing to do with one another. */
export function sumOfRanges(parts: readonly Ranges[]): Ranges {
  return {
    *range(window) {
      const sum = { min: 0, max: 0 }
      for (const part of parts) {
        const { min, max } = yield* part.range(window)
        sum.min += min
        sum.max += max
      }
      return sum
    },
    *prove(window) {
      const proofs: RangeProof[] = []
      for (const part of parts) proofs.push(yield* part.prove(window))
      const highest = proofs.flatMap(({ max }) => max ?? [])
      return {
        min: sumOfProofs(proofs.map(({ min }) => min)),
        max: highest.length < proofs.length ? null : sumOfProofs(highest),
      }
    },
    work: () => parts.reduce((sum, part) => sum + part.work(), 0),
  }
}

function weighted(terms: readonly SignedTerm[]): Proof {
  if (terms.length === 0) return NO_FIGURES
  const weights = terms.map(({ observation, sign }) => ({ observation, weight: sign }))
  return { divisor: 1, terms: weights.toSorted((a, b) => a.observation - b.observation) }
}
