import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  databaseIn,
  killHard,
  prepareDatabase,
  type Serving,
  send,
  serve,
  source,
} from '../faults/serving.ts'
import { scratchFolder } from '../store/scratch.ts'
import { inOneLine, runCommand, stop } from './command.ts'

/** Each request takes a connection of its own, because connections are what the processes share out. */
const headers = { connection: 'close' }

const STATED = { period_basis: 'stated', qualifier: 'exact', note: null }

const FIGURE = {
  ...STATED,
  country: 'LT',
  neighbour: 'BY',
  indicator: 'attempted_crossings',
  period_start: '2001-02-01',
  period_end: '2001-02-28',
}

/** The processes that wrote a log. */
function pidsIn(log: string): Set<number> {
  return new Set([...log.matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid)))
}

/** Asks until the log names so many processes; one that was killed answers nothing, or leaves who asks waiting. */
async function pidsOf(server: Serving, amount: number): Promise<Set<number>> {
  for (;;) {
    const signal = AbortSignal.timeout(1_000)
    await fetch(`${server.url}/health/live`, { headers, signal }).catch(() => null)
    const pids = pidsIn(await server.said(/incoming request/))
    if (pids.size >= amount) return pids
    await setTimeout(10)
  }
}

describe('two processes on one port', () => {
  test('answer what was written a moment ago, whichever of them wrote it, and a key sent to both once', async () => {
    const folder = scratchFolder()
    const key = await prepareDatabase(folder)
    const server = await serve(folder, { WORKERS: '2', LOG_LEVEL: 'info' })
    await pidsOf(server, 2)

    const keyed = { key, body: source('desk-1'), headers: { ...headers, 'idempotency-key': 'same' } }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send(server, 'POST', '/v1/sources', keyed)),
    )
    expect(new Set(answers.map((answer) => answer?.status))).toEqual(new Set([201]))
    expect(new Set(answers.map((answer) => answer?.text)).size).toBe(1)

    const figure = { ...FIGURE, source: 'desk-1' }
    const made = await send(server, 'POST', '/v1/observations', {
      key,
      body: { ...figure, count: 0 },
      headers,
    })
    expect(made).toMatchObject({ status: 201 })
    const { id } = JSON.parse(made?.text ?? '').data
    const stale: number[] = []
    for (let count = 1; count <= 500; count++) {
      const change = { key, body: { ...STATED, count }, headers: { ...headers, 'if-match': '*' } }
      const written = await send(server, 'PUT', `/v1/observations/${id}`, change)
      expect(written).toMatchObject({ status: 200 })
      const answer = await fetch(`${server.url}/v1/totals?country=LT&period=2001-02&source=desk-1`, {
        headers,
      })
      const { total } = JSON.parse(await answer.text())
      if (total.count !== count) stale.push(count)
    }
    expect(stale).toEqual([])
    expect(await stop(server)).toMatchObject({ code: 0, stderr: '' })
  })

  test('one that is killed is replaced, and the others go on', async () => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    const server = await serve(folder, { WORKERS: '2', LOG_LEVEL: 'info' })
    const [one = 0] = await pidsOf(server, 2)
    process.kill(one, 'SIGKILL')
    const pids = await pidsOf(server, 3)
    expect(pids.size).toBe(3)
    expect(await stop(server, 'SIGINT')).toMatchObject({
      code: 0,
      stderr: 'crossings: one of the processes ended (SIGKILL), and another takes its place\n',
    })
  })

  test('end with the process that started them', async () => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    const server = await serve(folder, { WORKERS: '2', LOG_LEVEL: 'info' })
    const pids = await pidsOf(server, 2)
    await killHard(server)
    await Promise.all(
      [...pids].map(async (pid) => {
        while (isRunning(pid)) await setTimeout(10)
      }),
    )
    expect([...pids].map(isRunning)).toEqual([false, false])
  })

  test('end in order when one of them has only begun to start', async () => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    const server = await serve(folder, { WORKERS: '2', LOG_LEVEL: 'info' })
    const [one = 0] = await pidsOf(server, 2)
    process.kill(one, 'SIGKILL')
    await once(server.child.stderr ?? server.child, 'data')
    expect(await stop(server)).toMatchObject({ code: 0 })
  })

  test('do not start on a database in memory, of which each would have its own', async () => {
    const ended = await runCommand(['serve'], {
      env: { WORKERS: '2', PORT: '0', DATABASE_URL: 'file::memory:' },
    })
    expect(ended).toEqual(inOneLine(/WORKERS/))
  })

  test('do not start where the port is taken, and the reason is said', async () => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    const holder = await serve(folder)
    const { code, stderr } = await runCommand(['serve'], {
      env: { WORKERS: '2', PORT: String(holder.port), DATABASE_URL: `file:${databaseIn(folder)}` },
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^crossings: bind EADDRINUSE[^\n]*\n$/)
    expect(await stop(holder)).toMatchObject({ code: 0, stderr: '' })
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
