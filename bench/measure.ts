import { rangeIn } from '../src/domain/bounds/bounds.ts'
import { type Interval, periodsIn } from '../src/domain/period.ts'
import { type Reconciliation, reconcile, reconcileGroup } from '../src/domain/reconciliation.ts'
import { CASES, type Case } from './cases.ts'
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
const RUNS = 10

/** Run as a process of its own: `measure.ts CASE` prints what it measured. */
const series = CASES[process.argv[2] ?? '']?.() ?? { observations: [], members: [] }
const members = series.members.map((each) => reconcile(each))
const coldMs = costOf(() => allMonths(answer(series)))
for (let run = 0; run < WARM_UP; run++) allMonths(answer(series))
const warmMs = leastOf(() => allMonths(answer(series)))
const fewer = { ...series, observations: series.observations.slice(1) }
const writeMs = leastOf(() => allMonths(answer(fewer)))
const made = answer(series)
const measured: Measured = {
  coldMs,
  warmMs,
  writeMs,
  daysMs: leastOf(() => rangesOf(made, 'day')),
  observations: series.observations.length,
  conflicts: made.conflicts.length,
  exact: allMonths(made).filter(({ min, max }) => min === max).length,
}
console.log(JSON.stringify(measured))

function answer({ observations }: Case): Reconciliation {
  return members.length === 0 ? reconcile(observations) : reconcileGroup(observations, members)
}

function allMonths(reconciliation: Reconciliation) {
  return rangesOf(reconciliation, 'month')
}

function rangesOf({ bounds }: Reconciliation, interval: Interval) {
  return [...periodsIn(STANDARD_WINDOW, interval)].map((period) => rangeIn(bounds, period))
}

function leastOf(work: () => unknown): number {
  return Math.min(...Array.from({ length: RUNS }, () => costOf(work)))
}

function costOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
