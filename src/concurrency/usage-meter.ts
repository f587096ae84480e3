import { LRUCache } from 'lru-cache'

/** Meters what each client has used lately, in milliseconds of CPU: a leaky bucket for each. */
export interface UsageMeter {
  /** Returns what a client has used and not yet worked off, in milliseconds. */
  usedMs(client: string): number
  /** Adds milliseconds to what a client has used. */
  charge(client: string, ms: number): void
}

interface Level {
  readonly ms: number
  readonly at: number
}

/** Bounds the memory: the clients that were charged longest ago are forgotten. */
const MAX_CLIENTS = 100_000

/**
 * Meters usage that drains at a constant rate, so that a client which pauses is as good as new after a while.
 * @param drainPerMs how many milliseconds of usage drain in a millisecond, above 0
 * @param clock returns milliseconds since any fixed moment, never running backwards
 */
export function usageMeter({
  drainPerMs,
  clock = () => performance.now(),
}: {
  readonly drainPerMs: number
  readonly clock?: () => number
}): UsageMeter {
  const levels = new LRUCache<string, Level>({ max: MAX_CLIENTS })
  const usedMs = (client: string): number => {
    const level = levels.peek(client)
    return level === undefined ? 0 : Math.max(0, level.ms - (clock() - level.at) * drainPerMs)
  }
  return {
    usedMs,
    charge: (client, ms) => void levels.set(client, { ms: usedMs(client) + ms, at: clock() }),
  }
}
