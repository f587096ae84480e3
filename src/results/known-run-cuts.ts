import type { Turn } from '../concurrency/turns.ts'
import type { Border } from '../domain/border.ts'
import type { ReconciledIndicator } from '../domain/border-groups.ts'
import type { Work } from '../domain/bounds/work.ts'
import type { Window } from '../domain/calendar.ts'
import type { BorderRuns, Step } from '../domain/known-run-series.ts'
import { cutIntoRuns } from '../domain/known-runs.ts'
import { clip, periodsIn } from '../domain/period.ts'
import { QueryTooCostly } from './query-too-costly.ts'
import { workLimiter } from './work-limit.ts'

/** More steps than this are not cut: 54 years of days, 1,666 years of months. */
const MAX_STEPS = 20_000

/** The work of asking for a range besides its searches, as a number of their steps. */
const WORK_OF_RANGE = 100

export interface CutQuestion {
  readonly borders: readonly Border[]
  readonly window: Window | null
  readonly step: Step
  readonly within: number
}

/** Returns a limiter of the work of one answer, for a window that is cut into runs. @throws QueryTooCostly from its ranges */
export function cutWorkLimiter() {
  return workLimiter({ workOfRange: WORK_OF_RANGE, refusal: tooMuchWork })
}

/**
 * Cuts a window into known runs, for each border by its own ranges, in turns of the event loop.
 * @throws QueryTooCostly where the window has too many steps
 */
export async function cutForBorders(
  reconciled: ReconciledIndicator,
  { borders, window, step, within }: CutQuestion,
  turn: Turn,
): Promise<BorderRuns[]> {
  if (window === null) return []
  const steps: Window[] = []
  for (const period of periodsIn(window, step)) {
    steps.push(clip(period, window))
    if (steps.length > MAX_STEPS) throw tooMuchWork()
  }
  const cuts: BorderRuns[] = []
  for (const border of borders) {
    const runs = await finishInTurns(cutIntoRuns(steps, reconciled.of(border).ranges, within), turn)
    cuts.push({ border, runs })
  }
  return cuts
}

async function finishInTurns<Result>(work: Work<Result>, turn: Turn): Promise<Result> {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
    await turn.yieldIfDue()
  }
}

function tooMuchWork(): QueryTooCostly {
  const detail =
    'makes too many runs to choose among for this window; ask for a longer step, a shorter window or fewer countries'
  return new QueryTooCostly('This window takes too much work to cut into runs.', {
    parameter: 'step',
    detail,
  })
}
