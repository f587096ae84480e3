import { setImmediate as nextIteration } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ClientGone,
  ComputationsStopped,
  createTaskGroup,
  type Task,
  WaitTimeout,
} from '../../src/concurrency/task.ts'
import { scheduleTurns } from '../../src/concurrency/turns.ts'
import { usageMeter } from '../../src/concurrency/usage-meter.ts'

/** A scheduler whose clock stands still but for the work that its tasks do. */
function started() {
  let ms = 0
  const clock = () => ms
  const usage = usageMeter({ drainPerMs: 1e-9, clock })
  const turns = scheduleTurns({ usage, clock, turnMs: 10 })
  const log: string[] = []
  const task = (client: string): Task & { leave(): void } => {
    const left = new AbortController()
    return { owner: client, clients: [client], signal: left.signal, leave: () => left.abort() }
  }
  /** Works in pieces of a millisecond, and logs the name at each new turn. */
  async function work(name: string, task: Task, pieces: number): Promise<void> {
    const turn = await turns.begin(task)
    log.push(name)
    for (let piece = 0; piece < pieces; piece++) {
      ms += 1
      const before = log.length
      const seen = ms
      await turn.yieldIfDue()
      if (ms !== seen || log.length !== before) log.push(name)
    }
  }
  return { turns, usage, log, task, work }
}

test('ends what began first, of clients that use about the same', async () => {
  const { log, task, work } = started()
  await Promise.all([work('a', task('a'), 30), work('b', task('b'), 30)])
  expect(log.lastIndexOf('a')).toBeLessThan(log.lastIndexOf('b'))
  expect(log.indexOf('b')).toBeLessThan(log.lastIndexOf('a'))
})

test('ends the computations of one client in the order in which they began, while usage drains', async () => {
  const usage = usageMeter({ drainPerMs: 1 / 3 })
  const turns = scheduleTurns({ usage })
  const signal = new AbortController().signal
  usage.charge('a', 10_000)
  const order: number[] = []
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      await turns.begin({ owner: 'a', clients: ['a'], signal })
      order.push(index)
    }),
  )
  expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index))
})

test('stops what waits for a turn, what has one at its next pause, and what would begin', async () => {
  const { turns, task } = started()
  const turn = await turns.begin(task('a'))
  const shared = turn.share()
  turn.persist()
  const waiting = turns.begin(task('b'))
  turns.stop()
  for (const ended of [waiting, turn.yieldIfDue(), shared.yieldIfDue(), turns.begin(task('c'))])
    await expect(ended).rejects.toThrow(ComputationsStopped)
  expect(turns.pending).toBe(0)
})

test('gives up what has waited too long, unless a part of it is sent already', async () => {
  let ms = 0
  const usage = usageMeter({ drainPerMs: 1, clock: () => 0 })
  const turns = scheduleTurns({ usage, clock: () => ms, turnMs: 10, maxWaitMs: 1_000 })
  const signal = new AbortController().signal
  const [late, patient] = [
    await turns.begin({ owner: 'a', clients: ['a'], signal }),
    await turns.begin({ owner: 'b', clients: ['b'], signal }),
  ]
  patient.persist()
  ms = 20
  const waiting = [late.yieldIfDue(), patient.yieldIfDue()]
  ms = 2_000
  await expect(waiting[0]).rejects.toThrow(WaitTimeout)
  await expect(waiting[1]).resolves.toBeUndefined()
})

test('lets a client that has used little pass those that have used much', async () => {
  const { log, task, work, usage } = started()
  usage.charge('heavy', 1_000)
  await Promise.all([
    work('h1', task('heavy'), 50),
    work('h2', task('heavy'), 50),
    work('light', task('light'), 1),
  ])
  expect(log[0]).toBe('light')
})

test('serves the network between any two turns, however many tasks wait', async () => {
  const { turns, task } = started()
  let begun = 0
  const all = Array.from({ length: 50 }, async (_, index) => {
    await turns.begin(task(`client ${index}`))
    begun += 1
  })
  const seen: number[] = []
  while (begun < 50) {
    await nextIteration()
    seen.push(begun)
  }
  await Promise.all(all)
  const steps = seen.map((count, index) => count - (seen[index - 1] ?? 0))
  expect(Math.max(...steps)).toBe(1)
})

test('charges the time of each turn to the client that started the task', async () => {
  const { task, work, usage } = started()
  const shared = createTaskGroup(task('a'))
  shared.join(task('joined'))
  await Promise.all([work('a', shared, 25), work('b', task('b'), 7)])
  await nextIteration()
  expect([usage.usedMs('a'), usage.usedMs('b'), usage.usedMs('joined')].map(Math.round)).toEqual([25, 7, 0])
})

test('ends the work for clients once the last that waits for it has left', async () => {
  const { turns, task } = started()
  const [first, second] = [task('a'), task('b')]
  const shared = createTaskGroup(first)
  shared.join(second)
  first.leave()
  await expect(turns.begin(first)).rejects.toThrow(ClientGone)
  await expect(turns.begin(shared)).resolves.toBeDefined()
  const waiting = turns.begin(shared)
  second.leave()
  await expect(waiting).rejects.toThrow(ClientGone)
  expect(turns.pending).toBe(0)
})

test('lets a result that a light client waits for pass, whoever started it', async () => {
  const { log, task, work, usage } = started()
  usage.charge('heavy', 10_000)
  usage.charge('middle', 500)
  const shared = createTaskGroup(task('heavy'))
  shared.join(task('light'))
  await Promise.all([
    work('middle', task('middle'), 1),
    work('shared', shared, 1),
    work('heavy', task('heavy'), 1),
  ])
  expect(log).toEqual(['shared', 'middle', 'heavy'])
})

test('finishes all work, of any clients and lengths', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(40)), { maxLength: 12 }),
      async (works) => {
        const { turns, task, work } = started()
        await Promise.all(works.map(([client, pieces]) => work(client, task(client), pieces)))
        expect(turns.pending).toBe(0)
      },
    ),
    { numRuns: 50 },
  )
})

test('goes on with shared work, and with parts of it, for as long as anyone waits for it', async () => {
  const { turns, task, usage } = started()
  usage.charge('heavy', 1_000)
  const [heavy, light] = [task('heavy'), task('light')]
  const shared = (await turns.begin(heavy)).share()
  const part = shared.share()
  shared.join(await turns.begin(light))
  heavy.leave()
  expect([...part.task.clients]).toEqual(['light'])
  expect(part.task.signal.aborted).toBe(false)
  light.leave()
  expect(part.task.signal.aborted).toBe(true)
})

test('lets iterations go by while connections arrive, but not for long', async () => {
  let [ms, arrivals] = [0, 0]
  const usage = usageMeter({ drainPerMs: 1, clock: () => 0 })
  const turns = scheduleTurns({ usage, clock: () => ms, turnMs: 10, arrivals: () => arrivals })
  const signal = new AbortController().signal
  let begun = 0
  const first = turns.begin({ owner: 'a', clients: ['a'], signal }).then(() => {
    begun += 1
  })
  for (let iteration = 0; iteration < 49; iteration++) {
    arrivals += 1
    ms += 1
    await nextIteration()
  }
  expect(begun).toBe(0)
  arrivals += 1
  ms += 1
  await first
  expect(begun).toBe(1)
})
