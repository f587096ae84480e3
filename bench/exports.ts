import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { containerCommand } from './container-command.ts'
import { buildLongLists } from './long-lists.ts'

/**
 * Builds the program and a database of 20 series of 5,000 daily figures, and takes all of them in every format
 * that is streamed: each time from a server just started, and as fast as it goes. The log of changes is as long,
 * and shows what a format costs by itself; for observations all series are reconciled too: `node bench/exports.ts`,
 * or with the paths to take as arguments. Needs Linux.
 */
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
  await buildLongLists(url)
  console.log('| export | seconds | MB | idle RSS, MB | peak above it, MB | |')
  console.log('| --- | ---: | ---: | ---: | ---: | --- |')
  const asked = process.argv.slice(2)
  for (const path of asked.length > 0 ? asked : EXPORTS) await measure(path, url)
} finally {
  rmSync(folder, { recursive: true })
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
