import { expect, test } from 'vitest'
import { sizeClassedLru } from '../../../src/http/cache/size-classed-lru.ts'

interface Entry {
  readonly size: number
}

/** Small entries are those of up to 10. */
const create = () => sizeClassedLru<Entry>({ maxSize: 2_000, maxEntrySize: 300, sizeOf: ({ size }) => size })

test('keeps small entries, however many large ones are added and used', () => {
  const cache = create()
  const small = { size: 10 }
  cache.set('small', small)
  for (let n = 0; n < 100; n++) {
    cache.set(`large ${n}`, { size: 300 })
    cache.get(`large ${n}`)
  }
  expect(cache.get('small')).toBe(small)
  expect(cache.get('large 99')).toEqual({ size: 300 })
  expect(cache.get('large 0')).toBeUndefined()
})

test('evicts the least recently used entry of the same class', () => {
  const cache = create()
  for (let n = 0; n < 100; n++) cache.set(`small ${n}`, { size: 10 })
  cache.get('small 0')
  cache.set('small 100', { size: 10 })
  expect([cache.get('small 0'), cache.get('small 1')]).toEqual([{ size: 10 }, undefined])
})

test('is never larger than it may be, and takes no entry that is too large', () => {
  const cache = create()
  for (let n = 0; n < 500; n++) {
    cache.set(String(n % 150), { size: (n * 37) % 300 || 1 })
    expect(cache.totalSize).toBeLessThanOrEqual(2_000)
  }
  cache.set('larger', { size: 301 })
  expect(cache.get('larger')).toBeUndefined()
})

test('holds an entry once, also when it grows or shrinks into the other class', () => {
  const cache = create()
  for (const size of [5, 200, 7]) {
    cache.set('a', { size })
    expect([cache.get('a'), cache.count, cache.totalSize]).toEqual([{ size }, 1, size])
  }
})
