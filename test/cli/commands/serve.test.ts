import { cpSync, existsSync, readdirSync, statSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { formatDay, toDay } from '../../../src/domain/calendar.ts'
import { openStore } from '../../../src/store/store.ts'
import { type Running, startCommand, stop } from '../../support/cli/command.ts'
import { eventually } from '../../support/eventually.ts'
import { statusOf } from '../../support/status-of.ts'
import { timeOf } from '../../support/store/history.ts'
import { publication, statement } from '../../support/store/sample-records.ts'
import { folderForAll, scratchFolder } from '../../support/store/scratch.ts'

/** An answer that takes some work, a step at a time. */
const BUSY = '/v1/series?interval=day&from=2021-01-01&to=2025-12-31&country=EU&limit=2000'

/** An answer that takes some work; another for each number. */
const SLOW = (number: number) =>
  `/v1/series?interval=day&from=${formatDay(toDay('2021-01-01') + number)}&to=2025-12-31&limit=2000`

/** An answer of more than the sockets between two processes hold, where there are long notes. */
const LONG = '/v1/observations?indicator=migrant_deaths&limit=10000'

/** Makes a database of the seeds and of figures with long notes. */
async function makeLongNotes(folder: string): Promise<void> {
  const store = await openStore({ url: `file:${folder}/crossings.sqlite`, now: () => timeOf(0) })
  const seeds = readSeeds()
  const period_end = '2026-12-31'
  const figure = {
    indicator: 'migrant_deaths',
    qualifier: 'about',
    note: 'x'.repeat(2_000),
    period_end,
  } as const
  const observations = Array.from({ length: 5_000 }, (_, index) =>
    statement({ ...figure, source: 'long', period_start: formatDay(toDay('2000-01-01') + index) }),
  )
  await store.addMissing({ ...seeds, sources: [...seeds.sources, publication({ id: 'long' })], observations })
  await store.close()
}

interface Serving extends Running {
  readonly url: string
  readonly port: number
}

/** Starts the server on a free port with a database in a folder, and waits until it says where it is. */
async function serve(
  folder: string,
  env: Record<string, string> = {},
  args: string[] = [],
): Promise<Serving> {
  const settings = { DATABASE_URL: `file:${folder}/crossings.sqlite`, PORT: '0', ...env }
  const running = startCommand(['serve', ...args], { env: settings })
  const [, url = ''] = /API +(http:\/\/\S+)\/v1\n/.exec(await running.said(/Example .*\n/)) ?? []
  return { ...running, url, port: Number(new URL(url).port) }
}

/** What is left beside a database that was closed in order: nothing, or nothing that matters. */
function expectClosed(folder: string): void {
  const path = join(folder, 'crossings.sqlite-wal')
  expect(existsSync(path) ? statSync(path).size : 0).toBe(0)
  expect(readdirSync(folder)).toContain('crossings.sqlite')
}

/** A request on a connection of its own, whose answer is read only from a moment of one's choosing. */
function request(port: number, path: string) {
  const answer = Promise.withResolvers<{ status: number; read: () => Promise<string> }>()
  const agent = new Agent({ keepAlive: false })
  get({ host: '127.0.0.1', port, path, agent, headers: { connection: 'keep-alive' } }, (response) => {
    const read = async () => {
      const chunks = []
      for await (const chunk of response) chunks.push(chunk)
      if (!response.complete) throw new Error('the answer was cut off')
      return Buffer.concat(chunks).toString()
    }
    answer.resolve({ status: response.statusCode ?? 0, read })
  }).on('error', answer.reject)
  answer.promise.catch(() => undefined)
  return answer.promise
}

/** A connection that is open, and resolves to what it was sent once the server closes it. */
async function openSocket(port: number): Promise<{ socket: Socket; closed: Promise<string> }> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const closed = new Promise<string>((resolve) =>
    socket.on('close', () => resolve(text)).on('error', () => undefined),
  )
  await new Promise((resolve) => socket.once('connect', resolve))
  return { socket, closed }
}

describe('crossings serve', () => {
  test('says where it is, answers there, and a second start keeps the data and its version', async () => {
    const folder = scratchFolder()
    const first = await serve(folder)
    const said = await first.said(/Example/)
    expect(said).toMatch(
      /^Border Crossings\n {2}Page +http:\/\/127\.0\.0\.1:\d+\/\n {2}API +http:\/\/127\.0\.0\.1:\d+\/v1\n {2}Docs +http:\/\/127\.0\.0\.1:\d+\/docs\n/,
    )
    const [, example = ''] = /curl '(.*)'/.exec(said) ?? []
    const ask = async (url: string) => (await fetch(url)).text()
    const before = [await ask(`${first.url}/v1/observations?limit=10000`), await ask(example)]
    expect(JSON.parse(before[1] ?? '')).toMatchObject({ meta: { version: 1 }, data: expect.any(Array) })
    expect(await statusOf(`${first.url}/docs`)).toBe(200)
    expect(await stop(first)).toMatchObject({ code: 0, signal: null, stderr: '' })
    expectClosed(folder)

    const second = await serve(folder)
    expect(await ask(`${second.url}/v1/observations?limit=10000`)).toBe(before[0])
    expect(await ask(`${second.url}/health/ready`)).toBe('{"status":"ready","version":1}')
    expect(await stop(second, 'SIGINT')).toMatchObject({ code: 0, signal: null, stderr: '' })
    expectClosed(folder)
  })

  test('answers a client so often a minute as RATE_LIMIT says', async () => {
    const { url } = await serve(scratchFolder(), { RATE_LIMIT: '2' }, ['--no-seed'])
    const statuses = []
    for (let time = 1; time <= 3; time++) statuses.push((await fetch(`${url}/v1`)).status)
    expect(statuses).toEqual([200, 200, 429])
  })

  test('serves an empty database where seeding is off', async () => {
    const server = await serve(scratchFolder(), {}, ['--no-seed'])
    expect(await (await fetch(`${server.url}/health/ready`)).text()).toBe('{"status":"ready","version":0}')
    expect(await stop(server)).toMatchObject({ code: 0 })
  })
})

describe('a stopped server', () => {
  const longNotes = folderForAll()
  beforeAll(() => makeLongNotes(longNotes))

  test('finishes the answers it has begun, closes idle connections, accepts no new ones, and ends with 0', async () => {
    const folder = scratchFolder()
    cpSync(longNotes, folder, { recursive: true })
    const server = await serve(folder, { LOG_LEVEL: 'info' })
    const idle = await openSocket(server.port)
    idle.socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n')
    await server.said(/request completed/)
    const unread = await request(server.port, LONG)
    const answers = Array.from({ length: 4 }, () => request(server.port, BUSY))
    const log = await server.said(/incoming request/, 6)
    expect(log.split('request completed').length - 1).toBeLessThan(6)
    const stopped = stop(server)
    await eventually(async () => !(await takesRequests(server.url)))
    expect(unread.status).toBe(200)
    expect(JSON.parse(await unread.read()).data).toHaveLength(5_001)
    for (const { status, read } of await Promise.all(answers)) {
      expect(status).toBe(200)
      expect(JSON.parse(await read()).data).toHaveLength(5 * 365 + 1)
    }
    expect(await idle.closed).toMatch(/^HTTP\/1\.1 200 /)
    const { code, signal } = await stopped
    expect([code, signal]).toEqual([0, null])
    expectClosed(folder)
  })

  test('cuts off, after a grace period, clients that send half a request, send nothing, or read nothing', async () => {
    const folder = scratchFolder()
    cpSync(longNotes, folder, { recursive: true })
    const server = await serve(folder)
    const half = await openSocket(server.port)
    half.socket.write('GET /v1 HTTP/1.1\r\nhost: x\r\n')
    const silent = await openSocket(server.port)
    const unread = await request(server.port, LONG)
    const { code, signal, stderr, ms } = await stop(server)
    expect([code, signal, stderr]).toEqual([0, null, ''])
    expect(ms).toBeGreaterThan(2_000)
    await Promise.all([half.closed, silent.closed])
    await expect(unread.read()).rejects.toThrow()
    expectClosed(folder)
  })

  test('refuses the answers that it cannot finish within the grace period, then closes the database', async () => {
    const folder = scratchFolder()
    const settings = { LOG_LEVEL: 'info', CPU_LIMIT_MS: '0', MAX_CONNECTIONS_PER_CLIENT: '2000' }
    const server = await serve(folder, settings)
    const amount = 400
    const answers = Array.from({ length: amount }, (_, number) =>
      request(server.port, SLOW(number)).then(
        ({ status, read }) => read().then(() => status),
        () => null,
      ),
    )
    await server.said(/incoming request/, amount)
    const { code, signal, stdout, stderr } = await stop(server)
    const statuses = await Promise.all(answers)
    expect([code, signal, stderr]).toEqual([0, null, ''])
    expect(stdout).not.toMatch(/request failed|not open/)
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(statuses).toContain(503)
    expectClosed(folder)
  })

  test('ends at once on a second signal, and keeps what was written', async () => {
    const folder = scratchFolder()
    const server = await serve(folder)
    const half = await openSocket(server.port)
    half.socket.write('GET /v1 HTTP/1.1\r\n')
    const silent = await openSocket(server.port)
    server.child.kill('SIGTERM')
    await eventually(async () => !(await takesRequests(server.url)))
    expect(server.child.exitCode).toBe(null)
    // One that waits for the end of the grace ends with 0.
    server.child.kill('SIGTERM')
    const { code, signal } = await server.ended
    expect([code, signal]).toEqual([1, null])
    await Promise.all([half.closed, silent.closed])
    const store = await openStore({ url: `file:${folder}/crossings.sqlite`, now: () => timeOf(1) })
    expect((await store.currentVersion()).version).toBe(1)
    await store.close()
  })
})

/** Whether a new request is let in: neither refused a connection, nor turned away. */
async function takesRequests(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health/live`).catch(() => null)
  return response !== null && response.status !== 503
}
