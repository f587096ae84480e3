import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { coalescePerTick } from '../../src/concurrency/coalesce-per-tick.ts'

test('calls made in one tick share one load, which starts after the last of them', async () => {
  let state = 'old'
  let looks = 0
  const look = coalescePerTick(async () => {
    looks += 1
    return state
  })
  const first = look()
  await Promise.resolve()
  state = 'new'
  expect(await Promise.all([first, look(), look()])).toEqual(['new', 'new', 'new'])
  expect(looks).toBe(1)
})

test('a call in a later tick starts a new load', async () => {
  let looks = 0
  const look = coalescePerTick(async () => ++looks)
  expect(await look()).toBe(1)
  expect(await look()).toBe(2)
  await setImmediate()
  expect(looks).toBe(2)
})

test('a call made during a load waits for the next one', async () => {
  const seen: (() => void)[] = []
  let looks = 0
  const look = coalescePerTick(async () => {
    const at = ++looks
    await new Promise<void>((resolve) => seen.push(resolve))
    return at
  })
  const early = look()
  await setImmediate()
  const late = look()
  await setImmediate()
  for (const resolve of seen) resolve()
  expect(await Promise.all([early, late])).toEqual([1, 2])
})

test('a failed load rejects only the calls that waited for it', async () => {
  let looks = 0
  const look = coalescePerTick(async () => {
    looks += 1
    if (looks === 1) throw new Error('not now')
    return looks
  })
  await expect(Promise.all([look(), look()])).rejects.toThrow('not now')
  expect(await look()).toBe(2)
})
