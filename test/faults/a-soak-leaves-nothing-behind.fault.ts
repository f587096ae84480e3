import { readdirSync, statSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { shareOf } from '../support/faults/child-server.ts'
import { extent, isShort, report } from '../support/faults/extent.ts'
import { memoryOf } from '../support/faults/memory.ts'
import { type Asked, load } from '../support/faults/mixed-load.ts'
import {
  builtForContainer,
  databaseIn,
  faultsIn,
  prepareDatabase,
  type Serving,
  serve,
} from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const SECONDS = extent(8, 600)
const THIRDS = [0, 1, 2] as const
const MB = 1024 * 1024

interface Sample {
  readonly at: number
  readonly memoryMb: number
  readonly descriptors: number
  readonly logMb: number
}

function descriptorsOf({ child }: Serving): number {
  return readdirSync(`/proc/${child.pid}/fd`).length
}

/** Looks at a server every second, for so many seconds. */
async function sample(server: Serving, folder: string): Promise<Sample[]> {
  const samples: Sample[] = []
  for (let second = 0; second < SECONDS; second++) {
    await setTimeout(1_000)
    samples.push({
      at: performance.now(),
      memoryMb: memoryOf(server),
      descriptors: descriptorsOf(server),
      logMb: statSync(`${databaseIn(folder)}-wal`).size / MB,
    })
  }
  return samples
}

/** What is of one third of the time. */
function third<Timed extends { readonly at: number }>(
  all: readonly Timed[],
  begun: number,
  which: number,
): Timed[] {
  const length = (SECONDS * 1_000) / 3
  return all.filter(({ at }) => Math.floor((at - begun) / length) === which)
}

function tell(asked: readonly Asked[], begun: number): void {
  for (const kind of new Set(asked.map((each) => each.kind))) {
    const figures = THIRDS.map((which) => {
      const times = third(asked, begun, which)
        .filter((each) => each.kind === kind)
        .map(({ ms }) => ms)
      return `${times.length} took ${shareOf(times, 0.5)}/${shareOf(times, 0.99)}`
    })
    report(`${kind}, by third, p50/p99 in ms: ${figures.join(', ')}`)
  }
}

/** Waits for a while until a server has no more open than that. */
async function settles(server: Serving, descriptors: number): Promise<number> {
  for (let second = 0; second < 15 && descriptorsOf(server) > descriptors; second++) await setTimeout(1_000)
  return descriptorsOf(server)
}

test(`after ${SECONDS} s of everything at once a server holds no more than before`, async () => {
  const folder = scratchFolder()
  const key = await prepareDatabase(folder)
  const server = await serve(folder, {}, isShort ? undefined : builtForContainer())
  const before = descriptorsOf(server)
  const begun = performance.now()
  const stop = load(server, key)
  const samples = await sample(server, folder)
  const asked = await stop()
  tell(asked, begun)
  const [, second = [], last = []] = THIRDS.map((which) => third(samples, begun, which))
  const middle = (of: readonly Sample[]) =>
    shareOf(
      of.map(({ memoryMb }) => memoryMb),
      0.5,
    )
  const most = (of: readonly Sample[], what: 'descriptors' | 'logMb') =>
    Math.max(...of.map((each) => each[what]))
  for (const [name, of] of Object.entries({ second, last })) {
    report(
      `${name} third: ${middle(of)} MB (median), at most ${most(of, 'descriptors')} descriptors, a log of ${most(of, 'logMb').toFixed(1)} MB`,
    )
  }
  const wrong = asked.filter(({ kind, status }) =>
    kind === 'refused' ? status < 400 || status >= 500 : status < 200 || status >= 300,
  )
  expect(wrong).toEqual([])
  expect(await settles(server, before)).toBeLessThanOrEqual(before)
  expect(most(samples, 'logMb')).toBeLessThanOrEqual(5)
  if (!isShort) expect(middle(last)).toBeLessThanOrEqual(middle(second) * 1.05)
  server.child.kill('SIGTERM')
  expect(await server.ended).toMatchObject({ code: 0, stderr: '' })
  expect(faultsIn(folder)).toEqual([])
})
