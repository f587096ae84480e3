import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { FastifyInstance } from 'fastify'
import type { BlockReport, WatchedLoop } from './event-loop-watchdog-thread.ts'

interface WatchdogLimits {
  /** The shortest block that is reported, in milliseconds; 0 reports none. */
  readonly maxBlockMs: number
  /** A block longer than this ends the process, in milliseconds; 0 ends it never. */
  readonly exitAfterMs: number
}

export interface Watchdog {
  /** Counts the requests of an app by their routes. Call it before the app has any route or hook. */
  watch(app: FastifyInstance): void
  /** Starts watching; `blocked` receives each block when it is over. */
  start(limits: WatchdogLimits, blocked: (report: BlockReport) => void): void
  stop(): Promise<void>
}

const SCRIPT = new URL(`./event-loop-watchdog-thread${extname(import.meta.url)}`, import.meta.url)

/** The label of requests that match no route. */
const UNMATCHED = 'unmatched'

/** More routes than there are; the first place is for the beat, the second for what is unmatched. */
const MAX_ROUTES = 512

/**
 * Watches the event loop from a thread of its own, which goes on while the loop is blocked. Both share memory:
 * the loop beats in it, and counts how many requests of each route are being answered.
 */
export function eventLoopWatchdog(): Watchdog {
  const shared = new Int32Array(new SharedArrayBuffer(4 * MAX_ROUTES))
  const places = new Map<string, number>([[UNMATCHED, 1]])
  let thread: Worker | null = null
  let beating: NodeJS.Timeout | undefined
  return {
    watch(app) {
      app.addHook('onRoute', ({ url }) => {
        if (!places.has(url) && places.size + 1 < MAX_ROUTES) places.set(url, places.size + 1)
      })
      app.addHook('onRequest', (request, reply, done) => {
        const place = places.get(request.routeOptions.url ?? UNMATCHED) ?? 1
        Atomics.add(shared, place, 1)
        reply.raw.once('close', () => Atomics.sub(shared, place, 1))
        done()
      })
    },

    start({ maxBlockMs, exitAfterMs }, blocked) {
      const limitsMs = [maxBlockMs, exitAfterMs].filter((ms) => ms > 0)
      if (limitsMs.length === 0) return
      const beatMs = Math.min(100, Math.max(10, Math.min(...limitsMs) / 10))
      beating = setInterval(() => Atomics.add(shared, 0, 1), beatMs).unref()
      const workerData: WatchedLoop = { shared, routes: [...places.keys()], beatMs, maxBlockMs, exitAfterMs }
      const resourceLimits = { maxOldGenerationSizeMb: 16 }
      thread = new Worker(SCRIPT, { workerData, name: 'watchdog', resourceLimits })
      // The service goes on without it.
      thread.on('error', () => undefined)
      thread.on('message', blocked)
      thread.unref()
    },

    async stop() {
      clearInterval(beating)
      await thread?.terminate()
    },
  }
}
