import { expect, test } from 'vitest'
import { segmentedLru } from '../../src/http/segmented-lru.ts'

const create = () =>
  segmentedLru<{ readonly size: number }>({ maxSize: 100, maxEntrySize: 20, sizeOf: ({ size }) => size })
const entry = { size: 10 }

test('keeps what was asked for again, however many come that nobody asks for twice', () => {
  const cache = create()
  cache.set('popular', entry)
  expect(cache.get('popular')).toBe(entry)
  for (let n = 0; n < 1_000; n++) cache.set(`once ${n}`, entry)
  expect(cache.get('popular')).toBe(entry)
  expect(cache.get('once 999')).toBe(entry)
  expect(cache.get('once 0')).toBeUndefined()
})

test('evicts what was asked for again longest ago for others like it', () => {
  const cache = create()
  for (let n = 0; n < 6; n++) {
    cache.set(`popular ${n}`, entry)
    cache.get(`popular ${n}`)
  }
  expect(cache.get('popular 0')).toBeUndefined()
  expect(cache.get('popular 5')).toBe(entry)
})

test('is never larger than it may be, and takes no entry that is too large', () => {
  const cache = create()
  for (let n = 0; n < 200; n++) {
    cache.set(String(n), entry)
    if (n % 3 === 0) cache.get(String(n))
    expect(cache.totalSize).toBeLessThanOrEqual(100)
    expect(cache.count * 10).toBe(cache.totalSize)
  }
  cache.set('large', { size: 21 })
  expect(cache.get('large')).toBeUndefined()
})

test('replaces an entry where it is', () => {
  const cache = create()
  const other = { size: 5 }
  cache.set('a', entry)
  cache.get('a')
  cache.set('a', other)
  expect([cache.get('a'), cache.count, cache.totalSize]).toEqual([other, 1, 5])
})
