import type { LinearForm } from './linear-form.ts'
import { TooComplex } from './too-complex.ts'
import { exact, greatestDivisor } from './whole-arithmetic.ts'

/** The entries that are held at most: some 300 MB. */
const MAX_ENTRIES = 3_000_000

/** The changes of a form along the columns, each to be divided by the column's denominator; none where it is 0. */
export type Rates = Map<number, number>

/**
 * The inverse of a basis of the simplex: its columns are the directions in which one row of the basis is left and all
 * others are kept. They are sparse, and exact: whole numbers, over a denominator for each column.
 */
export interface Inverse {
  /** The entries of a column, by variable, each to be divided by its denominator. */
  column(index: number): ReadonlyMap<number, number>
  denominatorOf(column: number): number
  /** Returns the changes of a form along all columns. */
  ratesOf(form: LinearForm): Rates
  /** Lets a row that changes by `rates` take the place of a column's row, and keeps the rates of a form up to date. */
  pivot(column: number, rates: Rates, kept: Rates): void
  /** Makes each column the direction of its variable; those of fixed variables are empty. */
  reset(): void
  /** The entries changed so far. */
  work(): number
}

/** Makes the inverse of a basis that keeps each variable where it is; some are fixed for ever. */
export function createInverse(size: number, fixed: ReadonlySet<number>): Inverse {
  const columns: Map<number, number>[] = []
  const denominators = new Float64Array(size).fill(1)
  /** The columns that have an entry for a variable. */
  const columnsOf: Set<number>[] = []
  /** The columns and variables that differ from how they began. */
  const changed = new Set(Array.from({ length: size }, (_, index) => index))
  let entryCount = 0
  let work = 0
  reset()

  return {
    column: (index) => columns[index] ?? new Map(),
    denominatorOf: (column) => denominators[column] ?? 1,
    ratesOf,
    pivot,
    reset,
    work: () => work,
  }

  function reset(): void {
    entryCount = size
    for (const index of changed) {
      columns[index] = new Map(fixed.has(index) ? [] : [[index, 1]])
      columnsOf[index] = new Set(fixed.has(index) ? [] : [index])
      denominators[index] = 1
    }
    changed.clear()
  }

  function ratesOf({ variables, coefficients }: LinearForm): Rates {
    const rates: Rates = new Map()
    for (let index = 0; index < variables.length; index++) {
      const variable = variables[index] ?? 0
      const coefficient = coefficients[index] ?? 0
      for (const column of columnsOf[variable] ?? []) {
        const entry = columns[column]?.get(variable) ?? 0
        rates.set(column, exact((rates.get(column) ?? 0) + coefficient * entry))
      }
    }
    for (const [column, rate] of rates) if (rate === 0) rates.delete(column)
    work += 2 * rates.size
    return rates
  }

  function pivot(column: number, rates: Rates, kept: Rates): void {
    const direction = columns[column] ?? new Map<number, number>()
    const rate = rates.get(column) ?? 1
    const [size, sign] = [Math.abs(rate), Math.sign(rate)]
    const keptRate = kept.get(column) ?? 0
    for (const [other, otherRate] of rates) {
      if (other === column) continue
      const shared = size === 1 ? 1 : greatestDivisor(size, otherRate)
      const factor = size / shared
      const times = (sign * otherRate) / shared
      if (factor !== 1) scale(other, factor)
      for (const [variable, entry] of direction) addEntry(other, variable, exact(times * entry))
      const left = exact(exact(factor * (kept.get(other) ?? 0)) - exact(times * keptRate))
      if (left === 0) kept.delete(other)
      else kept.set(other, left)
      if (denominators[other] !== 1) reduce(other, kept)
      work += 2 * direction.size
    }
    changed.add(column)
    if (sign < 0) for (const [variable, entry] of direction) direction.set(variable, -entry)
    denominators[column] = size
    kept.set(column, sign * keptRate)
    if (size !== 1) reduce(column, kept)
  }

  function scale(column: number, factor: number): void {
    const entries = columns[column]
    if (entries === undefined) return
    changed.add(column)
    for (const [variable, entry] of entries) entries.set(variable, exact(entry * factor))
    denominators[column] = exact((denominators[column] ?? 1) * factor)
  }

  /** Divides a column by what its entries and its denominator share. */
  function reduce(column: number, kept: Rates): void {
    const entries = columns[column]
    let shared = denominators[column] ?? 1
    if (entries === undefined) return
    for (const entry of entries.values()) {
      shared = greatestDivisor(shared, entry)
      if (shared === 1) return
    }
    for (const [variable, entry] of entries) entries.set(variable, entry / shared)
    denominators[column] = (denominators[column] ?? 1) / shared
    const rate = kept.get(column)
    if (rate !== undefined) kept.set(column, rate / shared)
  }

  function addEntry(column: number, variable: number, change: number): void {
    const entries = columns[column]
    if (entries === undefined) return
    const before = entries.get(variable)
    const entry = exact((before ?? 0) - change)
    changed.add(column).add(variable)
    if (entry === 0) {
      entries.delete(variable)
      columnsOf[variable]?.delete(column)
      entryCount -= 1
      return
    }
    entries.set(variable, entry)
    if (before !== undefined) return
    columnsOf[variable]?.add(column)
    entryCount += 1
    if (entryCount > MAX_ENTRIES) throw new TooComplex('the figures depend on one another in too many ways')
  }
}
