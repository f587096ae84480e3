import type { Day, Window } from '../calendar.ts'
import type { Range } from '../observation.ts'

/**
 * One observation in a proof. For a lower bound, sign 1 adds the observation's lower end and
 * sign −1 subtracts its upper end; for an upper bound it is the other way round.
 */
export interface Term {
  readonly observation: number
  readonly sign: 1 | -1
}

/**
 * What a set of figures implies about the running count: with F(d) the number counted before day d
 * begins, how much F must change from one day to another. Everything that can be asked of a window
 * is a question of this one form, because its smallest value is the least change forward, and its
 * largest is the least change backward, negated.
 */
export interface Bounds {
  /** The tightest lower bound of F(to) − F(from), a whole number; −Infinity where there is none. */
  least(from: Day, to: Day): number
  /** The terms that add up to a finite `least(from, to)`, as few as can be; none where it is 0 by order alone. */
  prove(from: Day, to: Day): Term[]
  /** One F that satisfies all the figures, out of the many that do. */
  runningCount(day: Day): number
  /** The steps that all searches so far have taken. */
  work(): number
}

/** The smallest and the largest number that can have been counted in a window. */
export function rangeIn(bounds: Bounds, window: Window): Range {
  const after = window.end + 1
  return { min: bounds.least(window.start, after), max: 0 - bounds.least(after, window.start) }
}

/** The proof of each end of {@link rangeIn}; null for an end that is infinite. */
export function proofIn(bounds: Bounds, window: Window): { min: Term[]; max: Term[] | null } {
  const after = window.end + 1
  const { max } = rangeIn(bounds, window)
  return {
    min: bounds.prove(window.start, after),
    max: Number.isFinite(max) ? bounds.prove(after, window.start).map(opposite) : null,
  }
}

function opposite({ observation, sign }: Term): Term {
  return { observation, sign: sign === 1 ? -1 : 1 }
}
