/** What is kept, and what it takes to keep it, in whatever unit the limit has. */
export interface Weighed {
  readonly cost: number
}

export interface WeighedCache<Value> {
  /** What is kept under a key, else what `make` makes: once, however many ask for it meanwhile. */
  get(key: string, make: () => Promise<Value>): Promise<Value>
}

/** Keeps what was asked for last, as much as the limit allows; what fails is not kept. */
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
