import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDay, toDay } from '../../../src/domain/calendar.ts'
import type { JointConstraint } from '../../../src/domain/joint/joint-constraint.ts'
import { type ComponentSeries, reconcileJointly } from '../../../src/domain/joint/reconcile-jointly.ts'
import { type Evidence, rangeOf, type Status, windowOf } from '../../../src/domain/observation.ts'
import { expectWitness, group, joint, official, own, statusesOf } from '../../support/domain/joint-checks.ts'
import { inPrecedence } from '../../support/domain/joint-worlds.ts'
import { linearSolverOf } from '../../support/domain/linear-solver.ts'
import { runs } from '../../support/run-count.ts'

/** Returns the most work that a reconciliation reports, in steps. */
function workOf(series: readonly ComponentSeries[]): number {
  let most = 0
  for (const steps of reconcileJointly(series)) most = Math.max(most, steps)
  return most
}

describe('a figure that only fractions of counts satisfy with the others', () => {
  const undated = { published_on: null }
  const analysis = { ...undated, kind: 'analysis' } as const
  const claim = { ...undated, kind: 'claim' } as const
  const last = official(3, 5, 3001, claim)
  const eight = [
    own('A', official(3, 3, 1001, analysis), official(5, 5, 1000, analysis)),
    own('B', official(3, 5, 3000, analysis), official(4, 4, 1001, claim)),
    own('C', last, official(4, 4, 1001, analysis)),
    group('ABC', official(3, 4, 6001, analysis), official(4, 5, 6000, undated)),
  ]

  test('is set aside alone: twice the count of a day would have to be odd', () => {
    const reconciled = joint(eight)
    const conflicting = [...statusesOf(reconciled)].filter(([, status]) => status !== 'accepted')
    expect(conflicting).toEqual([[last.id, 'conflicting']])
    expectWitness(reconciled)
  })

  test('takes little work, however large the counts are', () => {
    const larger = eight.map((series) => ({
      ...series,
      observations: series.observations.map((each) => ({ ...each, count: each.count + 1_000_000 })),
    }))
    expect(workOf(eight)).toBeLessThan(20_000)
    expect(workOf(larger)).toBeLessThan(20_000)
  })
})

const LAYOUTS = [
  ['A', 'B', 'C', 'ABC'],
  ['A', 'B', 'C', 'AB', 'BC', 'AC'],
  ['A', 'B', 'C', 'AB', 'BC', 'AC', 'ABC'],
  ['A', 'B', 'C', 'D', 'AB', 'BC', 'CD', 'AD', 'AC', 'BD'],
]

/** Components of figures that nearly fit, so that whole numbers decide what is accepted. */
const nearlyFitting: fc.Arbitrary<ComponentSeries[]> = fc
  .record({ borders: fc.constantFrom(...LAYOUTS), days: fc.integer({ min: 1, max: 3 }) })
  .chain(({ borders, days }) => {
    const ofGroups = [...borders.keys()].filter((number) => (borders[number]?.length ?? 0) > 1)
    const figure = fc.record({
      // Figures of single borders leave little to decide.
      border: fc.oneof(
        { weight: 1, arbitrary: fc.nat(borders.length - 1) },
        { weight: 4, arbitrary: fc.constantFrom(...ofGroups) },
      ),
      ends: fc.tuple(fc.nat(days - 1), fc.nat(days - 1)),
      more: fc.nat(1),
      half: fc.constantFrom(1, 2),
      qualifier: fc.constantFrom<Evidence['qualifier']>(
        ...(['exact', 'exact', 'exact', 'exact', 'exact', 'exact', 'at_least', 'at_most'] as const),
      ),
      kind: fc.constantFrom<Evidence['kind']>('official', 'analysis', 'claim'),
    })
    return fc.array(figure, { minLength: 6, maxLength: 16 }).map((figures) =>
      borders.map((border, number) => ({
        border,
        members: [...border],
        observations: figures.flatMap(({ border: own, ends, more, half, ...facts }, index): Evidence[] => {
          const [first, last] = [Math.min(...ends), Math.max(...ends)]
          const day = (offset: number) => formatDay(toDay('2024-01-01') + offset)
          const figure: Evidence = {
            ...facts,
            id: index + 1,
            source: `source-${String(index + 1).padStart(2, '0')}`,
            published_on: '2024-02-01',
            period_start: day(first),
            period_end: day(last),
            period_basis: 'stated',
            count: Math.floor(((last - first + 1) * border.length) / half) + more,
          }
          return own === number ? [figure] : []
        }),
      })),
    )
  })

test('whole numbers decide as an integer program does, figure by figure', () => {
  let refused = 0
  fc.assert(
    fc.property(nearlyFitting, (series) => {
      const reconciled = joint(series)
      expectWitness(reconciled)
      const found = new Map(
        series.flatMap(({ border }) => [...reconciled.own(border).statuses]).sort(([a], [b]) => a - b),
      )
      const expected = new Map<number, Status>()
      const accepted = new Map<number, JointConstraint>()
      for (const { members, observation } of inPrecedence(series)) {
        const { id } = observation
        const { start, end } = windowOf(observation)
        const { min: lower, max: upper } = rangeOf(observation) ?? { min: 0, max: 0 }
        const counted = members.map((member) => reconciled.members.indexOf(member))
        const constraint = { members: counted, start, end: end + 1, lower, upper, observation: id }
        const figures = new Map([...accepted, [id, constraint]])
        const isFeasible = (isWhole: boolean) => {
          const solver = linearSolverOf({ members: reconciled.members, accepted: figures }, { isWhole })
          const answer = solver.isFeasible()
          solver.dispose()
          return answer
        }
        const isAccepted = isFeasible(true)
        if (isAccepted) accepted.set(id, constraint)
        expected.set(id, isAccepted ? 'accepted' : 'conflicting')
        refused += Number(!isAccepted && isFeasible(false))
      }
      expect(found).toEqual(new Map([...expected].sort(([a], [b]) => a - b)))
    }),
    { numRuns: runs(400) },
  )
  expect(refused).toBeGreaterThan(0)
})
