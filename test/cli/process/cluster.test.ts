import { once } from 'node:events'
import { renameSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { inOneLine, runCommand, stop } from '../../support/cli/command.ts'
import {
  databaseIn,
  killHard,
  prepareDatabase,
  type Serving,
  send,
  serve,
  source,
} from '../../support/faults/serving.ts'
import { runs } from '../../support/run-count.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

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
    for (let count = 1; count <= runs(500); count++) {
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

  test('one that is killed leaves no connection hanging, nor does one that is blocked take any', async () => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    const server = await serve(folder, { WORKERS: '2', LOG_LEVEL: 'info' })
    const [one = 0] = await pidsOf(server, 2)
    const held = await Promise.all(Array.from({ length: 20 }, () => openConnection(server)))
    const takenBy = await Promise.all(held.map(({ firstAnswer }) => firstAnswer))
    expect(takenBy).toEqual(held.map(() => 'HTTP/1.1 200 OK'))
    process.kill(one, 'SIGSTOP')
    const late = await Promise.all(Array.from({ length: 20 }, () => openConnection(server)))
    expect(await Promise.all(late.map(({ firstAnswer }) => firstAnswer))).toEqual(
      late.map(() => 'HTTP/1.1 200 OK'),
    )
    process.kill(one, 'SIGKILL')
    await once(server.child.stderr ?? server.child, 'data')
    for (const { ask } of [...held, ...late]) ask()
    const outcomes = await Promise.all([...held, ...late].map(({ secondAnswer }) => secondAnswer))
    const served = outcomes.filter((outcome) => outcome === 'HTTP/1.1 200 OK').length
    expect(outcomes.filter((outcome) => outcome === 'closed')).toHaveLength(40 - served)
    expect(served).toBeGreaterThanOrEqual(20)
    expect(await stop(server)).toMatchObject({ code: 0 })
  })

  test('one that cannot be replaced is tried again, with patience, while the other goes on', async () => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    const aside = join(scratchFolder(), 'aside.sqlite')
    const server = await serve(folder, { WORKERS: '2', LOG_LEVEL: 'info' })
    const [one = 0] = await pidsOf(server, 2)
    renameSync(databaseIn(folder), aside)
    process.kill(one, 'SIGKILL')
    let said = ''
    const { stderr } = server.child
    stderr?.on('data', (text: string) => {
      said += text
    })
    while (!said.includes('next try is in 2 s')) await once(stderr ?? server.child, 'data')
    const answer = await fetch(`${server.url}/v1/totals`, { headers })
    expect(answer.status).toBe(200)
    renameSync(aside, databaseIn(folder))
    expect((await pidsOf(server, 3)).size).toBe(3)
    const { code, stderr: whole } = await stop(server)
    expect(code).toBe(0)
    const failure = (seconds: number) =>
      `crossings: ${databaseIn(folder)} is missing[^\n]*\n` +
      `crossings: the process that was to take its place ended before it served; the next try is in ${seconds} s\n`
    expect(whole).toMatch(
      new RegExp(
        `^crossings: one of the processes ended \\(SIGKILL\\), and another takes its place\n${failure(1)}${failure(2)}`,
      ),
    )
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

/** A connection that asks once when it is open, and again when it is told to; an answer is its first line. */
async function openConnection({ port }: Serving) {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  const ask = () => void socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n')
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    const lines = text.match(/HTTP\/1\.1 \d+ \w+/g) ?? []
    if (lines[0] !== undefined) first.resolve(lines[0])
    if (lines[1] !== undefined) second.resolve(lines[1])
  })
  socket
    .on('error', () => undefined)
    .on('close', () => {
      first.resolve('closed')
      second.resolve('closed')
    })
  await once(socket, 'connect')
  ask()
  return { ask, firstAnswer: first.promise, secondAnswer: second.promise }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
