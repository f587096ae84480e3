import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import autocannon, { type Options, type Result } from 'autocannon'
import { containerCommand } from './container-command.ts'

/**
 * Asks a server that runs as the container does ten times what it can take, each time another question, and
 * says how long those waited whom it answered: `node bench/overload.ts`.
 */
const SECONDS = 10
const TIMES = 10

interface Load {
  readonly statuses: Readonly<Record<string, number>>
  readonly errors: number
  /** Of the answers that were given, in milliseconds. */
  readonly p99Ms: number
  readonly perSecond: number
}

execFileSync('npm', ['run', '-s', 'build'], { stdio: 'inherit' })
const folder = mkdtempSync(join(tmpdir(), 'bench-overload-'))
const env = { ...process.env, PORT: '0', DATABASE_URL: `file:${folder}/crossings.sqlite`, RATE_LIMIT: '0' }
const [first = '', ...args] = containerCommand()
const server = spawn(process.execPath, [first, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
try {
  const url = await addressOf()
  await load(url, { connections: 10, seconds: 3 })
  const capacity = await load(url, { connections: 10, seconds: SECONDS })
  const stopWatching = watch(url)
  const overload = await load(url, {
    connections: 1_000,
    seconds: SECONDS,
    perSecond: TIMES * capacity.perSecond,
  })
  const healthMs = await stopWatching()
  await setTimeout(2_000)
  const after = await load(url, { connections: 10, seconds: 3 })
  console.log('| load | answered a second | p99 of these, ms | statuses | errors |')
  console.log('| --- | ---: | ---: | --- | ---: |')
  for (const [name, each] of Object.entries({ 'all it can take': capacity, overload, '2 s later': after })) {
    const { perSecond, p99Ms, statuses, errors } = each
    console.log(
      `| ${name} | ${perSecond.toFixed(0)} | ${p99Ms.toFixed(0)} | ${JSON.stringify(statuses)} | ${errors} |`,
    )
  }
  console.log(`\n/health/ready took ${healthMs.toFixed(0)} ms at most during the overload.`)
} finally {
  server.kill()
  await once(server, 'exit')
  rmSync(folder, { recursive: true })
}

async function addressOf(): Promise<string> {
  let said = ''
  for await (const chunk of server.stdout.iterator({ destroyOnReturn: false })) {
    said += chunk
    const [, url] = /API +(http:\/\/\S+)\/v1\n/.exec(said) ?? []
    if (url !== undefined) return url
  }
  throw new Error('the server ended')
}

async function load(
  url: string,
  { connections, seconds, perSecond }: { connections: number; seconds: number; perSecond?: number },
): Promise<Load> {
  const times: number[] = []
  const options: Options = {
    url,
    connections,
    duration: seconds,
    ...(perSecond === undefined ? {} : { overallRate: Math.ceil(perSecond) }),
    requests: [{ method: 'GET', setupRequest: (request) => ({ ...request, path: question() }) }],
  }
  const { statusCodeStats, errors, duration } = await new Promise<Result>((resolve, reject) => {
    const asking = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)))
    asking.on('response', (_client, status, _bytes, ms) => {
      if (status === 200) times.push(ms)
    })
  })
  times.sort((a, b) => a - b)
  return {
    statuses: Object.fromEntries(
      Object.entries(statusCodeStats ?? {}).map(([status, { count }]) => [status, count ?? 0]),
    ),
    errors,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
    perSecond: times.length / duration,
  }
}

/** A window that nobody has asked for yet. */
function question(): string {
  const day = () => new Date(Date.UTC(2021, 0, 1 + Math.floor(Math.random() * 700)))
  const end = new Date(day().getTime() + 730 * 86_400_000)
  return `/v1/totals?from=${day().toISOString().slice(0, 10)}&to=${end.toISOString().slice(0, 10)}`
}

/** Asks for readiness ten times a second; the longest that took, once it is stopped. */
function watch(url: string): () => Promise<number> {
  let isOn = true
  const watching = (async () => {
    let longest = 0
    while (isOn) {
      const begun = performance.now()
      await (await fetch(`${url}/health/ready`)).text()
      longest = Math.max(longest, performance.now() - begun)
      await setTimeout(100)
    }
    return longest
  })()
  return () => {
    isOn = false
    return watching
  }
}
