import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SparseMatrix } from '../../../src/domain/joint/sparse-matrix.ts'

const SIZE = 20
const places = fc.tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1))
const changes = fc.array(fc.tuple(places, fc.integer({ min: -3, max: 3 })), { maxLength: 1_000 })

/** The entries of a matrix, found by its rows and by its columns. */
function entriesOf(matrix: SparseMatrix) {
  const [byRow, byColumn]: string[][] = [[], []]
  const text = (entry: number) => `${matrix.rowOf(entry)} ${matrix.columnOf(entry)} ${matrix.valueOf(entry)}`
  for (let index = 0; index < SIZE; index++) {
    for (let entry = matrix.firstInRow(index); entry >= 0; entry = matrix.nextInRow(entry)) {
      expect(matrix.rowOf(entry)).toBe(index)
      byRow?.push(text(entry))
    }
    for (let entry = matrix.firstInColumn(index); entry >= 0; entry = matrix.nextInColumn(entry)) {
      expect(matrix.columnOf(entry)).toBe(index)
      byColumn?.push(text(entry))
    }
  }
  return { byRow: byRow?.sort(), byColumn: byColumn?.sort() }
}

function entryAt(matrix: SparseMatrix, row: number, column: number): number {
  let entry = matrix.firstInRow(row)
  while (entry >= 0 && matrix.columnOf(entry) !== column) entry = matrix.nextInRow(entry)
  return entry
}

test('a sparse matrix holds what a dense one would, by rows and by columns', () => {
  fc.assert(
    fc.property(changes, fc.nat(999), (made, clearAt) => {
      const matrix = new SparseMatrix(SIZE)
      const dense = new Map<string, number>()
      for (const [index, [[row, column], value]] of made.entries()) {
        if (index === clearAt) {
          matrix.clear()
          dense.clear()
        }
        const entry = entryAt(matrix, row, column)
        if (value === 0) {
          if (entry >= 0) matrix.delete(entry)
          dense.delete(`${row} ${column}`)
          continue
        }
        if (entry >= 0) matrix.set(entry, value)
        else matrix.add(row, column, value)
        dense.set(`${row} ${column}`, value)
      }
      const expected = [...dense].map(([place, value]) => `${place} ${value}`).sort()
      expect(entriesOf(matrix)).toEqual({ byRow: expected, byColumn: expected })
      expect(matrix.count).toBe(expected.length)
      const copy = new SparseMatrix(SIZE)
      copy.add(1, 1, 7)
      copy.assign(matrix)
      matrix.clear()
      expect(entriesOf(copy)).toEqual({ byRow: expected, byColumn: expected })
      expect(copy.count).toBe(expected.length)
      copy.add(0, 0, 5)
      expect(entriesOf(copy).byRow).toContain('0 0 5')
    }),
  )
})
