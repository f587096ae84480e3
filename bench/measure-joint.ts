import { finish } from '../src/domain/bounds/work.ts'
import type { Window } from '../src/domain/calendar.ts'
import { type JointReconciliation, reconcileJointly } from '../src/domain/joint/reconcile-jointly.ts'
import { periodsIn } from '../src/domain/period.ts'
import { costOf, leastOf } from './cost.ts'
import { JOINT_CASES } from './joint-cases.ts'
import { STANDARD_WINDOW } from './standard-series.ts'

/** What one process measured, in milliseconds of CPU. */
export interface MeasuredJointly {
  readonly coldMs: number
  readonly buildMs: number
  /** The first pass over 60 months of each member and of all of them. */
  readonly monthsMs: number
  /** A bound that was asked before. */
  readonly againMs: number
  /** A range with the proofs of both ends. */
  readonly proveMs: number
  readonly observations: number
  readonly accepted: number
}

/** A build that takes longer is measured once. */
const LONG_MS = 500
const PROVED_MONTHS = 12

/** Run as a process of its own: `measure-joint.ts CASE` prints what it measured. */
const series = JOINT_CASES[process.argv[2] ?? '']?.() ?? []
const months = [...periodsIn(STANDARD_WINDOW, 'month')]
const build = () => finish(reconcileJointly(series))
const coldMs = costOf(build)
const runs = coldMs > LONG_MS ? 3 : 15
const buildMs = leastOf(build, runs)
const made = Array.from({ length: Math.min(runs, 5) }, build)
const [one] = made
if (one === undefined) throw new Error('nothing was built')
const monthsMs = Math.min(...made.map((each) => costOf(() => askAll(each, months))))
const againMs = leastOf(() => askAll(one, months)) / (2 * months.length * setsOf(one).length)
const proved = months.filter((_, index) => index % Math.ceil(months.length / PROVED_MONTHS) === 0)
const proveMs = leastOf(() => proveAll(one, proved), 3) / (proved.length * setsOf(one).length)
const measured: MeasuredJointly = {
  coldMs,
  buildMs,
  monthsMs,
  againMs,
  proveMs,
  observations: series.reduce((sum, { observations }) => sum + observations.length, 0),
  accepted: one.accepted.size,
}
console.log(JSON.stringify(measured))

function setsOf({ members }: JointReconciliation): (readonly string[])[] {
  return [...members.map((member) => [member]), members]
}

function askAll(joint: JointReconciliation, windows: readonly Window[]): void {
  for (const members of setsOf(joint)) {
    for (const window of windows) finish(joint.rangesOf(members).range(window))
  }
}

function proveAll(joint: JointReconciliation, windows: readonly Window[]): void {
  for (const members of setsOf(joint)) {
    for (const window of windows) finish(joint.rangesOf(members).prove(window))
  }
}
