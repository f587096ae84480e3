import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createFairSerialQueue } from '../../src/concurrency/fair-serial-queue.ts'

test('lets owners take turns, and keeps the order of each', async () => {
  const queue = createFairSerialQueue()
  const order: string[] = []
  const record = (owner: string, name: string) =>
    queue.run(owner, async () => {
      await setImmediate()
      order.push(name)
    })
  const queued = [1, 2, 3].map((n) => record('a', `a${n}`))
  queued.push(record('b', 'b1'), record('c', 'c1'), record('b', 'b2'))
  await Promise.all(queued)
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
})

test('lets an owner that comes late wait for one piece of each other, and not for their backlogs', async () => {
  const queue = createFairSerialQueue()
  let done = 0
  const count = async () => {
    await setImmediate()
    done += 1
  }
  const backlog = Array.from({ length: 100 }, () => queue.run('a', count))
  while (done < 3) await setImmediate()
  await queue.run('b', count)
  expect(done).toBeLessThan(7)
  await Promise.all(backlog)
})

test('runs one piece at a time, goes on after one that fails, and tells each its outcome', async () => {
  const queue = createFairSerialQueue()
  let running = 0
  const work = async (result: number) => {
    running += 1
    await setImmediate()
    expect(running).toBe(1)
    running -= 1
    if (result === 2) throw new Error('two')
    return result
  }
  const settled = await Promise.allSettled([1, 2, 3].map((n) => queue.run('a', () => work(n))))
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await queue.run('b', () => work(4))).toBe(4)
})

test('is idle when nothing runs and nothing waits', async () => {
  const queue = createFairSerialQueue()
  await queue.idle()
  const done: number[] = []
  for (const n of [1, 2]) {
    void queue.run('a', async () => {
      await setImmediate()
      done.push(n)
    })
  }
  await queue.idle()
  expect(done).toEqual([1, 2])
})
