/** Numbers by index, of which few are not 0. */
export class SparseVector {
  /** All numbers, 0 included. */
  readonly values: Float64Array
  readonly #indices: Int32Array
  readonly #isListed: Uint8Array
  #length = 0

  constructor(size: number) {
    this.values = new Float64Array(size)
    this.#indices = new Int32Array(size)
    this.#isListed = new Uint8Array(size)
  }

  /** How many indices have been set since the last clearing; {@link indexAt} gives each of them. */
  get length(): number {
    return this.#length
  }

  /** An index that has been set; its number may be 0 again. */
  indexAt(place: number): number {
    return this.#indices[place] ?? 0
  }

  get(index: number): number {
    return this.values[index] ?? 0
  }

  set(index: number, value: number): void {
    if (this.#isListed[index] === 0) {
      this.#isListed[index] = 1
      this.#indices[this.#length] = index
      this.#length += 1
    }
    this.values[index] = value
  }

  /** Makes all numbers 0. */
  clear(): void {
    for (let place = 0; place < this.#length; place++) {
      const index = this.indexAt(place)
      this.values[index] = 0
      this.#isListed[index] = 0
    }
    this.#length = 0
  }
}
