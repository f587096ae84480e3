import { setImmediate } from 'node:timers/promises'
import { type SharedTurn, TURN_MS, type Turn } from './turns.ts'

/** Returns a function that, awaited between the steps of a long computation, yields to the event loop when due. */
export function eventLoopYielder(): () => Promise<void> {
  let dueAt = performance.now() + TURN_MS
  return async () => {
    if (performance.now() < dueAt) return
    await setImmediate()
    dueAt = performance.now() + TURN_MS
  }
}

/** Returns a turn for computations that no queue orders, such as those of writes and commands. */
export function unqueuedTurn(): Turn {
  const nothing = () => undefined
  const turn: SharedTurn = {
    task: { owner: '', clients: [], signal: new AbortController().signal },
    yieldIfDue: eventLoopYielder(),
    persist: nothing,
    share: () => turn,
    join: nothing,
  }
  return turn
}
