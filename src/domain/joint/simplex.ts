import { WORK_PER_PAUSE, type Work } from '../bounds/work.ts'
import { TooComplex } from './too-complex.ts'

/** A linear form: its coefficients, by variable. */
export interface LinearForm {
  readonly variables: readonly number[]
  readonly coefficients: readonly number[]
}

/**
 * How a minimisation ended: at the optimum, as soon as the form had fallen by as much as was wanted, or not at all.
 * `fallen` is by how much it fell; `multipliers` are those of the rows at an optimum, by row, all above 0.
 */
interface Minimum {
  readonly end: 'optimal' | 'enough' | 'unbounded'
  readonly fallen: number
  readonly multipliers: ReadonlyMap<number, number>
}

/**
 * A set of rows a·X ≥ b with a point that satisfies them all. The point moves from minimum to minimum along the edges of
 * the set (an active-set primal simplex): it needs no first phase, and no vertex to begin with.
 */
export interface Simplex {
  /** The point. */
  readonly point: Float64Array
  /** Adds a row, which the point must satisfy. */
  addRow(form: LinearForm, bound: number): void
  rowCount(): number
  /** Removes the rows added after there were so many, and moves to a point that satisfies the others. */
  revert(rowCount: number, point: Float64Array): void
  /** Forgets how the point was reached; what is computed next depends on the point and the rows alone. */
  restart(point: Float64Array): void
  /** Moves the point to where a form is least, or has fallen by `enough`. */
  minimise(form: LinearForm, enough?: number): Work<Minimum>
  /** The steps of all searches so far. */
  work(): number
}

/** Smaller numbers are rounding errors of a price or a rate. */
const EPSILON = 1e-9

/** Smaller entries of the inverse are rounding errors. */
const ZERO = 1e-11

/** After so many steps that move nothing, Bland's rule keeps them from going round in circles. */
const MAX_DEGENERATE_STEPS = 40

/** The entries of the inverse that are held at most: some 300 MB. */
const MAX_ENTRIES = 3_000_000

/** A variable that stays where it is, in place of a row of the basis. */
const PIN = -1

interface Row extends LinearForm {
  readonly index: number
  slack: number
  isInBasis: boolean
  /** The change of the slack along the current edge. */
  rate: number
  /** The search in which the rate was computed last. */
  seenIn: number
}

/** Makes a simplex without rows at a point; some of its variables are fixed there. */
export function createSimplex(start: Float64Array, fixed: ReadonlySet<number>): Simplex {
  const size = start.length
  const point = Float64Array.from(start)
  const rows: Row[] = []
  const rowsOf: number[][] = Array.from({ length: size }, () => [])
  const basis = new Int32Array(size)
  /** The inverse of the basis: its columns are the directions in which one row of the basis is left. */
  const columns: Map<number, number>[] = []
  /** The columns that have an entry for a variable. */
  const columnsOf: Set<number>[] = []
  /** The columns, and the variables with entries, that differ from those of a basis of pins. */
  const changed = new Set(Array.from({ length: size }, (_, index) => index))
  let entryCount = 0
  let searches = 0
  let work = 0
  restart(point)

  return {
    point,
    addRow(form, bound) {
      for (const variable of form.variables) rowsOf[variable]?.push(rows.length)
      rows.push({
        ...form,
        index: rows.length,
        slack: valueAt(form, point) - bound,
        isInBasis: false,
        rate: 0,
        seenIn: 0,
      })
    },
    rowCount: () => rows.length,
    revert(rowCount, at) {
      for (const row of rows.splice(rowCount)) {
        for (const variable of row.variables) rowsOf[variable]?.pop()
      }
      restart(at)
    },
    restart,
    minimise,
    work: () => work,
  }

  function restart(at: Float64Array): void {
    for (const row of rows) {
      row.slack += valueAt(row, at) - valueAt(row, point)
      row.isInBasis = false
    }
    point.set(at)
    basis.fill(PIN)
    entryCount = size
    for (const index of changed) {
      columns[index] = new Map(fixed.has(index) ? [] : [[index, 1]])
      columnsOf[index] = new Set(fixed.has(index) ? [] : [index])
    }
    changed.clear()
  }

  function* minimise(form: LinearForm, enough = Number.POSITIVE_INFINITY): Work<Minimum> {
    const prices = priceOf(form)
    let fallen = 0
    let degenerateSteps = 0
    let pauseAt = work + WORK_PER_PAUSE
    for (;;) {
      const column = entering(prices, degenerateSteps >= MAX_DEGENERATE_STEPS)
      if (column === null) return { end: 'optimal', fallen, multipliers: multipliersOf(prices) }
      const price = prices.get(column) ?? 0
      const touched = findRates(column, price > 0 ? -1 : 1)
      const blocking = blockingRow(touched, degenerateSteps >= MAX_DEGENERATE_STEPS)
      const speed = Math.abs(price)
      const isEnough = blocking.distance * speed >= enough - fallen - EPSILON
      const distance = isEnough ? (enough - fallen) / speed : blocking.distance
      if (distance === Number.POSITIVE_INFINITY) return { end: 'unbounded', fallen, multipliers: new Map() }
      move(column, price > 0 ? -distance : distance, touched, distance)
      fallen += distance * speed
      degenerateSteps = distance > ZERO ? 0 : degenerateSteps + 1
      if (isEnough && Math.abs(rows[blocking.row]?.slack ?? 1) > ZERO) {
        // The point stopped in the middle of an edge, so that the direction becomes a pin.
        leaveBasis(column)
        basis[column] = PIN
      } else pivot(column, blocking.row, prices)
      if (isEnough) return { end: 'enough', fallen, multipliers: new Map() }
      if (work < pauseAt) continue
      pauseAt = work + WORK_PER_PAUSE
      yield work
    }
  }

  /** The change of a form along each column. */
  function priceOf({ variables, coefficients }: LinearForm): Map<number, number> {
    const prices = new Map<number, number>()
    for (const [index, variable] of variables.entries()) {
      for (const column of columnsOf[variable] ?? []) {
        const entry = columns[column]?.get(variable) ?? 0
        prices.set(column, (prices.get(column) ?? 0) + (coefficients[index] ?? 0) * entry)
      }
    }
    for (const [column, price] of prices) if (Math.abs(price) < ZERO) prices.delete(column)
    work += 2 * prices.size
    return prices
  }

  /** The column along which the form falls, pins first; null at an optimum. */
  function entering(prices: ReadonlyMap<number, number>, isBland: boolean): number | null {
    let best: number | null = null
    let bestGain = EPSILON
    let bestKey = Number.POSITIVE_INFINITY
    for (const [column, price] of prices) {
      const row = basis[column] ?? PIN
      const gain = row === PIN ? 4 * Math.abs(price) : -price
      if (gain <= EPSILON) continue
      const isBetter = isBland
        ? row < bestKey || (row === bestKey && column < (best ?? size))
        : gain > bestGain || (gain === bestGain && column < (best ?? size))
      if (!isBetter) continue
      best = column
      bestGain = gain
      bestKey = row
    }
    work += 2 * prices.size
    return best
  }

  /** Finds the rates at which slacks change along a column, and returns the rows that do. */
  function findRates(column: number, sign: number): Row[] {
    const direction = columns[column] ?? new Map<number, number>()
    const touched: Row[] = []
    searches += 1
    for (const variable of direction.keys()) {
      for (const index of rowsOf[variable] ?? []) {
        const row = rows[index]
        if (row === undefined || row.seenIn === searches) continue
        row.seenIn = searches
        row.rate = sign * along(row, direction)
        touched.push(row)
      }
    }
    work += 2 * touched.length
    return touched
  }

  function blockingRow(touched: readonly Row[], isBland: boolean): { row: number; distance: number } {
    let distance = Number.POSITIVE_INFINITY
    let blocking: Row | null = null
    for (const row of touched) {
      if (row.isInBasis || row.rate > -EPSILON) continue
      const reach = Math.max(0, row.slack) / -row.rate
      if (reach > distance + 1e-12) continue
      if (
        blocking !== null &&
        reach >= distance - 1e-12 &&
        !(isBland ? row.index < blocking.index : isSteeper(row, blocking))
      )
        continue
      distance = Math.min(distance, reach)
      blocking = row
    }
    return { row: blocking?.index ?? PIN, distance }
  }

  function move(column: number, step: number, touched: readonly Row[], distance: number): void {
    if (distance === 0) return
    for (const [variable, entry] of columns[column] ?? [])
      point[variable] = (point[variable] ?? 0) + step * entry
    for (const row of touched) row.slack += distance * row.rate
  }

  /** Lets a row take the place of a column's in the basis. */
  function pivot(column: number, index: number, prices: Map<number, number>): void {
    const row = rows[index]
    const direction = columns[column]
    if (row === undefined || direction === undefined) return
    const rates = priceOf(row)
    const rate = rates.get(column) ?? 1
    changed.add(column)
    for (const [variable, entry] of direction) direction.set(variable, entry / rate)
    const price = (prices.get(column) ?? 0) / rate
    for (const [other, otherRate] of rates) {
      if (other === column) continue
      for (const [variable, entry] of direction) addEntry(other, variable, -otherRate * entry)
      work += 2 * direction.size
      const left = (prices.get(other) ?? 0) - otherRate * price
      if (Math.abs(left) < ZERO) prices.delete(other)
      else prices.set(other, left)
    }
    prices.set(column, price)
    leaveBasis(column)
    basis[column] = index
    row.isInBasis = true
  }

  function leaveBasis(column: number): void {
    const row = rows[basis[column] ?? PIN]
    if (row !== undefined) row.isInBasis = false
  }

  function addEntry(column: number, variable: number, change: number): void {
    const entries = columns[column]
    if (entries === undefined) return
    changed.add(column).add(variable)
    const entry = (entries.get(variable) ?? 0) + change
    if (Math.abs(entry) >= ZERO) {
      if (!entries.has(variable)) countEntry()
      entries.set(variable, entry)
      columnsOf[variable]?.add(column)
    } else if (entries.delete(variable)) {
      columnsOf[variable]?.delete(column)
      entryCount -= 1
    }
  }

  function countEntry(): void {
    entryCount += 1
    if (entryCount > MAX_ENTRIES) throw new TooComplex('the figures depend on one another in too many ways')
  }

  function multipliersOf(prices: ReadonlyMap<number, number>): Map<number, number> {
    const multipliers = new Map<number, number>()
    for (const [column, price] of prices) {
      const row = basis[column] ?? PIN
      if (row !== PIN && price > EPSILON) multipliers.set(row, price)
    }
    return multipliers
  }
}

/** The value of a form at a point. */
export function valueAt({ variables, coefficients }: LinearForm, point: Float64Array): number {
  let value = 0
  for (let index = 0; index < variables.length; index++)
    value += (coefficients[index] ?? 0) * (point[variables[index] ?? 0] ?? 0)
  return value
}

function isSteeper(row: Row, other: Row): boolean {
  return row.rate < other.rate || (row.rate === other.rate && row.index < other.index)
}

function along({ variables, coefficients }: LinearForm, direction: ReadonlyMap<number, number>): number {
  let rate = 0
  for (let index = 0; index < variables.length; index++)
    rate += (coefficients[index] ?? 0) * (direction.get(variables[index] ?? PIN) ?? 0)
  return rate
}
