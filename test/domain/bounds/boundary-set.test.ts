import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addMember,
  emptyBoundarySet,
  isMember,
  memberFrom,
  memberUntil,
} from '../../../src/domain/bounds/boundary-set.ts'

const sizes = fc.constantFrom(1, 31, 32, 33, 64, 1_024, 1_025, 40_000)

test('finds the nearest member on either side of every number', () => {
  const sets = sizes.chain((size) =>
    fc.record({
      size: fc.constant(size),
      members: fc.array(fc.nat(size - 1), { maxLength: 20 }),
      asked: fc.array(fc.integer({ min: -2, max: size + 40 }), { minLength: 5, maxLength: 40 }),
    }),
  )
  fc.assert(
    fc.property(sets, ({ size, members, asked }) => {
      const set = emptyBoundarySet(size)
      for (const member of members) addMember(set, member)
      for (const number of asked.map((each) => Math.min(size - 1, each))) {
        expect(memberUntil(set, number)).toBe(Math.max(-1, ...members.filter((each) => each <= number)))
        if (number < 0) continue
        const above = members.filter((each) => each >= number)
        expect(memberFrom(set, number)).toBe(above.length === 0 ? -1 : Math.min(...above))
        expect(isMember(set, number)).toBe(members.includes(number))
      }
      expect(memberFrom(set, size)).toBe(-1)
    }),
    { numRuns: 1_000 },
  )
})

test('holds nothing where it has no room', () => {
  const set = emptyBoundarySet(0)
  expect([memberFrom(set, 0), memberUntil(set, -1), isMember(set, 0)]).toEqual([-1, -1, false])
})
