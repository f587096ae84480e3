import { expect, test } from 'vitest'
import { type Weighed, weighedCache } from '../../src/results/weighed-cache.ts'

/** Returns a cache that lists what it loaded, in order. */
function observed(limit: number) {
  const kept = weighedCache<Weighed>(limit)
  const made: string[] = []
  const get = (key: string, cost = 1) =>
    kept.get(key, async () => {
      made.push(key)
      return { cost }
    })
  return { get, made, kept }
}

test('loads a key once for concurrent callers', async () => {
  const { get, made } = observed(9)
  const [one, other] = await Promise.all([get('a'), get('a')])
  expect(await get('a')).toBe(one)
  expect(other).toBe(one)
  expect(made).toEqual(['a'])
})

test('drops the least recently used entry beyond the limit', async () => {
  const { get, made } = observed(3)
  for (const key of ['a', 'b', 'c', 'a', 'd']) await get(key)
  made.length = 0
  for (const key of ['a', 'c', 'd', 'b']) await get(key)
  expect(made).toEqual(['b'])
})

test('weighs entries by their cost, and drops none for one that exceeds the limit by itself', async () => {
  const { get, made } = observed(10)
  await get('a', 6)
  await get('b', 4)
  await get('a', 6)
  expect(made).toEqual(['a', 'b'])
  await get('c', 11)
  await get('c', 11)
  expect(made).toEqual(['a', 'b', 'c', 'c'])
  await get('a', 6)
  await get('b', 4)
  await get('a', 6)
  expect(made).toEqual(['a', 'b', 'c', 'c'])
})

test('does not cache a failed load', async () => {
  const { get, made, kept } = observed(9)
  const failing = () => Promise.reject(new Error('no'))
  await expect(kept.get('a', failing)).rejects.toThrow('no')
  await get('a')
  await get('a')
  expect(made).toEqual(['a'])
})
