import { createClientCounts } from './client-counts.ts'

/** Shares a bounded number of places among clients: downloads, streams. */
export interface FairPlaces {
  /** Takes a place: returns the function that releases it, or null where the client gets none. */
  take(client: string): (() => void) | null
  /** Returns how many places one client has. */
  of(client: string): number
  /** The number of places that are taken. */
  readonly count: number
}

export interface FairPlacesOptions {
  /** The places that one client may have. */
  readonly perClient: number
  /** The number of places taken from which each client gets only one. */
  readonly shared: number
  /** All places; unlimited by default. */
  readonly capacity?: number
}

/** Shares places so that a client without any gets one long after others have taken all that they may have. */
export function createFairPlaces({
  perClient,
  shared,
  capacity = Number.POSITIVE_INFINITY,
}: FairPlacesOptions): FairPlaces {
  const counts = createClientCounts()
  return {
    take(client) {
      const limit = counts.total < shared ? perClient : 1
      return counts.of(client) < limit && counts.total < capacity ? counts.add(client) : null
    },
    of: counts.of,
    get count() {
      return counts.total
    },
  }
}
