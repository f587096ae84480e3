import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { MeasuredServer, Server } from '../../server.ts'
import { reportHealth } from './cluster-health.ts'
import { reportMetrics } from './cluster-metrics.ts'

/** The message that tells a worker to shut down gracefully. */
const STOP = 'stop'

/** The first delay after a failed replacement, in milliseconds; doubled each time. */
const RETRY_MS = 1_000
const MAX_RETRY_MS = 60_000

/** A worker that served for so long was sound, whatever ended it, in milliseconds. */
const SOUND_MS = 10_000

export interface Workers extends Server {
  /** Those that serve at the moment. */
  readonly serving: ReadonlySet<Worker>
}

/** A worker that serves, and what becomes of it. */
interface Started {
  readonly url: string
  readonly ended: Promise<{ readonly how: string; readonly servedMs: number }>
}

/** Thrown where a worker ends before it serves. A code says that it gave the reason itself. */
class EndedEarly extends Error {
  readonly code: number | null
  constructor(how: string, code: number | null) {
    super(how)
    this.code = code
  }
}

const tell = (line: string) => process.stderr.write(`crossings: ${line}\n`)

/**
 * Starts processes that answer on one port over one database; the same command runs in each of them, see
 * `serveInWorker`. Where one cannot start at first, all end. Later each that ends is replaced, and what goes wrong
 * with a replacement is tried again, at growing intervals, while the others go on.
 */
export async function startWorkers(amount: number): Promise<Workers> {
  // Each worker accepts its own connections. By Node's default they would pass through this process, which keeps
  // one open for good that a worker was handed and did not live to take; and a blocked worker would be handed one.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const living = new Set<Worker>()
  const serving = new Set<Worker>()
  const stopping = new AbortController()
  process.once('exit', () => {
    for (const worker of living) worker.process.kill('SIGKILL')
  })

  async function startOne(): Promise<Started> {
    const started = Promise.withResolvers<Started>()
    const ended = Promise.withResolvers<{ how: string; servedMs: number }>()
    const worker = cluster.fork()
    living.add(worker)
    let servesSince = Number.POSITIVE_INFINITY
    const end = (how: string, code: number | null) => {
      living.delete(worker)
      serving.delete(worker)
      started.reject(new EndedEarly(how, code))
      ended.resolve({ how, servedMs: performance.now() - servesSince })
    }
    worker.once('message', ({ url }: { url: string }) => {
      serving.add(worker)
      servesSince = performance.now()
      started.resolve({ url, ended: ended.promise })
    })
    worker.once('exit', (code: number | null, signal: string | null) => end(`${signal ?? code}`, code))
    worker.on('error', (error) => {
      if (worker.process.pid === undefined) end(error.message, null)
    })
    return await started.promise
  }

  /** Replaces a worker whenever it ends; one that fails soon after its start, again and again, waits ever longer. */
  async function keepUp(first: Started): Promise<void> {
    let current = first
    let failures = 0
    for (;;) {
      const { how, servedMs } = await current.ended
      if (stopping.signal.aborted) return
      failures = servedMs < SOUND_MS ? failures + 1 : 0
      const waitMs = retryAfterMs(failures - 1)
      const when = waitMs === 0 ? '' : ` in ${waitMs / 1_000} s`
      tell(`one of the processes ended (${how}), and another takes its place${when}`)
      await setTimeout(waitMs, undefined, stopping)
      current = await startAnother()
    }

    async function startAnother(): Promise<Started> {
      for (;;) {
        try {
          return await startOne()
        } catch (error) {
          stopping.signal.throwIfAborted()
          failures = Math.max(failures, 1) + 1
          const waitMs = retryAfterMs(failures - 1)
          // A code is not told: one that ends with a code has given its reason in a line of its own.
          const isTold = error instanceof EndedEarly && error.code !== null
          const how = isTold || !(error instanceof Error) ? '' : ` (${error.message})`
          tell(
            `the process that was to take its place ended before it served${how}; the next try is in ${waitMs / 1_000} s`,
          )
          await setTimeout(waitMs, undefined, stopping)
        }
      }
    }
  }

  try {
    const first = await startOne()
    const others = await Promise.all(Array.from({ length: amount - 1 }, startOne))
    for (const each of [first, ...others]) {
      keepUp(each).catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error
      })
    }
    return {
      url: first.url,
      serving,
      async close() {
        stopping.abort()
        // What has not begun to serve has nothing to finish.
        for (const worker of living) if (!serving.has(worker)) worker.process.kill('SIGKILL')
        await Promise.all([...serving].map(stopOne))
      },
    }
  } catch (error) {
    if (!(error instanceof EndedEarly)) throw error
    if (error.code === null) tell(`a process ended before it served (${error.message})`)
    process.exit(error.code || 1)
  }
}

/** Returns the delay after a number of failures in a row, in milliseconds. */
function retryAfterMs(failures: number): number {
  return failures < 1 ? 0 : Math.min(RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS)
}

async function stopOne(worker: Worker): Promise<void> {
  const ended = once(worker, 'exit')
  // One that cannot be told any more has ended.
  worker.send(STOP, () => undefined)
  const [code] = await ended
  if (code !== 0) process.exitCode = 1
}

/**
 * Starts a server as one of those of `startWorkers`. Signals are left to the process that started it, because
 * a terminal sends them to all; where that one is gone, Node ends this one.
 */
export async function serveInWorker(start: () => Promise<MeasuredServer>): Promise<void> {
  const leave = () => undefined
  process.on('SIGTERM', leave).on('SIGINT', leave)
  try {
    const server = await start()
    process.on('message', (message) => {
      if (message === STOP) void server.close().then(() => process.exit(0))
    })
    if (server.registry !== null) reportMetrics(server.registry)
    reportHealth(server.ready)
    process.send?.({ url: server.url })
  } catch (error) {
    process.disconnect()
    throw error
  }
}
