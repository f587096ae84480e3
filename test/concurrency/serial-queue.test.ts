import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { serialQueue } from '../../src/concurrency/serial-queue.ts'

test('runs one call at a time, in order, and returns each its own result', async () => {
  const events: string[] = []
  const work = serialQueue(async (name: string, waitMs: number) => {
    events.push(`${name} begins`)
    await setTimeout(waitMs)
    events.push(`${name} ends`)
    return name
  })
  expect(await Promise.all([work('a', 20), work('b', 0), work('c', 5)])).toEqual(['a', 'b', 'c'])
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})

test('goes on after a piece that fails', async () => {
  const work = serialQueue(async (isGood: boolean) => {
    if (!isGood) throw new Error('it failed')
    return 'done'
  })
  const [bad, good] = await Promise.allSettled([work(false), work(true)])
  expect([bad?.status, good]).toEqual(['rejected', { status: 'fulfilled', value: 'done' }])
})

test('yields to the event loop between two calls, however many wait', async () => {
  let pieces = 0
  const work = serialQueue(async () => {
    pieces += 1
  })
  const all = Promise.all(Array.from({ length: 1_000 }, () => work()))
  const seen: number[] = []
  while (pieces < 1_000) {
    await new Promise((resolve) => setImmediate(resolve))
    seen.push(pieces)
  }
  await all
  expect(seen.length).toBeGreaterThan(500)
})
