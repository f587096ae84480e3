/** A cached value and its cost, in the unit of the limit. */
export interface Weighed {
  readonly cost: number
}

export interface WeighedCache<Value> {
  /** Returns the cached value of a key, or loads it once for concurrent callers (single flight). */
  get(key: string, make: () => Promise<Value>): Promise<Value>
}

/** Creates a size-bounded LRU cache with single-flight loading; failed loads are not cached. */
export function weighedCache<Value extends Weighed>(limit: number): WeighedCache<Value> {
  interface Entry {
    readonly value: Promise<Value>
    cost: number
  }
  const entries = new Map<string, Entry>()
  let total = 0

  function drop(key: string, entry: Entry): void {
    if (entries.get(key) !== entry) return
    entries.delete(key)
    total -= entry.cost
  }

  function weigh(key: string, entry: Entry, cost: number): void {
    if (entries.get(key) !== entry) return
    entry.cost = cost
    total += cost
    for (const [oldest, each] of entries) {
      if (total <= limit) break
      drop(oldest, each)
    }
  }

  return {
    get(key, make) {
      const known = entries.get(key)
      if (known !== undefined) {
        entries.delete(key)
        entries.set(key, known)
        return known.value
      }
      const entry: Entry = { value: make(), cost: 0 }
      entries.set(key, entry)
      entry.value.then(
        ({ cost }) => weigh(key, entry, cost),
        () => drop(key, entry),
      )
      return entry.value
    },
  }
}
