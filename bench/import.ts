import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { Agent, get, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSeeds } from '../src/cli/seeds.ts'
import { openStore } from '../src/store/store.ts'
import { containerCommand } from './container-command.ts'
import { importTable } from './import-table.ts'

/**
 * Builds the program and serves the seeds from a file. Then imports a table of 100,000 figures, without readers and
 * while readers ask for totals, each time into a new database, and the same table once more:
 * `node bench/import.ts`. Needs Linux.
 */
const FIGURES = 100_000
const READERS = 2

/** How long a reader thinks before the next question, in milliseconds. */
const PAUSE_MS = 100

const CLOCK_TICKS = 100

/** As the container starts it. */
const START = containerCommand()

interface Usage {
  readonly cpuS: number
  readonly peakMb: number
}

execFileSync('npm', ['run', '-s', 'build'], { stdio: 'inherit' })
const folder = mkdtempSync(join(tmpdir(), 'bench-import-'))
const table = join(folder, 'table.csv')
await writeFile(table, importTable(FIGURES))
console.log(`${FIGURES} figures, ${megabytes(statSync(table).size)} MB of CSV\n`)
console.log(
  '| import | readers | answer | seconds | CPU, s | peak RSS, MB | reads | p50, ms | p99, ms | slowest, ms |',
)
console.log('| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
try {
  for (const readers of [0, READERS]) await measure(readers)
} finally {
  rmSync(folder, { recursive: true })
}

async function measure(readers: number): Promise<void> {
  const env = { ...process.env, PORT: '0', RATE_LIMIT: '0', DATABASE_URL: `file:${folder}/${readers}.sqlite` }
  const key = await prepare(env.DATABASE_URL)
  const server = spawn(process.execPath, [...START, '--no-seed'], { env })
  try {
    const url = await addressOf(server)
    await readersFor(readers, url, wait(2_000))
    const runs = [
      { name: 'none', run: () => wait(5_000).then(() => '') },
      { name: 'all new', run: () => post(url, key) },
      { name: 'the same again', run: () => post(url, key) },
    ]
    for (const { name, run } of runs) {
      const before = usageOf(server)
      const start = performance.now()
      const answer = run()
      const times = await readersFor(readers, url, answer)
      await answer
      const seconds = (performance.now() - start) / 1_000
      const after = usageOf(server)
      const cpuS = after.cpuS - before.cpuS
      print([
        name,
        readers,
        await answer,
        seconds.toFixed(1),
        cpuS.toFixed(1),
        after.peakMb,
        ...timesOf(times),
      ])
    }
  } finally {
    server.kill()
    await once(server, 'exit')
  }
}

/** A database with the seeds, and a key that may write. */
async function prepare(url: string): Promise<string> {
  const store = await openStore({ url, now: () => new Date().toISOString() })
  await store.addMissing(readSeeds())
  const nobody = { author: null, reason: null }
  const made = await store.write(nobody, (transaction) =>
    transaction.addKey({ name: 'Bench', scope: 'write', expires_at: null }),
  )
  await store.close()
  return made
}

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  for await (const text of stdout ?? []) {
    const [, address] = /API +(http:\S+)\/v1/.exec(String(text)) ?? []
    if (address !== undefined) return address
  }
  throw new Error('the server does not start')
}

/** Lets readers ask one question after another until something is done, and answers how long each took. */
async function readersFor(readers: number, url: string, done: Promise<unknown>): Promise<number[]> {
  let isDone = false
  const end = () => {
    isDone = true
  }
  done.then(end, end)
  const times: number[] = []
  const agent = new Agent({ keepAlive: true })
  await Promise.all(
    Array.from({ length: readers }, async () => {
      while (!isDone) {
        const start = performance.now()
        await ask(`${url}/v1/totals`, agent)
        times.push(performance.now() - start)
        await wait(PAUSE_MS)
      }
    }),
  )
  agent.destroy()
  return times.sort((a, b) => a - b)
}

function ask(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`totals: ${response.statusCode}`))
      response.resume().on('end', resolve)
    }).on('error', reject)
  })
}

/** Sends the table, and answers what is answered. */
function post(url: string, key: string): Promise<string> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'text/csv' }
  return new Promise((resolve, reject) => {
    const sending = request(`${url}/v1/imports`, { method: 'POST', headers }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve(`${response.statusCode} ${JSON.stringify(JSON.parse(text).data)}`)
    })
    createReadStream(table).pipe(sending.on('error', reject))
  })
}

function usageOf({ pid }: ChildProcess): Usage {
  const [, peakKb] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  const cpuS = (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS
  return { cpuS, peakMb: megabytes(Number(peakKb) * 1024) }
}

function timesOf(times: readonly number[]): (string | number)[] {
  if (times.length === 0) return [0, '', '', '']
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? Number.NaN).toFixed(1)
  return [times.length, at(0.5), at(0.99), at(1)]
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6)
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function print(cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(' | ')} |`)
}
