import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finish } from '../../../src/domain/bounds/work.ts'
import { cutOff } from '../../../src/domain/joint/rounding-cut.ts'
import { createSimplex } from '../../../src/domain/joint/simplex.ts'

/** The variables of a random problem are whole numbers from 0 to this. */
const MOST = 3

const coefficients = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 4, maxLength: 4 })
const problems = fc.record({
  start: fc.array(fc.nat(MOST), { minLength: 4, maxLength: 4 }),
  rows: fc.array(fc.record({ coefficients, slack: fc.nat(2) }), { minLength: 2, maxLength: 6 }),
  objectives: fc.array(coefficients, { minLength: 1, maxLength: 4 }),
})
const variables = [0, 1, 2, 3]
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, each, index) => sum + each * (b[index] ?? 0), 0)
const unit = (variable: number, sign: number) => variables.map((each) => (each === variable ? sign : 0))

test('a cut takes away the present corner, and no point of whole numbers', () => {
  let cuts = 0
  fc.assert(
    fc.property(problems, ({ start, rows, objectives }) => {
      // The first variable is fixed, as the first count of each border is.
      const simplex = createSimplex({ numerators: Float64Array.from(start), denominator: 1 }, new Set([0]))
      const constraints = [
        ...rows.map((row) => ({ ...row, bound: dot(row.coefficients, start) - row.slack })),
        ...variables.flatMap((variable) => [
          { coefficients: unit(variable, 1), bound: 0 },
          { coefficients: unit(variable, -1), bound: -MOST },
        ]),
      ]
      for (const { coefficients, bound } of constraints) simplex.addRow({ variables, coefficients }, bound)
      const whole = wholePoints().filter(
        (point) =>
          point[0] === start[0] &&
          constraints.every(({ coefficients, bound }) => dot(coefficients, point) >= bound),
      )
      for (const coefficients of objectives) {
        finish(simplex.minimise({ variables, coefficients }))
        const { numerators, denominator } = simplex.point()
        for (const variable of variables) {
          const cut = cutOff(simplex, variable)
          if ((numerators[variable] ?? 0) % denominator === 0) expect(cut).toBeNull()
          if (cut === null) continue
          cuts += 1
          const value = (point: readonly number[]) =>
            cut.variables.reduce(
              (sum, each, place) => sum + (cut.coefficients[place] ?? 0) * (point[each] ?? 0),
              0,
            )
          expect(cut.coefficients.every(Number.isInteger)).toBe(true)
          expect(value([...numerators])).toBeLessThan(cut.bound * denominator)
          for (const point of whole) expect(value(point)).toBeGreaterThanOrEqual(cut.bound)
        }
      }
    }),
    { numRuns: 500 },
  )
  expect(cuts).toBeGreaterThan(0)
})

function wholePoints(): number[][] {
  const values = Array.from({ length: MOST + 1 }, (_, value) => value)
  return variables.reduce<number[][]>(
    (points) => points.flatMap((point) => values.map((value) => [...point, value])),
    [[]],
  )
}
