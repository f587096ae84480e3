import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildApp } from '../src/http/app.ts'
import { writeCursor } from '../src/http/cursor.ts'
import { openStore } from '../src/store/store.ts'
import { BORDERS, buildLarge, INDICATORS, OBSERVATIONS, sourceOf } from './large-database.ts'

/**
 * Serves a thousand series with a million observations from a file of its own, and measures what answers cost:
 * `node bench/large.ts`. Needs Linux.
 */
const folder = mkdtempSync(join(tmpdir(), 'bench-large-'))
const path = join(folder, 'large.sqlite')
const now = () => new Date().toISOString()
let fileBytes = 0
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
  record('start and a total of every series', begun)
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
  await get('/v1/observations?limit=1000')
  for (const share of [0, 0.1, 0.5, 0.9, 0.999]) {
    const after = Math.max(1, Math.floor(OBSERVATIONS * share))
    const url = '/v1/observations?limit=1000'
    const cursor = writeCursor({ version, after }, '/v1/observations?')
    await timed(`a page of 1,000 observations, behind the ${after}th recorded`, () =>
      get(`${url}&cursor=${cursor}`),
    )
  }
  await app.close()
  await store.close()
}

/** Asks over HTTP, and takes what comes as it is. */
async function ask(url: string, init: RequestInit = {}): Promise<void> {
  const response = await fetch(url, { ...init, headers: { ...init.headers, 'accept-encoding': 'identity' } })
  const bytes = await response.arrayBuffer()
  if (!response.ok) throw new Error(`${url}: ${response.status} ${Buffer.from(bytes)}`)
}

async function timed<Result>(what: string, work: () => Result | Promise<Result>): Promise<Result> {
  const begun = { time: performance.now(), cpu: process.cpuUsage() }
  const result = await work()
  record(what, begun)
  return result
}

function record(what: string, { time, cpu }: { time: number; cpu: NodeJS.CpuUsage }): void {
  const { user, system } = process.cpuUsage(cpu)
  rows.push([what, (performance.now() - time).toFixed(1), ((user + system) / 1000).toFixed(1)])
  process.stderr.write(`${rows.at(-1)?.join('  ')}\n`)
}

function peakMb(): number {
  const [, peakKb] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return megabytes(Number(peakKb) * 1024)
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6)
}
