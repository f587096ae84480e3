import { expect, test } from 'vitest'
import { type Weighed, weighedCache } from '../../src/results/weighed-cache.ts'

/** A keeper with a note of what was made, in order. */
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

test('makes what is asked for once, however many ask before it is made', async () => {
  const { get, made } = observed(9)
  const [one, other] = await Promise.all([get('a'), get('a')])
  expect(await get('a')).toBe(one)
  expect(other).toBe(one)
  expect(made).toEqual(['a'])
})

test('drops what was asked for longest ago once there is more than the limit', async () => {
  const { get, made } = observed(3)
  for (const key of ['a', 'b', 'c', 'a', 'd']) await get(key)
  made.length = 0
  for (const key of ['a', 'c', 'd', 'b']) await get(key)
  expect(made).toEqual(['b'])
})

test('counts what each costs to keep, and keeps nothing that is over the limit by itself', async () => {
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
  expect(made).toEqual(['a', 'b', 'c', 'c', 'a', 'b'])
})

test('keeps nothing of what fails', async () => {
  const { get, made, kept } = observed(9)
  const failing = () => Promise.reject(new Error('no'))
  await expect(kept.get('a', failing)).rejects.toThrow('no')
  await get('a')
  await get('a')
  expect(made).toEqual(['a'])
})
