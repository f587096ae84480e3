import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { CASES } from './cases.ts'
import type { Measured } from './measure.ts'

const RUNS = 3
const script = fileURLToPath(new URL('./measure.ts', import.meta.url))
const measure = (name: string): Measured =>
  JSON.parse(execFileSync(process.execPath, [script, name], { encoding: 'utf8' }))

/** Measures reconciliation in processes of their own: a table of what the fastest run of each case took. */
export function measureEngine(): string {
  const names = Object.keys(CASES)
  const runs: Measured[][] = names.map(() => [])
  for (let run = 1; run <= RUNS; run++) {
    process.stderr.write(`engine, run ${run} of ${RUNS}\n`)
    for (const [index, name] of names.entries()) runs[index]?.push(measure(name))
  }
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
`
}

function least(runs: readonly Measured[], cost: 'coldMs' | 'warmMs' | 'writeMs' | 'daysMs'): number {
  return Math.min(...runs.map((run) => run[cost]))
}
