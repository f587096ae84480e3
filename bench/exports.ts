import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatDay, toDay } from '../src/domain/calendar.ts'
import { openStore } from '../src/store/store.ts'
import { containerCommand } from './container-command.ts'

/**
 * Builds the program and a database of 20 series of 5,000 daily figures, and takes all of them in every format
 * that is streamed: each time from a server just started, and as fast as it goes. The log of changes is as long,
 * and shows what a format costs by itself; for observations all series are reconciled too: `node bench/exports.ts`,
 * or with the paths to take as arguments. Needs Linux.
 */
const BORDERS = ['PL-BY', 'LV-BY', 'LT-BY', 'FI-RU', 'EE-RU']
const INDICATORS = ['attempted_crossings', 'apprehensions', 'migrant_deaths', 'trafficking_arrests']
const DAYS = 5_000
const DAYS_OF_SOURCE = 25
const FIRST_DAY = toDay('2010-01-01')

/** What an export may take above a server that has nothing to do, in MB. */
const MAX_ABOVE_IDLE_MB = 150

const EXPORTS = [
  ...['/v1/changes', '/v1/observations'].flatMap((path) =>
    ['csv', 'ndjson', 'xlsx', 'parquet'].map((format) => `${path}?limit=all&format=${format}`),
  ),
  '/v1/datapackage.zip',
  '/v1/datapackage.json',
]

/** As the container starts it. */
const START = [...containerCommand(), '--no-seed']

execFileSync('npm', ['run', '-s', 'build'], { stdio: 'inherit' })
const folder = mkdtempSync(join(tmpdir(), 'bench-exports-'))
try {
  const url = `file:${join(folder, 'exports.sqlite')}`
  await build(url)
  console.log('| export | seconds | MB | idle RSS, MB | peak above it, MB | |')
  console.log('| --- | ---: | ---: | ---: | ---: | --- |')
  const asked = process.argv.slice(2)
  for (const path of asked.length > 0 ? asked : EXPORTS) await measure(path, url)
} finally {
  rmSync(folder, { recursive: true })
}

async function build(url: string): Promise<void> {
  const store = await openStore({ url, now: () => new Date().toISOString() })
  const sourceOf = (day: number) => `guard-${Math.floor(day / DAYS_OF_SOURCE)}`
  await store.addMissing({
    indicators: INDICATORS.map((id, index) => ({
      id,
      position: index + 1,
      label: id,
      definition: 'What is counted.',
      definitions: {},
    })),
    borders: BORDERS.map((id, index) => ({
      id,
      country: id.slice(0, 2),
      neighbour: id.slice(3),
      position: index + 1,
      label: id,
      members: [],
    })),
    sources: [...new Set(Array.from({ length: DAYS }, (_, day) => sourceOf(day)))].map((id) => ({
      id,
      publisher: 'Border Guard',
      origin: 'Straż Graniczna',
      kind: 'official' as const,
      title: `The title of the publication ${id}, with a comma`,
      published_on: '2024-12-31',
      url: `https://example.org/${id}/the-address-of-an-article-is-long`,
    })),
    observations: Array.from({ length: DAYS }, (_, day) => formatDay(FIRST_DAY + day)).flatMap((date, day) =>
      BORDERS.flatMap((border) =>
        INDICATORS.map((indicator, index) => ({
          source: sourceOf(day),
          country: border.slice(0, 2),
          neighbour: border.slice(3),
          indicator,
          period_start: date,
          period_end: date,
          period_basis: 'stated' as const,
          count: (day * 31 + index) % 97,
          qualifier: 'exact' as const,
          note: `a remark, "quoted", on day ${day}`,
        })),
      ),
    ),
    events: [],
  })
  await store.close()
}

async function measure(path: string, database: string): Promise<void> {
  const env = { ...process.env, PORT: '0', DATABASE_URL: database, LOG_LEVEL: 'error' }
  const server = spawn(process.execPath, START, { env })
  server.stderr.pipe(process.stderr)
  try {
    const url = await addressOf(server)
    await (await fetch(`${url}/v1/sources?limit=1`)).arrayBuffer()
    const { idleMb } = forgetPeak(server)
    const start = performance.now()
    const { ok, bytes } = await take(url + path)
    const seconds = (performance.now() - start) / 1_000
    const aboveMb = memoryOf(server, 'VmHWM') - idleMb
    const verdict = ok && aboveMb <= MAX_ABOVE_IDLE_MB ? 'ok' : 'TOO MUCH'
    const cells = [path, seconds.toFixed(1), (bytes / 1e6).toFixed(1), idleMb, aboveMb, verdict]
    console.log(`| ${cells.join(' | ')} |`)
    if (verdict !== 'ok') process.exitCode = 1
  } finally {
    server.kill()
    await once(server, 'exit')
  }
}

async function take(url: string): Promise<{ ok: boolean; bytes: number }> {
  const { ok, body } = await fetch(url)
  let bytes = 0
  for await (const piece of body ?? []) bytes += (piece as Uint8Array).length
  return { ok, bytes }
}

async function addressOf(server: ChildProcess): Promise<string> {
  for await (const text of server.stdout ?? []) {
    const [, url] = /API\s+(http:\S+)\/v1/.exec(String(text)) ?? []
    if (url !== undefined) return url
  }
  throw new Error('the server did not start')
}

/** What a process holds now, from where its peak is counted anew (proc_pid_clear_refs). */
function forgetPeak(server: ChildProcess): { idleMb: number } {
  writeFileSync(`/proc/${server.pid}/clear_refs`, '5')
  return { idleMb: memoryOf(server, 'VmRSS') }
}

function memoryOf({ pid }: ChildProcess, name: 'VmRSS' | 'VmHWM'): number {
  const [, kilobytes] =
    new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1_000)
}
