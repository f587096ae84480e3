import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildApp } from '../src/http/app.ts'
import { writeCursor } from '../src/http/query/cursor.ts'
import { openStore } from '../src/store/store.ts'
import { BORDERS, buildLarge, INDICATORS, OBSERVATIONS, sourceOf } from './large-database.ts'
import { randomFrom } from './standard-series.ts'

/**
 * Serves a thousand series with a million observations from a file of its own, and measures what answers cost:
 * `node bench/large.ts`. Needs Linux.
 */
const folder = mkdtempSync(join(tmpdir(), 'bench-large-'))
const path = join(folder, 'large.sqlite')
const now = () => new Date().toISOString()
let fileBytes = 0
/** So many pages are asked for, after some that are not counted. */
const PAGES = 200
const WARMING = 20

const agent = new Agent({ keepAlive: true })
const rows: (readonly [string, string, string])[] = []

try {
  process.stderr.write('building\n')
  buildLarge(path)
  process.stderr.write('measuring\n')
  await measure()
} finally {
  rmSync(folder, { recursive: true })
}
console.log(
  `${BORDERS.length * INDICATORS.length} series, ${OBSERVATIONS} observations, ${megabytes(fileBytes)} MB\n`,
)
console.log('| what | elapsed, ms | CPU, ms |')
console.log('| --- | ---: | ---: |')
for (const row of rows) console.log(`| ${row.join(' | ')} |`)
console.log(`\nPeak memory: ${peakMb()} MB`)

async function measure(): Promise<void> {
  fileBytes = statSync(path).size
  const begun = { time: performance.now(), cpu: process.cpuUsage() }
  const store = await timed('start: open and check the database', () =>
    openStore({ url: `file:${path}`, now }),
  )
  const app = await timed('start: build the server', () => buildApp({ store, now, logLevel: 'silent' }))
  const key = await store.write({ author: null, reason: null }, (transaction) =>
    transaction.addKey({ name: 'Bench', scope: 'write', expires_at: null }),
  )
  const server = await timed('start: listen', () => app.listen({ host: '127.0.0.1', port: 0 }))
  const get = (path: string) => ask(server + path)
  const everySeries = async () => {
    for (const indicator of INDICATORS) {
      for (const border of BORDERS)
        await get(`/v1/totals?indicator=${indicator}&country=${border.slice(0, 2)}`)
    }
  }
  await timed('a total of every series, the first time', everySeries)
  const { ms, cpuMs } = since(begun)
  say('start and a total of every series', ms, cpuMs)
  await timed('a total of every series again', everySeries)
  const [indicator = ''] = INDICATORS
  await timed('one total of a hundred borders', () => get(`/v1/totals?indicator=${indicator}`))
  await timed('the same again', () => get(`/v1/totals?indicator=${indicator}`))

  for (const count of [1, 2, 3]) {
    await timed(`write ${count}: POST of one figure`, async () => {
      await ask(`${server}/v1/observations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          source: sourceOf(0, 0),
          country: BORDERS[0]?.slice(0, 2),
          neighbour: 'BY',
          indicator,
          period_start: '2020-01-01',
          period_end: `2020-01-1${count}`,
          period_basis: 'stated',
          count: 5,
          qualifier: 'at_least',
          note: null,
        }),
      })
    })
    const country = BORDERS[0]?.slice(0, 2)
    await timed('… and the total of its series', () =>
      get(`/v1/totals?indicator=${indicator}&country=${country}`),
    )
    await timed('… and the total of another', () =>
      get(`/v1/totals?indicator=${indicator}&country=${BORDERS[1]?.slice(0, 2)}`),
    )
  }

  const { version } = await store.currentVersion()
  const random = randomFrom(11)
  const pages: { ms: number; cpuMs: number }[] = []
  for (let page = 0; page < WARMING + PAGES; page++) {
    const cursor = writeCursor(
      { version, after: 1 + Math.floor(random() * OBSERVATIONS) },
      '/v1/observations?',
    )
    pages.push(await measured(() => get(`/v1/observations?limit=1000&cursor=${cursor}`)))
  }
  const sorted = pages.slice(WARMING).sort((one, other) => one.ms - other.ms)
  for (const [name, share] of [
    ['quickest', 0],
    ['median', 0.5],
    ['95th', 0.95],
  ] as const) {
    const { ms, cpuMs } = sorted[Math.floor(share * PAGES)] ?? { ms: Number.NaN, cpuMs: Number.NaN }
    say(`a page of 1,000 observations anywhere in the list, the ${name} of ${PAGES}`, ms, cpuMs)
  }
  agent.destroy()
  await app.close()
  await store.close()
}

/** Asks over HTTP and takes what comes as it is, by the plainest client, whose time is measured with the server's. */
async function ask(
  url: string,
  { body, ...options }: RequestOptions & { body?: string } = {},
): Promise<void> {
  const asked = request(url, { ...options, agent }).end(body)
  const [response]: IncomingMessage[] = await once(asked, 'response')
  if (response === undefined) throw new Error(`${url}: no answer`)
  const chunks: Buffer[] = []
  response.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(response, 'end')
  if ((response.statusCode ?? 0) >= 300)
    throw new Error(`${url}: ${response.statusCode} ${Buffer.concat(chunks)}`)
}

async function timed<Result>(what: string, work: () => Result | Promise<Result>): Promise<Result> {
  const { result, ms, cpuMs } = await measured(work)
  say(what, ms, cpuMs)
  return result
}

async function measured<Result>(work: () => Result | Promise<Result>) {
  const begun = { time: performance.now(), cpu: process.cpuUsage() }
  const result = await work()
  return { result, ...since(begun) }
}

function since({ time, cpu }: { time: number; cpu: NodeJS.CpuUsage }) {
  const { user, system } = process.cpuUsage(cpu)
  return { ms: performance.now() - time, cpuMs: (user + system) / 1000 }
}

function say(what: string, ms: number, cpuMs: number): void {
  rows.push([what, ms.toFixed(1), cpuMs.toFixed(1)])
  process.stderr.write(`${rows.at(-1)?.join('  ')}\n`)
}

function peakMb(): number {
  const [, peakKb] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return megabytes(Number(peakKb) * 1024)
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6)
}
