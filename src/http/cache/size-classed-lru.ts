import { LRUCache } from 'lru-cache'

/** A cache that is bounded by the size of its entries. */
export interface SizedCache<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  /** The number of entries. */
  readonly count: number
  /** The size of all entries together. */
  readonly totalSize: number
}

export interface SizedCacheOptions<Value> {
  readonly maxSize: number
  /** An entry that is larger is not cached. */
  readonly maxEntrySize: number
  readonly sizeOf: (value: Value, key: string) => number
}

/** Entries up to this part of the whole are small: half of the cache holds a hundred of them at least. */
const SMALL_SHARE = 1 / 200

/**
 * Creates an LRU cache whose small entries are evicted by small ones only, and large ones by large ones: a dozen
 * long lists that nobody asks for twice must not evict the totals that everybody asks for. Each class has one half.
 */
export function sizeClassedLru<Value extends object>({
  maxSize,
  maxEntrySize,
  sizeOf,
}: SizedCacheOptions<Value>): SizedCache<Value> {
  const half = Math.max(1, Math.floor(maxSize / 2))
  const create = (maxEntry: number) =>
    new LRUCache<string, Value>({
      maxSize: half,
      maxEntrySize: Math.max(1, Math.min(maxEntry, half)),
      sizeCalculation: sizeOf,
    })
  const smallest = Math.floor(maxSize * SMALL_SHARE)
  const small = create(smallest)
  const large = create(maxEntrySize)
  return {
    get: (key) => small.get(key) ?? large.get(key),
    set(key, value) {
      const [into, other] = sizeOf(value, key) <= smallest ? [small, large] : [large, small]
      other.delete(key)
      into.set(key, value)
    },
    get count() {
      return small.size + large.size
    },
    get totalSize() {
      return small.calculatedSize + large.calculatedSize
    },
  }
}
