import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '20' }, from: { type: 'string' } },
})
const first = Number(values.from ?? randomInt(2 ** 30))
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => first + index)
if (seeds.length === 0 || !Number.isInteger(first))
  throw new RangeError('--seeds and --from are whole numbers')

/** Runs the tests with a seed, the files and the tests of each in an order that follows from it. */
function passes(seed: number): boolean {
  const shuffle = ['--sequence.shuffle.files', '--sequence.shuffle.tests', `--sequence.seed=${seed}`]
  const { status, stderr } = spawnSync('vitest', ['run', '--reporter=dot', ...shuffle, ...filters], {
    encoding: 'utf8',
    env: { ...process.env, TEST_SEED: String(seed), NO_COLOR: '1' },
    maxBuffer: 1024 ** 3,
  })
  const again = `TEST_SEED=${seed} npm test -- ${[...shuffle, ...filters].join(' ')}`
  process.stdout.write(status === 0 ? `passed with ${seed}\n` : `FAILED with ${seed}; once more: ${again}\n`)
  if (status !== 0) process.stdout.write(`${stderr}\n`)
  return status === 0
}

const failed = seeds.filter((seed) => !passes(seed))
process.stdout.write(`${seeds.length - failed.length} of ${seeds.length} seeds passed\n`)
process.exitCode = failed.length === 0 ? 0 : 1
