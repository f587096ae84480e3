import { createClientCounts } from '../../concurrency/client-counts.ts'

/** Bounds how many downloads are open: each holds a page of rows and buffers for as long as its client reads. */
export interface OpenDownloads {
  /** Returns the function that gives the download's place free again, or null where the client has too many. */
  open(client: string): (() => void) | null
  readonly count: number
}

/** How many downloads of one client may be open, and in all before each client has one only. */
const MAX_PER_CLIENT = 6
const MAX_SHARED = 200

/** Counts open downloads; a client without any always gets one, so that slow readers shut nobody out. */
export function createOpenDownloads(): OpenDownloads {
  const counts = createClientCounts()
  return {
    open(client) {
      const isFull = counts.of(client) >= (counts.total < MAX_SHARED ? MAX_PER_CLIENT : 1)
      return isFull ? null : counts.add(client)
    },
    get count() {
      return counts.total
    },
  }
}
