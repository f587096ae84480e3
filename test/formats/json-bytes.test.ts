import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonBytes } from '../../src/formats/json-bytes.ts'
import { SEED } from '../support/seed.ts'

const nothing = async () => undefined

const value = fc.oneof(
  fc.jsonValue(),
  fc.constant(undefined),
  fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 190, maxLength: 620, size: 'max' }),
)

test('writes the bytes of JSON.stringify', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), value, { maxKeys: 4 }), async (body) => {
      expect((await jsonBytes(body, nothing)).toString()).toBe(JSON.stringify(body))
    }),
    { seed: SEED, numRuns: 200 },
  )
})

test.each([{ data: [] }, {}, { data: Array.from({ length: 400 }, (_, id) => ({ id, text: 'ž"\u2028' })) }])(
  'writes whole pieces, and nothing, as JSON.stringify does',
  async (body) => {
    expect((await jsonBytes(body, nothing)).toString()).toBe(JSON.stringify(body))
  },
)

test('yields between the pieces of a long array, and of each', async () => {
  let yielded = 0
  const count = async () => {
    yielded += 1
  }
  const rows = Array.from({ length: 1_000 }, (_, id) => ({ id }))
  await jsonBytes({ data: rows, observations: rows, meta: {} }, count)
  expect(yielded).toBe(10)
})
