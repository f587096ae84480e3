import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { containerCommand } from './container-command.ts'
import { buildLarge } from './large-database.ts'

/**
 * Lets 200 clients, each at a loopback address of its own, ask the heaviest pages, series and lists as fast as
 * the limits allow for a minute, half of them leaving after a second, and measures what that costs a client that
 * asks for cached responses, one that asks light questions, and the operator: `node bench/heavy-load.ts`. With
 * `node bench/heavy-load.ts FILE` it is a database of a million observations more, which is made if it is not there.
 */
const CLIENTS = 200
const SECONDS = Number(process.env.SECONDS ?? 60)
const PER_CLIENT = Number(process.env.PER_CLIENT ?? 5)

const HEAVY: readonly ((n: number) => string)[] = [
  (n) =>
    `/?from=2011-01-11&to=2026-02-${day(n)}&interval=week&country=EU,PL,LV,LT&layout=side&published_until=2026-${month(n)}-01`,
  (n) => `/v1/series?interval=day&from=2011-01-01&to=2026-02-${day(n)}&explain=true&limit=10000`,
  (n) => `/v1/charts/series.png?interval=week&from=2012-01-01&to=2026-02-${day(n)}&width=${600 + (n % 600)}`,
  (n) => `/v1/observations?limit=10000&published_until=2026-${month(n)}-${day(n)}`,
  (n) => `/v1/conflicts?limit=10000&published_until=2026-${month(n)}-${day(n)}`,
  (n) => `/v1/series?interval=day&from=2000-01-01&to=2026-02-${day(n)}&format=xlsx&limit=10000`,
]
/** What is heavy where there are a million observations: a hundred series at once. */
const HEAVY_IF_LARGE: typeof HEAVY = [
  (n) => `/v1/totals?indicator=indicator_${n % 10}&published_until=2026-${month(n)}-${day(n)}`,
  (n) => `/v1/series?interval=month&indicator=indicator_${n % 10}&to=2026-02-${day(n)}&limit=10000`,
  (n) => `/v1/conflicts?limit=10000&indicator=indicator_${n % 10}&published_until=2026-${month(n)}-${day(n)}`,
]
const CACHED = '/v1/totals?period=2024'
const LIGHT = (n: number) => `/v1/totals?from=2021-01-${day(n)}&to=2025-${month(n)}-${day(n)}`

const day = (n: number) => String((n % 28) + 1).padStart(2, '0')
const month = (n: number) => String((Math.floor(n / 28) % 12) + 1).padStart(2, '0')

let server: ChildProcessByStdio<null, Readable, null>

if (isMainThread) await measure()
else await attackAll(workerData as Attack)

async function measure(): Promise<void> {
  execFileSync('npm', ['run', '-s', 'build'], { stdio: 'inherit' })
  const folder = mkdtempSync(join(tmpdir(), 'bench-heavy-load-'))
  const [, , large] = process.argv
  if (large !== undefined && !existsSync(large)) buildLarge(large)
  const database = large ?? join(folder, 'crossings.sqlite')
  const metricsPort = await freePort()
  const env = {
    ...process.env,
    PORT: '0',
    METRICS_PORT: String(metricsPort),
    DATABASE_URL: `file:${database}`,
  }
  const [first = '', ...args] = containerCommand()
  server = spawn(process.execPath, [...(process.env.SERVER_FLAGS?.split(' ') ?? []), first, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const { port } = new URL(await addressOf())
    const ask = asker(Number(port))
    const askOperator = asker(metricsPort)
    await ask(CACHED, '127.0.0.1')
    const deadline = performance.now() + SECONDS * 1_000
    const isOn = () => performance.now() < deadline
    // The attack has a thread of its own, so that what is measured here does not wait for it.
    const heavy: Attack = { port: Number(port), isLarge: large !== undefined }
    const attackers = new Worker(new URL(import.meta.url), { workerData: heavy })
    const attacked = once(attackers, 'message') as Promise<[Record<string, number>]>
    const [operator, health, ready, cached, light, memory] = await Promise.all([
      watch(() => askOperator('/health/live', '127.0.0.2'), isOn, 20),
      watch(() => ask('/health/live', '127.0.0.2'), isOn, 20),
      watch(() => ask('/health/ready', '127.0.0.2'), isOn, 100),
      watch((n) => ask(CACHED, `127.0.3.${n % 10}`), isOn, 20),
      watch((n) => ask(LIGHT(n), '127.0.0.4'), isOn, 200),
      watchMemory(isOn),
    ])
    await attacked
    await setTimeout(2_000)
    const after = await watch((n) => ask(LIGHT(1_000 + n), '127.0.0.5'), until(3_000), 20)
    console.log('| what | requests | other than 200 | median, ms | p99, ms | longest, ms |')
    console.log('| --- | ---: | ---: | ---: | ---: | ---: |')
    for (const [name, each] of Object.entries({
      '/health/live at METRICS_PORT': operator,
      '/health/live': health,
      '/health/ready': ready,
      'a cached response': cached,
      'a light question': light,
      'a light question, 2 s later': after,
    }))
      console.log(row(name, each))
    console.log(`\nmemory: ${memory} MB at most`)
    console.log(`heavy requests: ${JSON.stringify((await attacked)[0])}`)
  } finally {
    server.kill()
    await once(server, 'exit')
    rmSync(folder, { recursive: true })
  }
}

interface Attack {
  readonly port: number
  readonly isLarge: boolean
}

interface Answer {
  readonly status: string
  readonly ms: number
}

type Ask = (path: string, localAddress: string, giveUpMs?: number) => Promise<Answer>

function asker(port: number): Ask {
  return (path, localAddress, giveUpMs) =>
    new Promise((resolve) => {
      const begun = performance.now()
      const end = (status: string) => resolve({ status, ms: performance.now() - begun })
      const request = http.get({ host: '127.0.0.1', port, path, localAddress, agent: false }, (response) => {
        response.on('data', () => undefined)
        response.on('end', () => end(String(response.statusCode)))
        response.on('error', () => end('cut off'))
      })
      request.on('error', ({ message }) => end(message === 'left' ? 'left' : 'error'))
      if (giveUpMs !== undefined) request.setTimeout(giveUpMs, () => request.destroy(new Error('left')))
    })
}

/** Lets all clients attack, and tells how many answers there were of each status. */
async function attackAll({ port, isLarge }: Attack): Promise<void> {
  // The clients are on other machines, as it were: they do not take the processor from what they attack.
  if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_LOW)
  const ask = asker(port)
  const paths = isLarge ? [...HEAVY, ...HEAVY_IF_LARGE] : HEAVY
  const statuses = new Map<string, number>()
  const isOn = until(SECONDS * 1_000)
  await Promise.all(
    Array.from({ length: CLIENTS }, (_, client) => attack(ask, client, paths, isOn, statuses)),
  )
  parentPort?.postMessage(Object.fromEntries([...statuses].sort()))
}

/** Asks the heaviest requests, several at a time and each only once, until the time is over. */
async function attack(
  ask: Ask,
  client: number,
  paths: typeof HEAVY,
  isOn: () => boolean,
  statuses: Map<string, number>,
): Promise<void> {
  const address = `127.1.${Math.floor(client / 200)}.${(client % 200) + 1}`
  let n = client * 7
  await Promise.all(
    Array.from({ length: PER_CLIENT }, async (_, lane) => {
      while (isOn()) {
        n += 1
        const path = paths[(client + lane + n) % paths.length]?.(n) ?? '/'
        const { status } = await ask(path, address, client % 2 === 0 ? 1_000 : 30_000)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        // As long as Retry-After says, and not all at the same moment.
        await setTimeout(status === '200' ? 0 : 1_000 * (0.5 + Math.random()))
      }
    }),
  )
}

async function watch(
  ask: (n: number) => Promise<Answer>,
  isOn: () => boolean,
  everyMs: number,
): Promise<Answer[]> {
  const answers: Answer[] = []
  while (isOn()) {
    answers.push(await ask(answers.length))
    await setTimeout(everyMs)
  }
  return answers
}

function until(ms: number): () => boolean {
  const end = performance.now() + ms
  return () => performance.now() < end
}

/** Returns the most memory that the processes of the server took together, in megabytes, what they share once. */
async function watchMemory(isOn: () => boolean): Promise<number> {
  let most = 0
  while (isOn()) {
    const { pid = 0 } = server
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    const shares = [pid, ...children.filter((child) => child !== '')].map(proportionalKb)
    most = Math.max(most, Math.round(shares.reduce((sum, kB) => sum + kB) / 1_024))
    await setTimeout(500)
  }
  return most
}

function proportionalKb(pid: number | string): number {
  try {
    const [, kB = '0'] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? []
    return Number(kB)
  } catch {
    return 0
  }
}

function row(name: string, answers: readonly Answer[]): string {
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b)
  const at = (share: number) =>
    (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(0)
  const failed = answers.filter(({ status }) => status !== '200').length
  return `| ${name} | ${answers.length} | ${failed} | ${at(0.5)} | ${at(0.99)} | ${at(1)} |`
}

/** Returns a port that nothing listens on at the moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function addressOf(): Promise<string> {
  let said = ''
  for await (const chunk of server.stdout.iterator({ destroyOnReturn: false })) {
    said += chunk
    const [, url] = /API +(http:\/\/\S+)\/v1\n/.exec(said) ?? []
    if (url === undefined) continue
    server.stdout.resume()
    return url
  }
  throw new Error('the server ended')
}
