import { rangeIn } from '../src/domain/bounds.ts'
import { periodsIn } from '../src/domain/period.ts'
import { reconcile } from '../src/domain/reconciliation.ts'
import { CASES } from './cases.ts'
import { STANDARD_WINDOW } from './standard-series.ts'

/** Run as a process of its own: `measure.ts CASE` prints the milliseconds of CPU that a cold start takes. */
const observations = CASES[process.argv[2] ?? '']?.() ?? []
const before = process.cpuUsage()
const { bounds, conflicts } = reconcile(observations)
const months = [...periodsIn(STANDARD_WINDOW, 'month')].map((month) => rangeIn(bounds, month))
const { user, system } = process.cpuUsage(before)
const exact = months.filter(({ min, max }) => min === max).length
console.log(
  JSON.stringify({
    cpuMs: (user + system) / 1000,
    observations: observations.length,
    conflicts: conflicts.length,
    months: months.length,
    exact,
  }),
)
