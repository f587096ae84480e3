/** The end of a list of entries. */
const NONE = -1

/** The entries that a new matrix has room for. */
const LEAST_CAPACITY = 256

/**
 * A square matrix of which few entries are not 0. Entries are numbers; what is held of each stands in arrays at its
 * number. Lists lead through the entries of a row and through those of a column, in no particular order.
 */
export class SparseMatrix {
  readonly size: number
  readonly #firstInRow: Int32Array
  readonly #firstInColumn: Int32Array
  #rowOf = new Int32Array(LEAST_CAPACITY)
  #columnOf = new Int32Array(LEAST_CAPACITY)
  #value = new Float64Array(LEAST_CAPACITY)
  #nextInRow = new Int32Array(LEAST_CAPACITY)
  #previousInRow = new Int32Array(LEAST_CAPACITY)
  #nextInColumn = new Int32Array(LEAST_CAPACITY)
  #previousInColumn = new Int32Array(LEAST_CAPACITY)
  /** The entries ever used; those that are free again lead from one to the next in the row lists. */
  #used = 0
  #firstFree = NONE
  #count = 0

  constructor(size: number) {
    this.size = size
    this.#firstInRow = new Int32Array(size).fill(NONE)
    this.#firstInColumn = new Int32Array(size).fill(NONE)
  }

  /** The number of entries that are not 0. */
  get count(): number {
    return this.#count
  }

  firstInRow(row: number): number {
    return this.#firstInRow[row] ?? NONE
  }

  firstInColumn(column: number): number {
    return this.#firstInColumn[column] ?? NONE
  }

  /** The entry after another one of its row; −1 after the last. */
  nextInRow(entry: number): number {
    return this.#nextInRow[entry] ?? NONE
  }

  nextInColumn(entry: number): number {
    return this.#nextInColumn[entry] ?? NONE
  }

  rowOf(entry: number): number {
    return this.#rowOf[entry] ?? NONE
  }

  columnOf(entry: number): number {
    return this.#columnOf[entry] ?? NONE
  }

  valueOf(entry: number): number {
    return this.#value[entry] ?? 0
  }

  /** Changes an entry to a value other than 0. */
  set(entry: number, value: number): void {
    this.#value[entry] = value
  }

  /** Adds an entry where there is none. */
  add(row: number, column: number, value: number): void {
    const entry = this.#allocate()
    this.#rowOf[entry] = row
    this.#columnOf[entry] = column
    this.#value[entry] = value
    this.#nextInRow[entry] = link(this.#firstInRow, row, entry, this.#previousInRow)
    this.#nextInColumn[entry] = link(this.#firstInColumn, column, entry, this.#previousInColumn)
    this.#count += 1
  }

  /** Removes an entry: it is 0 then. */
  delete(entry: number): void {
    unlink(this.#firstInRow, this.rowOf(entry), entry, this.#nextInRow, this.#previousInRow)
    unlink(this.#firstInColumn, this.columnOf(entry), entry, this.#nextInColumn, this.#previousInColumn)
    this.#nextInRow[entry] = this.#firstFree
    this.#firstFree = entry
    this.#count -= 1
  }

  /** Removes all entries. */
  clear(): void {
    this.#firstInRow.fill(NONE)
    this.#firstInColumn.fill(NONE)
    this.#used = 0
    this.#firstFree = NONE
    this.#count = 0
  }

  /** Makes this matrix equal to another one of the same size. */
  assign(other: SparseMatrix): void {
    while (this.#value.length < other.#used) this.#grow()
    this.#firstInRow.set(other.#firstInRow)
    this.#firstInColumn.set(other.#firstInColumn)
    const copied = (array: Int32Array) => array.subarray(0, other.#used)
    this.#rowOf.set(copied(other.#rowOf))
    this.#columnOf.set(copied(other.#columnOf))
    this.#nextInRow.set(copied(other.#nextInRow))
    this.#previousInRow.set(copied(other.#previousInRow))
    this.#nextInColumn.set(copied(other.#nextInColumn))
    this.#previousInColumn.set(copied(other.#previousInColumn))
    this.#value.set(other.#value.subarray(0, other.#used))
    this.#used = other.#used
    this.#firstFree = other.#firstFree
    this.#count = other.#count
  }

  #allocate(): number {
    const free = this.#firstFree
    if (free !== NONE) {
      this.#firstFree = this.nextInRow(free)
      return free
    }
    if (this.#used === this.#value.length) this.#grow()
    return this.#used++
  }

  #grow(): void {
    const capacity = 2 * this.#value.length
    const larger = (array: Int32Array) => {
      const copy = new Int32Array(capacity)
      copy.set(array)
      return copy
    }
    this.#rowOf = larger(this.#rowOf)
    this.#columnOf = larger(this.#columnOf)
    this.#nextInRow = larger(this.#nextInRow)
    this.#previousInRow = larger(this.#previousInRow)
    this.#nextInColumn = larger(this.#nextInColumn)
    this.#previousInColumn = larger(this.#previousInColumn)
    const values = new Float64Array(capacity)
    values.set(this.#value)
    this.#value = values
  }
}

/** Puts an entry at the head of a list, and returns the one that stood there. */
function link(first: Int32Array, list: number, entry: number, previous: Int32Array): number {
  const head = first[list] ?? NONE
  first[list] = entry
  previous[entry] = NONE
  if (head !== NONE) previous[head] = entry
  return head
}

function unlink(
  first: Int32Array,
  list: number,
  entry: number,
  next: Int32Array,
  previous: Int32Array,
): void {
  const [before, after] = [previous[entry] ?? NONE, next[entry] ?? NONE]
  if (before === NONE) first[list] = after
  else next[before] = after
  if (after !== NONE) previous[after] = before
}
