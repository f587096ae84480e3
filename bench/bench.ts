import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { CASES } from './cases.ts'

interface Measured {
  readonly cpuMs: number
  readonly observations: number
  readonly conflicts: number
  readonly months: number
  readonly exact: number
}

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

const best = runs.map((each) => each.reduce((a, b) => (a.cpuMs <= b.cpuMs ? a : b)))
const standard = best[0]?.cpuMs ?? Number.NaN
console.log(
  'Reconciliation and all 60 months, cold: least CPU of',
  RUNS,
  'fresh processes, rows loaded before\n',
)
console.log('| series | observations | conflicts | exact months | CPU, ms | ratio |')
console.log('| --- | ---: | ---: | ---: | ---: | ---: |')
for (const [index, { cpuMs, observations, conflicts, exact }] of best.entries()) {
  const cells = [
    names[index],
    observations,
    conflicts,
    exact,
    cpuMs.toFixed(1),
    (cpuMs / standard).toFixed(2),
  ]
  console.log(`| ${cells.join(' | ')} |`)
}
