import { WORK_PER_PAUSE, type Work } from '../bounds/work.ts'
import { createInverse } from './inverse.ts'
import { type LinearForm, valueAt } from './linear-form.ts'
import { copyOf, multiply, type Point, sharedBy } from './simplex-point.ts'
import { SparseVector } from './sparse-vector.ts'
import { compareFractions, exact, type Fraction, greatestDivisor } from './whole-arithmetic.ts'

/** How a minimisation ended: at the optimum, as soon as the form was as low as was wanted, or not at all. */
export interface Minimum {
  readonly end: 'optimal' | 'enough' | 'unbounded'
  /** The multipliers of the rows at an optimum, by row, all above 0. */
  readonly multipliers: ReadonlyMap<number, Fraction>
}

/**
 * A set of rows a·X ≥ b with a point that satisfies them all. The point moves from minimum to minimum along the edges of
 * the set (an active-set primal simplex): it needs no first phase, and no vertex to begin with. All numbers are exact.
 */
export interface Simplex {
  /** Returns the point; later moves do not change it. */
  point(): Point
  /** Tells whether the point is one of whole numbers. */
  isWhole(): boolean
  /** Returns the value of a form at the point. */
  valueOf(form: LinearForm): Fraction
  /** Returns how a form is made of the rows of the basis, all tight; null where it depends on a variable that stays. */
  combinationOf(form: LinearForm): ReadonlyMap<number, Fraction> | null
  /** Returns a row over the variables that are not fixed. */
  freeRow(index: number): LinearForm & { readonly bound: number }
  /** Adds a row, which the point must satisfy. */
  addRow(form: LinearForm, bound: number): void
  rowCount(): number
  /** Removes the rows added after there were so many, and moves to a point that satisfies the others. */
  revert(rowCount: number, point: Point): void
  /** Forgets how the point was reached; what is computed next depends on the point and the rows alone. */
  restart(point: Point): void
  /** Returns a function that makes the point, and how it was reached, what they are now; no row may be added between. */
  save(): () => void
  /** Moves the point to where a form is least, or not above `enough`. */
  minimise(form: LinearForm, enough?: number): Work<Minimum>
  /** The steps of all searches so far. */
  work(): number
}

/** After so many steps that move nothing, Bland's rule keeps them from going round in circles. */
const MAX_DEGENERATE_STEPS = 40

/** A variable that stays where it is, in place of a row of the basis. */
const PIN = -1

interface Row extends LinearForm {
  readonly index: number
  readonly bound: number
  /** By how much the point more than satisfies it, to be divided by the point's denominator. */
  slack: number
  isInBasis: boolean
  /** The change of the slack along the current edge. */
  rate: number
  /** The search in which the rate was computed last. */
  seenIn: number
}

const NO_ROW = { variables: [], coefficients: [], bound: 0 }

/** Makes a simplex without rows at a point; some of its variables are fixed there. */
export function createSimplex(start: Point, fixed: ReadonlySet<number>): Simplex {
  const size = start.numerators.length
  const numerators = Float64Array.from(start.numerators)
  let denominator = start.denominator
  const rows: Row[] = []
  const rowsOf: number[][] = Array.from({ length: size }, () => [])
  const basis = new Int32Array(size).fill(PIN)
  const inverse = createInverse(size, fixed)
  /** The changes of the form that is minimised along the columns, and those of the row that enters the basis. */
  const prices = new SparseVector(size)
  const rates = new SparseVector(size)
  let searches = 0
  let work = 0

  return {
    point: () => copyOf({ numerators, denominator }),
    isWhole: () => denominator === 1,
    valueOf: (form) => ({ numerator: exact(valueAt(form, numerators)), denominator }),
    combinationOf(form) {
      inverse.computeRates(form, prices)
      for (let place = 0; place < prices.length; place++) {
        const column = prices.indexAt(place)
        if (prices.get(column) !== 0 && basis[column] === PIN) return null
      }
      return multipliers()
    },
    freeRow,
    addRow(form, bound) {
      for (const variable of form.variables) rowsOf[variable]?.push(rows.length)
      const index = rows.length
      rows.push({ ...form, index, bound, slack: 0, isInBasis: false, rate: 0, seenIn: 0 })
      measureSlack(rows[index])
    },
    rowCount: () => rows.length,
    revert(rowCount, point) {
      for (const row of rows.splice(rowCount)) {
        for (const variable of row.variables) rowsOf[variable]?.pop()
      }
      restart(point)
    },
    restart,
    save,
    minimise,
    work: () => work + inverse.work(),
  }

  function restart(point: Point): void {
    numerators.set(point.numerators)
    denominator = point.denominator
    for (const row of rows) {
      measureSlack(row)
      row.isInBasis = false
    }
    basis.fill(PIN)
    inverse.reset()
    work += size + rows.length
  }

  function save(): () => void {
    const point = copyOf({ numerators, denominator })
    const saved = { basis: basis.slice(), slacks: rows.map(({ slack }) => slack) }
    const restoreInverse = inverse.save()
    return () => {
      numerators.set(point.numerators)
      denominator = point.denominator
      basis.set(saved.basis)
      for (const [index, row] of rows.entries()) {
        row.slack = saved.slacks[index] ?? 0
        row.isInBasis = false
      }
      for (const index of basis) {
        const row = rows[index]
        if (row !== undefined) row.isInBasis = true
      }
      restoreInverse()
    }
  }

  function freeRow(index: number): LinearForm & { readonly bound: number } {
    const { variables, coefficients, bound } = rows[index] ?? NO_ROW
    const free = [...variables.keys()].filter((place) => !fixed.has(variables[place] ?? -1))
    let fixedPart = 0
    for (const [place, variable] of variables.entries()) {
      // Fixed variables have whole values from the start.
      if (fixed.has(variable))
        fixedPart += (coefficients[place] ?? 0) * ((numerators[variable] ?? 0) / denominator)
    }
    return {
      variables: free.map((place) => variables[place] ?? 0),
      coefficients: free.map((place) => coefficients[place] ?? 0),
      bound: exact(bound - fixedPart),
    }
  }

  function measureSlack(row: Row | undefined): void {
    if (row !== undefined) row.slack = exact(valueAt(row, numerators) - exact(row.bound * denominator))
  }

  function* minimise(form: LinearForm, enough = Number.NEGATIVE_INFINITY): Work<Minimum> {
    inverse.computeRates(form, prices)
    let degenerateSteps = 0
    let pauseAt = work + inverse.work() + WORK_PER_PAUSE
    for (;;) {
      const excess = valueAt(form, numerators) - enough * denominator
      if (excess <= 0) return { end: 'enough', multipliers: new Map() }
      const isBland = degenerateSteps >= MAX_DEGENERATE_STEPS
      const column = entering(isBland)
      if (column === null) return { end: 'optimal', multipliers: multipliers() }
      const price = prices.get(column)
      const direction = inverse.directionOf(column)
      const sign = price > 0 ? -1 : 1
      const touched = findRates(direction, sign)
      const row = blockingRow(touched, isBland)
      const reach = row && { numerator: row.slack, denominator: -row.rate }
      const wanted = { numerator: excess, denominator: Math.abs(price) }
      const isEnough = excess < Number.POSITIVE_INFINITY && (!reach || compareFractions(wanted, reach) < 0)
      if (isEnough) {
        move(direction, sign, touched, wanted)
        // The point stopped in the middle of an edge, so that the direction becomes a pin.
        leaveBasis(column)
        basis[column] = PIN
        return { end: 'enough', multipliers: new Map() }
      }
      if (reach === null || row === null) return { end: 'unbounded', multipliers: new Map() }
      degenerateSteps = reach.numerator > 0 ? 0 : degenerateSteps + 1
      move(direction, sign, touched, reach)
      inverse.computeRates(row, rates)
      inverse.pivot(column, rates, prices)
      leaveBasis(column)
      basis[column] = row.index
      row.isInBasis = true
      const done = work + inverse.work()
      if (done < pauseAt) continue
      pauseAt = done + WORK_PER_PAUSE
      yield done
    }
  }

  /** The column along which the form falls, pins first; null at an optimum. */
  function entering(isBland: boolean): number | null {
    let best: number | null = null
    let bestGain = 0
    let bestKey = Number.POSITIVE_INFINITY
    for (let place = 0; place < prices.length; place++) {
      const column = prices.indexAt(place)
      const row = basis[column] ?? PIN
      const price = prices.get(column) / inverse.denominatorOf(column)
      const gain = row === PIN ? 4 * Math.abs(price) : -price
      if (gain <= 0) continue
      const isBetter = isBland
        ? row < bestKey || (row === bestKey && column < (best ?? size))
        : gain > bestGain || (gain === bestGain && column < (best ?? size))
      if (!isBetter) continue
      best = column
      bestGain = gain
      bestKey = row
    }
    work += 2 * prices.length
    return best
  }

  /** Finds the rates at which slacks change along a direction, and returns the rows that do. */
  function findRates(direction: SparseVector, sign: number): Row[] {
    const touched: Row[] = []
    searches += 1
    for (let place = 0; place < direction.length; place++) {
      for (const index of rowsOf[direction.indexAt(place)] ?? []) {
        const row = rows[index]
        if (row === undefined || row.seenIn === searches) continue
        row.seenIn = searches
        row.rate = sign * exact(valueAt(row, direction.values))
        touched.push(row)
      }
    }
    work += 2 * touched.length
    return touched
  }

  /** Moves the point along a direction, by a fraction of the rates over the point's denominator. */
  function move(direction: SparseVector, sign: number, touched: readonly Row[], distance: Fraction): void {
    if (distance.numerator === 0) return
    const shared = greatestDivisor(distance.numerator, distance.denominator)
    const step = distance.numerator / shared
    const factor = distance.denominator / shared
    if (factor !== 1) {
      multiply(numerators, factor)
      for (const row of rows) row.slack = exact(row.slack * factor)
      denominator = exact(denominator * factor)
    }
    for (let place = 0; place < direction.length; place++) {
      const variable = direction.indexAt(place)
      numerators[variable] = exact((numerators[variable] ?? 0) + sign * step * direction.get(variable))
    }
    for (const row of touched) row.slack = exact(row.slack + step * row.rate)
    if (denominator !== 1) reducePoint()
  }

  function reducePoint(): void {
    const divisor = sharedBy({ numerators, denominator })
    if (divisor === 1) return
    for (let index = 0; index < size; index++) numerators[index] = (numerators[index] ?? 0) / divisor
    for (const row of rows) row.slack /= divisor
    denominator /= divisor
  }

  function leaveBasis(column: number): void {
    const row = rows[basis[column] ?? PIN]
    if (row !== undefined) row.isInBasis = false
  }

  function multipliers(): Map<number, Fraction> {
    const found = new Map<number, Fraction>()
    for (let place = 0; place < prices.length; place++) {
      const column = prices.indexAt(place)
      const row = basis[column] ?? PIN
      const numerator = prices.get(column)
      if (row !== PIN && numerator !== 0)
        found.set(row, { numerator, denominator: inverse.denominatorOf(column) })
    }
    return found
  }
}

/** The row that the point reaches first along the current edge; null where it can go on for ever. */
function blockingRow(touched: readonly Row[], isBland: boolean): Row | null {
  let blocking: Row | null = null
  for (const row of touched) {
    if (row.isInBasis || row.rate >= 0) continue
    if (blocking !== null) {
      const later = compareFractions(
        { numerator: row.slack, denominator: -row.rate },
        { numerator: blocking.slack, denominator: -blocking.rate },
      )
      if (later > 0) continue
      // Among rows that it reaches at once the flattest one keeps numbers small; Bland's rule takes the first one.
      const isFirst = row.index < blocking.index
      if (
        later === 0 &&
        !(isBland ? isFirst : row.rate > blocking.rate || (row.rate === blocking.rate && isFirst))
      )
        continue
    }
    blocking = row
  }
  return blocking
}
