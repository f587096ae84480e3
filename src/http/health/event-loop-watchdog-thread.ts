import { writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

/** The shared state that the thread watches, and its limits. */
export interface WatchedLoop {
  /** First how often the loop has beaten, then how many requests of each route are being answered. */
  readonly shared: Int32Array
  readonly routes: readonly string[]
  readonly beatMs: number
  readonly maxBlockMs: number
  readonly exitAfterMs: number
}

/** A block that is over: how long it was, and the routes that were being answered, with how many requests. */
export interface BlockReport {
  readonly ms: number
  readonly routes: Readonly<Record<string, number>>
}

const { shared, routes, beatMs, maxBlockMs, exitAfterMs } = workerData as WatchedLoop

let lastBeat = Atomics.load(shared, 0)
let lastLook = performance.now()
let blockedMs = 0
let during: Record<string, number> | null = null

setInterval(look, beatMs)

function look(): void {
  const beat = Atomics.load(shared, 0)
  const now = performance.now()
  // Where this thread was held up as well, the machine was busy or asleep, and that is no fault of the loop.
  const sinceMs = Math.min(now - lastLook, 2 * beatMs)
  lastLook = now
  if (beat !== lastBeat) {
    if (during !== null)
      parentPort?.postMessage({ ms: Math.round(blockedMs), routes: during } satisfies BlockReport)
    lastBeat = beat
    blockedMs = 0
    during = null
    return
  }
  blockedMs += sinceMs
  if (maxBlockMs > 0 && blockedMs > maxBlockMs) during ??= beingAnswered()
  if (exitAfterMs > 0 && blockedMs > exitAfterMs) end(during ?? beingAnswered())
}

function beingAnswered(): Record<string, number> {
  const counts = routes.map((route, place) => [route, Atomics.load(shared, place + 1)] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

/** Ends the process as a power cut would, because a loop that is blocked cannot end in order. */
function end(answered: Record<string, number>): void {
  const lines = Object.entries(answered).map(([route, count]) => `${route} (${count})`)
  const answering = lines.length === 0 ? '' : `; it was answering ${lines.join(', ')}`
  try {
    writeSync(
      2,
      `crossings: ended because its event loop was blocked for ${exitAfterMs / 1_000} s${answering}\n`,
    )
  } finally {
    process.kill(process.pid, 'SIGKILL')
  }
}
