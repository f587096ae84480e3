import { LRUCache } from 'lru-cache'

/** A cached value and its cost, in the unit of the limit. */
export interface Weighed {
  readonly cost: number
}

export interface WeighedCache<Value> {
  /** Returns the cached value of a key, or loads it once for concurrent callers (single flight). */
  get(key: string, load: () => Promise<Value>): Promise<Value>
}

/**
 * Creates a size-bounded LRU cache with single-flight loading. Failed loads are not cached.
 * @param limit the sum of costs, a whole number above 0
 */
export function weighedCache<Value extends Weighed>(limit: number): WeighedCache<Value> {
  const values = new LRUCache<string, Value>({
    maxSize: limit,
    sizeCalculation: ({ cost }) => Math.max(1, Math.ceil(cost)),
  })
  const inFlight = new Map<string, Promise<Value>>()

  async function loadInto(key: string, load: () => Promise<Value>): Promise<Value> {
    try {
      const value = await load()
      values.set(key, value)
      return value
    } finally {
      inFlight.delete(key)
    }
  }

  return {
    async get(key, load) {
      const known = values.get(key)
      if (known !== undefined) return known
      const flight = inFlight.get(key) ?? loadInto(key, load)
      inFlight.set(key, flight)
      return await flight
    },
  }
}
