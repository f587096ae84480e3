/** Counts what each client has open: places, connections, streams. */
export interface ClientCounts {
  /** Returns the count of a client. */
  of(client: string): number
  /** Increments a client's count; returns an idempotent function that decrements it. */
  add(client: string): () => void
  /** The sum over all clients. */
  readonly total: number
}

/** Creates counters whose memory is bounded: a client with nothing open is forgotten. */
export function createClientCounts(): ClientCounts {
  const counts = new Map<string, number>()
  let total = 0
  const of = (client: string) => counts.get(client) ?? 0
  return {
    of,
    add(client) {
      counts.set(client, of(client) + 1)
      total += 1
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        total -= 1
        const left = of(client) - 1
        if (left > 0) counts.set(client, left)
        else counts.delete(client)
      }
    },
    get total() {
      return total
    },
  }
}
