import { SEED } from './seed.ts'

/** Whether long tests run in full, as `npm run verify` and CI do; `npm test` alone tries a quarter of their cases. */
export const isThorough = process.env.TEST_RUNS === 'all'

/** In `npm test` alone, one case of so many is tried. */
const SHARE = 4

/** Returns how many of so many random cases to try. */
export function runs(all: number): number {
  return isThorough ? all : Math.ceil(all / SHARE)
}

/** Returns the cases of a list to try: all, or every fourth, from one that the seed chooses. */
export function sampled<Case>(cases: readonly Case[]): Case[] {
  return cases.filter((_, index) => isThorough || index % SHARE === SEED % SHARE)
}
