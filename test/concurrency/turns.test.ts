import { setImmediate as nextIteration } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ClientGone, type Task } from '../../src/concurrency/task.ts'
import { scheduleTurns } from '../../src/concurrency/turns.ts'
import { usageMeter } from '../../src/concurrency/usage-meter.ts'

/** A scheduler whose clock stands still but for the work that its tasks do. */
function started() {
  let ms = 0
  const clock = () => ms
  const usage = usageMeter({ drainPerMs: 1e-9, clock })
  const turns = scheduleTurns({ usage, clock, turnMs: 10 })
  const log: string[] = []
  const task = (...clients: string[]): Task & { leave(): void } => {
    const left = new AbortController()
    return { clients: new Set(clients), signal: left.signal, leave: () => left.abort() }
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

test('gives turns in rotation to clients that use the same', async () => {
  const { log, task, work } = started()
  await Promise.all([work('a', task('a'), 30), work('b', task('b'), 30)])
  expect(log.slice(0, 4)).toEqual(['a', 'b', 'a', 'b'])
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
  await Promise.all([work('a', task('a', 'joined'), 25), work('b', task('b'), 7)])
  await nextIteration()
  expect([usage.usedMs('a'), usage.usedMs('b'), usage.usedMs('joined')].map(Math.round)).toEqual([25, 7, 0])
})

test('ends the work for a client that has left, unless others wait for the same', async () => {
  const { turns, task } = started()
  const [left, shared] = [task('a'), task('a', 'b')]
  left.leave()
  shared.leave()
  await expect(turns.begin(left)).rejects.toThrow(ClientGone)
  await expect(turns.begin(shared)).resolves.toBeDefined()
  const leaving = task('a')
  const waiting = turns.begin(leaving)
  leaving.leave()
  await expect(waiting).rejects.toThrow(ClientGone)
  expect(turns.pending).toBe(0)
})

test('lets a result that a light client waits for pass, whoever started it', async () => {
  const { log, task, work, usage } = started()
  usage.charge('heavy', 1_000)
  usage.charge('middle', 500)
  await Promise.all([
    work('middle', task('middle'), 1),
    work('shared', task('heavy', 'light'), 1),
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

test('goes on with shared work when its client leaves, as early as the least demanding that joined', async () => {
  const { turns, task, usage } = started()
  usage.charge('heavy', 1_000)
  const heavy = task('heavy')
  const shared = (await turns.begin(heavy)).share()
  shared.join(task('light'))
  heavy.leave()
  await expect(shared.yieldIfDue()).resolves.toBeUndefined()
})

test('lets iterations go by while connections arrive, but no longer than a turn lasts', async () => {
  let [ms, arrivals] = [0, 0]
  const usage = usageMeter({ drainPerMs: 1, clock: () => 0 })
  const turns = scheduleTurns({ usage, clock: () => ms, turnMs: 10, arrivals: () => arrivals })
  const signal = new AbortController().signal
  let begun = 0
  const first = turns.begin({ clients: new Set(['a']), signal }).then(() => {
    begun += 1
  })
  for (let iteration = 0; iteration < 9; iteration++) {
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
