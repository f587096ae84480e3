/**
 * A computation that pauses every few milliseconds, so that whoever runs it can do something else in between. At each
 * pause it tells how much it has done so far, in steps of searches: a measure that does not depend on the machine.
 */
export type Work<Result> = Generator<number, Result>

/** The most that is done from one pause to the next, in steps of searches: a few milliseconds. */
export const WORK_PER_PAUSE = 100_000

/** Runs a computation to its end without pausing. */
export function finish<Result>(work: Work<Result>): Result {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}
