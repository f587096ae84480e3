import { finish } from '../src/domain/bounds/work.ts'
import { type Reconciliation, reconciliationOf } from '../src/domain/joint/border-reconciliation.ts'
import { reconcileJointly } from '../src/domain/joint/reconcile-jointly.ts'
import { type Interval, periodsIn } from '../src/domain/period.ts'
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

/** Reconciles a series alone, or a group with its members: all of what an answer rests on. */
function answer({ observations, members }: Case): Reconciliation {
  const names = members.map((_, index) => `member-${index}`)
  const series = [
    ...members.map((each, index) => ({
      border: `member-${index}`,
      members: [`member-${index}`],
      observations: each,
    })),
    { border: 'whole', members: names.length === 0 ? ['whole'] : names, observations },
  ]
  return reconciliationOf(finish(reconcileJointly(series)), 'whole')
}

function allMonths(reconciliation: Reconciliation) {
  return rangesOf(reconciliation, 'month')
}

function rangesOf({ ranges }: Reconciliation, interval: Interval) {
  return [...periodsIn(STANDARD_WINDOW, interval)].map((period) => finish(ranges.range(period)))
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
