import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { CASES } from './cases.ts'
import type { Measured } from './measure.ts'

/** Measures reconciliation in processes of their own, and prints what the fastest run of each case took. */
const RUNS = 5
const script = fileURLToPath(new URL('measure.ts', import.meta.url))
const measure = (name: string): Measured =>
  JSON.parse(execFileSync(process.execPath, [script, name], { encoding: 'utf8' }))

const names = Object.keys(CASES)
const runs: Measured[][] = names.map(() => [])
for (let run = 1; run <= RUNS; run++) {
  process.stderr.write(`run ${run} of ${RUNS}\n`)
  for (const [index, name] of names.entries()) runs[index]?.push(measure(name))
}

const least = (of: readonly Measured[], cost: 'coldMs' | 'warmMs' | 'writeMs' | 'daysMs') =>
  Math.min(...of.map((run) => run[cost]))
const standard = least(runs[0] ?? [], 'warmMs')
console.log(
  `Reconciliation and all 60 months, rows loaded before: least CPU in ms of ${RUNS} processes.\n` +
    'Cold: the first time in a process. Warm: after others like it. Write: one figure less, and all months again.\n' +
    'All days: every single day asked for besides. Ratio: warm, to the standard series.\n',
)
console.log('| series | observations | conflicts | exact months | cold | warm | ratio | write | all days |')
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
for (const [index, each] of runs.entries()) {
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
  console.log(`| ${cells.join(' | ')} |`)
}
