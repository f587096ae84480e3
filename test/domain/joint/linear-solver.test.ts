import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { finish } from '../../../src/domain/bounds/work.ts'
import { toDay, type Window } from '../../../src/domain/calendar.ts'
import type { JointReconciliation } from '../../../src/domain/joint/reconcile-jointly.ts'
import type { Range } from '../../../src/domain/observation.ts'
import { type Interval, periodsIn } from '../../../src/domain/period.ts'
import { expectProved, joint } from '../../support/domain/joint-checks.ts'
import { type LinearSolver, linearSolverOf } from '../../support/domain/linear-solver.ts'
import { components } from '../../support/domain/random-components.ts'
import { seedComponent } from '../../support/domain/seed-component.ts'
import { runs, sampled } from '../../support/run-count.ts'

/** The borders, pairs of borders and the group that the seeds have. */
const SETS = [
  ['PL-BY'],
  ['LV-BY'],
  ['LT-BY'],
  ['PL-BY', 'LV-BY', 'LT-BY'],
  ['PL-BY', 'LV-BY'],
  ['PL-BY', 'LT-BY'],
  ['LV-BY', 'LT-BY'],
]
const YEARS = { start: toDay('2021-01-01'), end: toDay('2026-12-31') }
const INTERVALS: readonly Interval[] = ['week', 'month', 'quarter', 'year']

const endsOf = ({ min, max }: Range) => ({ min, max })

const solvers: LinearSolver[] = []
const solverOf = (reconciled: JointReconciliation, options = {}) => {
  const solver = linearSolverOf(reconciled, options)
  solvers.push(solver)
  return solver
}
afterEach(() => {
  for (const solver of solvers.splice(0)) solver.dispose()
})

describe('HiGHS finds the same', () => {
  const reconciled = joint(seedComponent())
  const windows = sampled(INTERVALS.flatMap((interval) => [...periodsIn(YEARS, interval)]))

  test.for(SETS)('of the seeds, for every week, month, quarter and year of %j', (...[members]) => {
    const solver = solverOf(reconciled)
    for (const window of windows)
      expect(finish(reconciled.rangesOf(members).range(window)), JSON.stringify(window)).toEqual(
        endsOf(solver.range(members, window)),
      )
  })

  test('of the seeds, for random windows', () => {
    const solver = solverOf(reconciled)
    const window = fc.tuple(fc.nat(YEARS.end - YEARS.start), fc.nat(YEARS.end - YEARS.start)).map(
      ([one, other]): Window => ({
        start: YEARS.start + Math.min(one, other),
        end: YEARS.start + Math.max(one, other),
      }),
    )
    fc.assert(
      fc.property(window, (asked) => {
        for (const members of SETS)
          expect(finish(reconciled.rangesOf(members).range(asked))).toEqual(
            endsOf(solver.range(members, asked)),
          )
      }),
      { numRuns: runs(300) },
    )
  })

  test('of components with nested and overlapping groups, but for one where whole numbers bind', () => {
    let [bounds, bound, all] = [0, 0, 0]
    fc.assert(
      fc.property(components, ({ series, questions }) => {
        all += 1
        const made = joint(series)
        const fractions = solverOf(made)
        const whole = solverOf(made, { isWhole: true })
        for (const { members, window } of questions) {
          const range = finish(made.rangesOf(members).range(window))
          const { isWhole, ...ends } = fractions.range(members, window)
          expect(range).toEqual(ends)
          bounds += 2
          expectProved(made, members, window)
          if (isWhole) continue
          const exact = whole.range(members, window)
          if (exact.min !== range.min) expect(exact.min - range.min).toBe(1)
          if (exact.max !== range.max) expect(range.max - exact.max).toBe(1)
          bound += Number(exact.min !== range.min) + Number(exact.max !== range.max)
        }
        for (const solver of solvers.splice(0)) solver.dispose()
      }),
      { numRuns: runs(500) },
    )
    expect(bounds).toBe(40 * all)
    expect(bound / bounds).toBeLessThan(0.01)
  })
})
