import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { CASES } from './cases.ts'
import { JOINT_CASES } from './joint-cases.ts'
import type { Measured } from './measure.ts'
import type { MeasuredJointly } from './measure-joint.ts'

const RUNS = 3
/** Measures all cases in processes of their own, one after the other and round again. */
function measureAll<Result>(script: string, names: readonly string[]): Result[][] {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const runs: Result[][] = names.map(() => [])
  for (let run = 1; run <= RUNS; run++) {
    process.stderr.write(`${script}, run ${run} of ${RUNS}\n`)
    for (const [index, name] of names.entries())
      runs[index]?.push(JSON.parse(execFileSync(process.execPath, [path, name], { encoding: 'utf8' })))
  }
  return runs
}

/** Measures reconciliation in processes of their own: a table of what the fastest run of each case took. */
export function measureEngine(): string {
  const names = Object.keys(CASES)
  const runs = measureAll<Measured>('./measure.ts', names)
  const standard = least(runs[0] ?? [], 'warmMs')
  const lines = runs.map((each, index) => {
    const warm = least(each, 'warmMs')
    const [one] = each
    const cells = [
      names[index],
      one?.observations,
      one?.conflicts,
      one?.exact,
      least(each, 'coldMs').toFixed(1),
      warm.toFixed(1),
      (warm / standard).toFixed(2),
      least(each, 'writeMs').toFixed(1),
      least(each, 'daysMs').toFixed(1),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `Reconciliation and all 60 months, rows loaded before: least CPU in ms of ${RUNS} processes. Cold: the first time in a
process. Warm: after others like it. Write: one figure less, and all months again. All days: every single day asked
for besides. Ratio: warm, to the standard series.

| series | observations | conflicts | exact months | cold | warm | ratio | write | all days |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${lines.join('\n')}

${measureJointly()}`
}

/** Measures components of borders that a group joins: a table of what the fastest run of each case took. */
function measureJointly(): string {
  const names = Object.keys(JOINT_CASES)
  const lines = measureAll<MeasuredJointly>('./measure-joint.ts', names).map((each, index) => {
    const [one] = each
    const cells = [
      names[index],
      one?.observations,
      one?.accepted,
      least(each, 'coldMs').toFixed(0),
      least(each, 'buildMs').toFixed(1),
      least(each, 'monthsMs').toFixed(1),
      (1000 * least(each, 'againMs')).toFixed(1),
      least(each, 'proveMs').toFixed(2),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `Components of three borders that a group joins: least CPU of ${RUNS} processes. Cold and warm: reconciling all of them.
Months: the ranges of 60 months of each border and of all together, the first time. A bound: one that was asked
before. Proved: one range with the proofs of both ends.

| component | observations | accepted | cold, ms | warm, ms | months, ms | a bound, µs | proved, ms |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${lines.join('\n')}
`
}

function least<Cost extends string>(runs: readonly Record<Cost, number>[], cost: Cost): number {
  return Math.min(...runs.map((run) => run[cost]))
}
