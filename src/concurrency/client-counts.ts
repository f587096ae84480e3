/** Counts what each client holds at the moment: places, connections, streams. */
export interface ClientCounts {
  /** Returns how many one client holds. */
  of(client: string): number
  /** Counts one more of a client; returns the function that takes it back, however often it is called. */
  add(client: string): () => void
  /** The number that all clients hold together. */
  readonly total: number
}

/** Creates counts that remember no client that holds nothing, so that their memory is bounded by what is held. */
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
