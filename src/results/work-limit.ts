import type { Work } from '../domain/bounds/work.ts'
import type { JointReconciliation } from '../domain/joint/reconcile-jointly.ts'
import { TooComplex } from '../domain/joint/too-complex.ts'
import { QueryTooCostly } from './query-too-costly.ts'

/** The work that the results of one request may take, in search steps: one or two seconds at most. */
const MAX_WORK = 30_000_000

interface WorkLimit {
  readonly maxWork?: number
  /** What asking for a range costs besides its searches. */
  readonly workOfRange?: number
  /** Makes the error for what takes too much work. */
  refusal?(): QueryTooCostly
}

/**
 * Returns a function that counts the work which all questions to a component take, over all components that it is
 * given, so that one answer cannot take minutes of CPU. What they answer stays the same.
 * @throws QueryTooCostly from their questions, once it is too much
 */
export function workLimiter({
  maxWork = MAX_WORK,
  workOfRange = 0,
  refusal = tooMuchWork,
}: WorkLimit = {}): (joint: JointReconciliation) => JointReconciliation {
  let spent = 0
  function* counted<Result>(done: () => number, work: Work<Result>): Work<Result> {
    let before = done()
    spent += workOfRange
    for (;;) {
      const step = nextOf(work, refusal)
      const now = done()
      spent += now - before
      before = now
      if (spent > maxWork) throw refusal()
      if (step.done === true) return step.value
      yield step.value
    }
  }
  return (joint) => ({
    ...joint,
    rangesOf(members) {
      const ranges = joint.rangesOf(members)
      return {
        range: (window) => counted(ranges.work, ranges.range(window)),
        prove: (window) => counted(ranges.work, ranges.prove(window)),
        work: ranges.work,
      }
    },
  })
}

function nextOf<Result>(work: Work<Result>, refusal: () => QueryTooCostly) {
  try {
    return work.next()
  } catch (error) {
    throw error instanceof TooComplex ? refusal() : error
  }
}

function tooMuchWork(): QueryTooCostly {
  const detail =
    'has figures that overlap too much for so many rows; ask for fewer with limit, a longer interval or a shorter window, or choose among publications with source, origin, kind or published_until'
  return new QueryTooCostly('These rows take too much work for one answer.', { parameter: 'country', detail })
}
