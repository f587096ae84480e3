import { setImmediate } from 'node:timers/promises'
import type { SharedTurn, Turn } from './turns.ts'

/** How long a computation may hold the event loop in one piece, in milliseconds. */
const YIELD_EVERY_MS = 10

/** Returns a function that, awaited between the steps of a long computation, yields to the event loop when due. */
export function eventLoopYielder(): () => Promise<void> {
  let dueAt = performance.now() + YIELD_EVERY_MS
  return async () => {
    if (performance.now() < dueAt) return
    await setImmediate()
    dueAt = performance.now() + YIELD_EVERY_MS
  }
}

/** Returns a turn for computations that no queue orders, such as those of writes and commands. */
export function unqueuedTurn(): Turn {
  const yieldIfDue = eventLoopYielder()
  const turn: SharedTurn = { clients: new Set(), yieldIfDue, share: () => turn, join: () => undefined }
  return turn
}
