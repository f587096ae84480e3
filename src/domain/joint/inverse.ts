import type { LinearForm } from './linear-form.ts'
import { SparseMatrix } from './sparse-matrix.ts'
import { SparseVector } from './sparse-vector.ts'
import { TooComplex } from './too-complex.ts'
import { exact, greatestDivisor } from './whole-arithmetic.ts'

/** The entries that are held at most: some 120 MB. */
const MAX_ENTRIES = 3_000_000

/**
 * The inverse of a basis of the simplex: its columns are the directions in which one row of the basis is left and all
 * others are kept. They are sparse, and exact: whole numbers, over a denominator for each column.
 */
export interface Inverse {
  /** Returns the changes of variables along a column, to be divided by its denominator. They hold until the next call. */
  directionOf(column: number): SparseVector
  denominatorOf(column: number): number
  /** Computes the changes of a form along all columns, each to be divided by the column's denominator. */
  computeRates(form: LinearForm, rates: SparseVector): void
  /** Lets a row that changes by `rates` take the place of a column's row, and keeps the rates of a form up to date. */
  pivot(column: number, rates: SparseVector, kept: SparseVector): void
  /** Makes each column the direction of its variable; those of fixed variables are empty. */
  reset(): void
  /** Returns a function that makes the inverse what it is now. */
  save(): () => void
  /** The entries changed so far. */
  work(): number
}

/** Makes the inverse of a basis that keeps each variable where it is; some are fixed for ever. */
export function createInverse(size: number, fixed: ReadonlySet<number>): Inverse {
  /** The rows are variables. */
  const matrix = new SparseMatrix(size)
  const denominators = new Float64Array(size)
  const direction = new SparseVector(size)
  /** The entry of each variable in the column that is being changed, where `seenIn` says so. */
  const entryOf = new Int32Array(size)
  const seenIn = new Float64Array(size)
  let searches = 0
  let work = 0
  reset()

  return { directionOf, denominatorOf, computeRates, pivot, reset, save, work: () => work }

  function reset(): void {
    matrix.clear()
    denominators.fill(1)
    for (let index = 0; index < size; index++) if (!fixed.has(index)) matrix.add(index, index, 1)
  }

  function save(): () => void {
    const saved = new SparseMatrix(size)
    saved.assign(matrix)
    const savedDenominators = denominators.slice()
    return () => {
      matrix.assign(saved)
      denominators.set(savedDenominators)
    }
  }

  function denominatorOf(column: number): number {
    return denominators[column] ?? 1
  }

  function directionOf(column: number): SparseVector {
    direction.clear()
    for (let entry = matrix.firstInColumn(column); entry >= 0; entry = matrix.nextInColumn(entry))
      direction.set(matrix.rowOf(entry), matrix.valueOf(entry))
    return direction
  }

  function computeRates({ variables, coefficients }: LinearForm, rates: SparseVector): void {
    rates.clear()
    for (let index = 0; index < variables.length; index++) {
      const coefficient = coefficients[index] ?? 0
      let entry = matrix.firstInRow(variables[index] ?? 0)
      for (; entry >= 0; entry = matrix.nextInRow(entry)) {
        const column = matrix.columnOf(entry)
        rates.set(column, exact(rates.get(column) + coefficient * matrix.valueOf(entry)))
      }
    }
    work += 2 * rates.length
  }

  function pivot(column: number, rates: SparseVector, kept: SparseVector): void {
    directionOf(column)
    const rate = rates.get(column)
    const [size, sign] = [Math.abs(rate), Math.sign(rate)]
    const keptRate = kept.get(column)
    for (let place = 0; place < rates.length; place++) {
      const other = rates.indexAt(place)
      const otherRate = rates.get(other)
      if (other === column || otherRate === 0) continue
      const shared = size === 1 ? 1 : greatestDivisor(size, otherRate)
      const factor = size / shared
      const times = (sign * otherRate) / shared
      subtract(other, factor, times)
      kept.set(other, exact(exact(factor * kept.get(other)) - exact(times * keptRate)))
      if (denominatorOf(other) !== 1) reduce(other, kept)
    }
    if (sign < 0) turn(column)
    denominators[column] = size
    kept.set(column, sign * keptRate)
    if (size !== 1) reduce(column, kept)
  }

  /** Makes a column `factor` times itself less `times` the present direction. */
  function subtract(column: number, factor: number, times: number): void {
    searches += 1
    denominators[column] = exact(denominatorOf(column) * factor)
    for (let entry = matrix.firstInColumn(column); entry >= 0; entry = matrix.nextInColumn(entry)) {
      const variable = matrix.rowOf(entry)
      seenIn[variable] = searches
      entryOf[variable] = entry
      if (factor !== 1) matrix.set(entry, exact(matrix.valueOf(entry) * factor))
    }
    for (let place = 0; place < direction.length; place++) {
      const variable = direction.indexAt(place)
      const change = exact(times * direction.get(variable))
      if (seenIn[variable] !== searches) {
        matrix.add(variable, column, -change)
        continue
      }
      const entry = entryOf[variable] ?? 0
      const value = exact(matrix.valueOf(entry) - change)
      if (value === 0) matrix.delete(entry)
      else matrix.set(entry, value)
    }
    work += 2 * direction.length
    if (matrix.count > MAX_ENTRIES) throw new TooComplex('the figures depend on one another in too many ways')
  }

  function turn(column: number): void {
    for (let entry = matrix.firstInColumn(column); entry >= 0; entry = matrix.nextInColumn(entry))
      matrix.set(entry, -matrix.valueOf(entry))
  }

  /** Divides a column by what its entries and its denominator share. */
  function reduce(column: number, kept: SparseVector): void {
    let shared = denominatorOf(column)
    for (let entry = matrix.firstInColumn(column); entry >= 0; entry = matrix.nextInColumn(entry)) {
      shared = greatestDivisor(shared, matrix.valueOf(entry))
      if (shared === 1) return
    }
    for (let entry = matrix.firstInColumn(column); entry >= 0; entry = matrix.nextInColumn(entry))
      matrix.set(entry, matrix.valueOf(entry) / shared)
    denominators[column] = denominatorOf(column) / shared
    kept.set(column, kept.get(column) / shared)
  }
}
