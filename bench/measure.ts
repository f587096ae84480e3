import { finish } from '../src/domain/bounds/work.ts'
import { type Reconciliation, reconciliationOf } from '../src/domain/joint/border-reconciliation.ts'
import { reconcileJointly } from '../src/domain/joint/reconcile-jointly.ts'
import type { Observation } from '../src/domain/observation.ts'
import { type Interval, periodsIn } from '../src/domain/period.ts'
import { CASES } from './cases.ts'
import { costOf, leastOf } from './cost.ts'
import { STANDARD_WINDOW } from './standard-series.ts'

/** What one process measured, in milliseconds of CPU. */
export interface Measured {
  readonly coldMs: number
  readonly warmMs: number
  readonly writeMs: number
  readonly daysMs: number
  readonly observations: number
  readonly conflicts: number
  readonly exact: number
}

const WARM_UP = 15

/** Run as a process of its own: `measure.ts CASE` prints what it measured. */
const series = CASES[process.argv[2] ?? '']?.() ?? []
const coldMs = costOf(() => allMonths(answer(series)))
for (let run = 0; run < WARM_UP; run++) allMonths(answer(series))
const warmMs = leastOf(() => allMonths(answer(series)))
const fewer = series.slice(1)
const writeMs = leastOf(() => allMonths(answer(fewer)))
const made = answer(series)
const measured: Measured = {
  coldMs,
  warmMs,
  writeMs,
  daysMs: leastOf(() => rangesOf(made, 'day')),
  observations: series.length,
  conflicts: made.conflicts.length,
  exact: allMonths(made).filter(({ min, max }) => min === max).length,
}
console.log(JSON.stringify(measured))

/** Reconciles a series: all of what an answer rests on. */
function answer(observations: readonly Observation[]): Reconciliation {
  const series = [{ border: 'PL-BY', members: ['PL-BY'], observations }]
  return reconciliationOf(finish(reconcileJointly(series)), 'PL-BY')
}

function allMonths(reconciliation: Reconciliation) {
  return rangesOf(reconciliation, 'month')
}

function rangesOf({ ranges }: Reconciliation, interval: Interval) {
  return [...periodsIn(STANDARD_WINDOW, interval)].map((period) => finish(ranges.range(period)))
}
