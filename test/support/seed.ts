/** The seed of all random tests: the same for everybody, so that no test fails by chance, unless TEST_SEED names another. */
export const SEED = readSeed(process.env.TEST_SEED)

function readSeed(text = '20241115'): number {
  const seed = Number(text)
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31) return seed
  throw new RangeError(`TEST_SEED must be a whole number below 2^31, not ${JSON.stringify(text)}`)
}
