import { setImmediate } from 'node:timers/promises'

/** How long other requests may wait for a long answer, in milliseconds. */
const TURN_MS = 10

/** Awaited between the steps of a long answer, it lets other requests have their turn when one is due. */
export function breather(): () => Promise<void> {
  let turnEnds = performance.now() + TURN_MS
  return async () => {
    if (performance.now() < turnEnds) return
    await setImmediate()
    turnEnds = performance.now() + TURN_MS
  }
}
