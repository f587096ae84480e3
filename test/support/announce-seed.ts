import { SEED } from './seed.ts'

/** Prints the seed before the tests run, whatever comes of them. */
export function setup(): void {
  process.stderr.write(`random tests use TEST_SEED=${SEED}\n`)
}
