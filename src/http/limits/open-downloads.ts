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
  const openOf = new Map<string, number>()
  let count = 0
  return {
    open(client) {
      const open = openOf.get(client) ?? 0
      if (open >= (count < MAX_SHARED ? MAX_PER_CLIENT : 1)) return null
      openOf.set(client, open + 1)
      count += 1
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        count -= 1
        const left = (openOf.get(client) ?? 0) - 1
        if (left > 0) openOf.set(client, left)
        else openOf.delete(client)
      }
    },
    get count() {
      return count
    },
  }
}
