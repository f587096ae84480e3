import { LRUCache } from 'lru-cache'

/** A cache that is bounded by the size of its entries. */
export interface SizedCache<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  /** The number of entries. */
  readonly count: number
  /** What all entries take together. */
  readonly totalSize: number
}

export interface SegmentedLruOptions<Value> {
  readonly maxSize: number
  /** An entry that is larger is not cached. */
  readonly maxEntrySize: number
  readonly sizeOf: (value: Value, key: string) => number
}

/** The part of the whole that is for entries which were asked for again. */
const PROTECTED_SHARE = 0.5

/**
 * Creates a segmented LRU cache: an entry that was asked for again is evicted only by others like it. However many
 * entries come that nobody asks for twice, those that many ask for stay.
 */
export function segmentedLru<Value extends object>({
  maxSize,
  maxEntrySize,
  sizeOf,
}: SegmentedLruOptions<Value>): SizedCache<Value> {
  const segment = (share: number) =>
    new LRUCache<string, Value>({
      maxSize: Math.max(1, Math.floor(maxSize * share)),
      maxEntrySize: Math.max(1, maxEntrySize),
      sizeCalculation: sizeOf,
    })
  const probation = segment(1 - PROTECTED_SHARE)
  const guarded = segment(PROTECTED_SHARE)
  return {
    get(key) {
      const known = guarded.get(key)
      if (known !== undefined) return known
      const again = probation.get(key)
      if (again === undefined) return undefined
      probation.delete(key)
      guarded.set(key, again)
      return again
    },
    set(key, value) {
      if (guarded.has(key)) guarded.set(key, value)
      else probation.set(key, value)
    },
    get count() {
      return probation.size + guarded.size
    },
    get totalSize() {
      return probation.calculatedSize + guarded.calculatedSize
    },
  }
}
