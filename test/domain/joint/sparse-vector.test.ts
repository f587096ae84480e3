import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SparseVector } from '../../../src/domain/joint/sparse-vector.ts'

const SIZE = 8
const writes = fc.array(fc.tuple(fc.nat(SIZE - 1), fc.integer({ min: -2, max: 2 })))

test('a sparse vector holds the last number of each index, and lists it once', () => {
  const vector = new SparseVector(SIZE)
  fc.assert(
    fc.property(writes, (made) => {
      vector.clear()
      const expected = new Map<number, number>()
      for (const [index, value] of made) {
        vector.set(index, value)
        expected.set(index, value)
      }
      const listed = Array.from({ length: vector.length }, (_, place) => vector.indexAt(place))
      expect(listed).toEqual([...expected.keys()])
      for (let index = 0; index < SIZE; index++) {
        expect(vector.get(index)).toBe(expected.get(index) ?? 0)
        expect(vector.values[index]).toBe(expected.get(index) ?? 0)
      }
    }),
  )
})
