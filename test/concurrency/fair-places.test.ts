import { expect, test } from 'vitest'
import { createFairPlaces } from '../../src/concurrency/fair-places.ts'

const LIMITS = { perClient: 6, shared: 200, capacity: 300 }

test('lets one client have a few, and others theirs', () => {
  const places = createFairPlaces(LIMITS)
  const taken = Array.from({ length: 7 }, () => places.take('a'))
  expect(taken.map((release) => release !== null)).toEqual([true, true, true, true, true, true, false])
  expect(places.take('b')).not.toBeNull()
  taken[0]?.()
  taken[0]?.()
  expect([places.count, places.of('a'), places.of('b')]).toEqual([6, 5, 1])
  expect([places.take('a') !== null, places.take('a')]).toEqual([true, null])
})

test('lets every client have one, however many others have taken', () => {
  const places = createFairPlaces(LIMITS)
  for (let client = 0; client < 100; client++) for (let n = 0; n < 6; n++) places.take(`heavy ${client}`)
  expect(places.count).toBeGreaterThanOrEqual(200)
  expect(places.take('light')).not.toBeNull()
  expect(places.take('light')).toBeNull()
})

test('has no more places than it may, for whomever', () => {
  const places = createFairPlaces(LIMITS)
  const taken = Array.from({ length: 301 }, (_, client) => places.take(String(client)))
  expect(taken.filter((release) => release === null)).toHaveLength(1)
  taken[0]?.()
  expect(places.take('late')).not.toBeNull()
})
