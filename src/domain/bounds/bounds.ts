import type { Day, Window } from '../calendar.ts'
import type { Range } from '../observation.ts'
import type { Work } from './work.ts'

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
  /** Returns {@link Bounds.least} for every two of some days: a row for each `from`, with a number for each `to`. */
  leastBetween(days: Int32Array): Work<Float64Array[]>
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

/** The sum of independent counts: each change must be at least the sum of what each of them must change. */
export function sumOf(parts: readonly Bounds[]): Bounds {
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
  return {
    least: (from, to) => total(parts.map((part) => part.least(from, to))),
    *leastBetween(days) {
      const sums = Array.from(days, () => new Float64Array(days.length))
      let done = 0
      for (const part of parts) {
        const before = done
        const rows = part.leastBetween(days)
        let next = rows.next()
        for (; next.done !== true; next = rows.next()) {
          done = before + next.value
          yield done
        }
        for (const [i, row] of next.value.entries()) addTo(sums[i] ?? row, row)
      }
      return sums
    },
    prove: (from, to) => parts.flatMap((part) => part.prove(from, to)),
    runningCount: (day) => total(parts.map((part) => part.runningCount(day))),
    work: () => total(parts.map((part) => part.work())),
  }
}

function addTo(sums: Float64Array, values: Float64Array): void {
  for (let index = 0; index < sums.length; index++) sums[index] = (sums[index] ?? 0) + (values[index] ?? 0)
}

/** Both of two bounds on the same count: at every question the tighter one answers. */
export function tighterOf(own: Bounds, other: Bounds): Bounds {
  return {
    least: (from, to) => Math.max(own.least(from, to), other.least(from, to)),
    *leastBetween(days) {
      const two = yield* other.leastBetween(days)
      const one = yield* own.leastBetween(days)
      return one.map((row, i) => row.map((least, j) => Math.max(least, two[i]?.[j] ?? least)))
    },
    prove(from, to) {
      const tighter = own.least(from, to) >= other.least(from, to) ? own : other
      return tighter.prove(from, to)
    },
    runningCount: own.runningCount,
    work: () => own.work() + other.work(),
  }
}
