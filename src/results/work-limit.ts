import type { Bounds } from '../domain/bounds/bounds.ts'
import type { Reconciliation } from '../domain/reconciliation.ts'
import { QueryTooCostly } from './query-too-costly.ts'

/** The work that the results of one request may take, in search steps: one or two seconds at most. */
const MAX_WORK = 30_000_000

/**
 * Returns a function that counts the work which all questions to a reconciliation take, over all reconciliations
 * that it is given, so that one answer cannot take minutes of CPU. What they answer stays the same.
 * @throws QueryTooCostly from their questions, once it is too much
 */
export function workLimiter(maxWork = MAX_WORK): (reconciliation: Reconciliation) => Reconciliation {
  let spent = 0
  return (reconciliation) => {
    const { bounds } = reconciliation
    function counted<Result>(ask: () => Result): Result {
      const before = bounds.work()
      const result = ask()
      spent += bounds.work() - before
      if (spent > maxWork) throw tooMuchWork()
      return result
    }
    const limited: Bounds = {
      ...bounds,
      least: (from, to) => counted(() => bounds.least(from, to)),
      prove: (from, to) => counted(() => bounds.prove(from, to)),
    }
    return { ...reconciliation, bounds: limited }
  }
}

function tooMuchWork(): QueryTooCostly {
  const detail =
    'has figures that overlap too much for so many rows; ask for fewer with limit, a longer interval or a shorter window, or choose among publications with source, origin, kind or published_until'
  return new QueryTooCostly('These rows take too much work for one answer.', { parameter: 'country', detail })
}
