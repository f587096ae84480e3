import { setImmediate as nextIteration } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createLane } from '../../src/concurrency/lane.ts'
import { ClientGone, type Task, WaitTimeout } from '../../src/concurrency/task.ts'
import { usageMeter } from '../../src/concurrency/usage-meter.ts'

const LONG_MS = 1_000_000

function started({ capacity = 2, perClient = 2, maxWaitMs = LONG_MS } = {}) {
  const usage = usageMeter({ drainPerMs: 1, clock: () => 0 })
  const lane = createLane({ capacity, perClient, maxWaitMs, usage })
  const entered: string[] = []
  const task = (client: string): Task & { leave(): void } => {
    const left = new AbortController()
    return { owner: client, clients: [client], signal: left.signal, leave: () => left.abort() }
  }
  const enter = async (name: string, each: Task = task(name)) => {
    const release = await lane.enter(each)
    entered.push(name)
    return release
  }
  return { lane, usage, entered, task, enter }
}

test('starts no more than its capacity, and the next once a place is free', async () => {
  const { lane, entered, enter } = started()
  const [first] = await Promise.all([enter('a'), enter('b')])
  const third = enter('c')
  await nextIteration()
  expect({ entered: [...entered], pending: lane.pending }).toEqual({ entered: ['a', 'b'], pending: 1 })
  first?.()
  first?.()
  await third
  expect({ entered, running: lane.running, pending: lane.pending }).toEqual({
    entered: ['a', 'b', 'c'],
    running: 2,
    pending: 0,
  })
})

test('gives a free place to the client that has used least, not to the one that waits longest', async () => {
  const { usage, entered, enter } = started({ capacity: 1 })
  usage.charge('heavy', 100)
  const release = await enter('first')
  const waiting = [enter('heavy'), enter('light')]
  release()
  await waiting[1]
  expect(entered).toEqual(['first', 'light'])
  ;(await waiting[1])?.()
  await waiting[0]
})

test('lets one client have no more than its places, whatever is free', async () => {
  const { lane, enter } = started({ capacity: 3, perClient: 1 })
  const release = await enter('a')
  const second = enter('a')
  const other = await enter('b')
  expect([lane.running, lane.pending]).toEqual([2, 1])
  release()
  ;(await second)()
  other()
  expect([lane.running, lane.pending]).toEqual([0, 0])
})

test('rejects tasks that waited too long, and forgets clients that leave', async () => {
  const { lane, enter, task } = started({ capacity: 1, maxWaitMs: 1 })
  const release = await enter('a')
  await expect(enter('b')).rejects.toThrow(WaitTimeout)
  const leaving = task('c')
  const waiting = enter('c', leaving)
  leaving.leave()
  await expect(waiting).rejects.toThrow(ClientGone)
  expect(lane.pending).toBe(0)
  release()
  ;(await enter('d'))()
  expect(lane.running).toBe(0)
})
