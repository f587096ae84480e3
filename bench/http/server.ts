import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readSeeds } from '../../src/cli/read-seeds.ts'
import { openStore } from '../../src/store/store.ts'
import { ROWS, type Row } from './rows.ts'

const RUNS = 5
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const run = promisify(execFile)

interface Subject {
  readonly process: ChildProcess
  readonly port: number
}

interface Measured {
  readonly cpuUs: number
  readonly requestsPerSecond: number
}

/** Measures every row in turn, several times over: a table of the least that each took. */
export async function measureServer(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'crossings-bench-'))
  try {
    const database = join(folder, 'crossings.sqlite')
    const store = await openStore({ url: `file:${database}`, now: () => new Date().toISOString() })
    await store.addMissing(readSeeds())
    await store.close()
    return tableOf(await measureAll(database))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function measureAll(database: string): Promise<Map<string, Measured>> {
  const best = new Map<string, Measured>()
  const crossings = await start('crossings', database, '')
  const subjects = new Map<Row, Subject>()
  for (const row of ROWS) {
    const isOurs = row.subject === 'crossings'
    subjects.set(row, isOurs ? crossings : await start(row.subject, database, await bodyFor(row, crossings)))
  }
  for (let turn = 1; turn <= RUNS; turn++) {
    process.stderr.write(`server, run ${turn} of ${RUNS}\n`)
    for (const [row, subject] of subjects) {
      const measured = await measure(row, subject)
      const known = best.get(row.name)
      if (known === undefined || measured.cpuUs < known.cpuUs) best.set(row.name, measured)
    }
  }
  for (const { process } of new Set(subjects.values())) process.disconnect()
  return best
}

async function start(name: string, database: string, body: string): Promise<Subject> {
  const child = fork(script('subject.ts'), [name, database, body])
  const [port] = await once(child, 'message')
  return { process: child, port }
}

async function bodyFor({ body }: Row, { port }: Subject): Promise<string> {
  if (typeof body === 'number') return 'x'.repeat(body)
  return body === undefined ? '' : await (await fetch(`http://127.0.0.1:${port}${body}`)).text()
}

async function measure(row: Row, { process: subject, port }: Subject): Promise<Measured> {
  const url = `http://127.0.0.1:${port}${row.path}`
  const asking = { accept: 'application/json' }
  const { headers } = await fetch(url, { headers: asking })
  const known = row.status === 304 ? { ...asking, 'if-none-match': headers.get('etag') ?? '' } : asking
  await load(url, Math.ceil(row.requests / 10), known)
  const before = await cpuOf(subject)
  const { requestsPerSecond, statuses, errors } = await load(url, row.requests, known)
  const cpuUs = ((await cpuOf(subject)) - before) / row.requests
  const expected = String(row.status ?? 200)
  if (errors > 0 || Object.keys(statuses).join() !== expected) {
    throw new Error(`${row.name} answered ${JSON.stringify(statuses)} with ${errors} errors`)
  }
  return { cpuUs, requestsPerSecond }
}

async function load(url: string, amount: number, headers: Readonly<Record<string, string>>) {
  const { stdout } = await run(process.execPath, [
    script('load.ts'),
    url,
    String(amount),
    JSON.stringify(headers),
  ])
  return JSON.parse(stdout)
}

async function cpuOf(subject: ChildProcess): Promise<number> {
  subject.send('cpu')
  const [cpuUs] = await once(subject, 'message')
  return cpuUs
}

function tableOf(best: ReadonlyMap<string, Measured>): string {
  const lines = ROWS.map(({ name, of }) => {
    const { cpuUs = Number.NaN, requestsPerSecond = Number.NaN } = best.get(name) ?? {}
    const ratio =
      of === undefined ? '' : `${(cpuUs / (best.get(of)?.cpuUs ?? Number.NaN)).toFixed(2)} × ${of}`
    return `| ${[name, cpuUs.toFixed(0), requestsPerSecond, ratio].join(' | ')} |`
  })
  return `The least CPU of the server for a request, of ${RUNS} interleaved runs; the load comes from a process of its own.

| answer | CPU, µs | requests a second | ratio |
| --- | ---: | ---: | --- |
${lines.join('\n')}
`
}
