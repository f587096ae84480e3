import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { MeasuredServer, Server } from '../server.ts'
import { tellMetrics } from './worker-metrics.ts'

/** What a worker is told when it is to finish what it has begun. */
const STOP = 'stop'

export interface Workers extends Server {
  /** Those that serve at the moment. */
  readonly serving: ReadonlySet<Worker>
}

/** Says to the operator that a process ended by itself. */
const tellOfEnd = (code: number | null, signal: string | null) =>
  process.stderr.write(
    `crossings: one of the processes ended (${signal ?? code}), and another takes its place\n`,
  )

/**
 * Starts processes that answer on one port over one database; the same command runs in each of them, see
 * `serveInWorker`. One that ends by itself once it served is replaced; where one cannot even start, all end.
 */
export async function startWorkers(amount: number): Promise<Workers> {
  const starting = new Set<Worker>()
  const serving = new Set<Worker>()
  let isStopping = false
  const startOne = async (): Promise<string> => {
    const worker = cluster.fork()
    starting.add(worker)
    const url = Promise.withResolvers<string>()
    worker.once('message', ({ url: said }: { url: string }) => {
      starting.delete(worker)
      serving.add(worker)
      url.resolve(said)
    })
    worker.once('exit', (code: number | null, signal: string | null) => {
      if (isStopping) return
      if (!serving.delete(worker)) process.exit(code === 0 ? 1 : (code ?? 1))
      tellOfEnd(code, signal)
      void startOne()
    })
    return await url.promise
  }
  const url = await startOne()
  await Promise.all(Array.from({ length: amount - 1 }, startOne))
  return {
    url,
    serving,
    async close() {
      isStopping = true
      // What has not begun to serve has nothing to finish.
      for (const worker of starting) worker.process.kill('SIGKILL')
      await Promise.all([...serving].map(stopOne))
    },
  }
}

async function stopOne(worker: Worker): Promise<void> {
  const ended = once(worker, 'exit')
  worker.send(STOP)
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
    if (server.registry !== null) tellMetrics(server.registry)
    process.send?.({ url: server.url })
  } catch (error) {
    process.disconnect()
    throw error
  }
}
