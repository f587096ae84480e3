import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { finish } from '../../../src/domain/bounds/work.ts'
import { conflictOf } from '../../../src/domain/conflict.ts'
import { reconciliationOf } from '../../../src/domain/joint/border-reconciliation.ts'
import { reconcileJointly } from '../../../src/domain/joint/reconcile-jointly.ts'
import {
  day,
  expectProved,
  expectWitness,
  group,
  joint,
  official,
  own,
  statusesOf,
  windowOf,
} from '../../support/domain/joint-checks.ts'
import { enumerateWorld, questionsOf, worlds } from '../../support/domain/joint-worlds.ts'
import { rangeIn } from '../../support/domain/reconciled-ranges.ts'
import { reconciledSeries } from '../../support/domain/reconciled-series.ts'
import { seedComponent } from '../../support/domain/seed-component.ts'

const EU = ['PL-BY', 'LV-BY', 'LT-BY']

/** The ids of the conflicting figures of the seeds, and by how much they lie outside. */
const CONFLICTS: readonly number[][] = [
  [119, -130],
  [205, -785],
  [43, -260],
  [293, 1547],
  [13, 14],
  [92, 1],
  [238, -1],
  [292, 1002],
  [295, 1307],
  [33, -260],
  [73, -129],
  [144, -500],
  [222, -1],
  [224, -1],
  [294, 278],
]

describe('the figures of the seeds', () => {
  const seeds = seedComponent()
  const reconciled = joint(seeds)

  test.for([
    ['PL-BY', '2024-06', 3773, 3773],
    ['PL-BY', '2024-01', 87, 87],
    ['PL-BY', '2024-05', 7022, 7229],
    ['PL-BY', '2024-Q3', 5250, 8029],
    ['LV-BY', '2024-Q1', 775, 775],
    ['LV-BY', '2024-04', 820, 820],
    ['LT-BY', '2024-04', 47, 47],
    ['PL-BY LV-BY', '2024-Q2', 18140, 18140],
    ['PL-BY LV-BY LT-BY', '2025-11', 1061, 1122],
  ] as const)('leave %s in %s from %d to %d', ([borders, period, min, max]) => {
    const members = borders.split(' ')
    expect(finish(reconciled.rangesOf(members).range(windowOf(period)))).toEqual({ min, max })
    expectProved(reconciled, members, windowOf(period))
  })

  test('prove the first quarter of Latvia by five figures', () => {
    const { min } = expectProved(reconciled, ['LV-BY'], windowOf('2024-Q1'))
    const weights = min.terms.map(({ observation, weight }) => [observation, weight])
    expect(weights).toEqual([
      [136, 1],
      [164, -1],
      [171, 1],
      [201, -1],
      [210, 1],
    ])
  })

  test('conflict in 15 cases, each by the difference that its series alone leaves', () => {
    const conflicts = seeds.flatMap(({ border, observations }) =>
      observations
        .filter(({ id }) => reconciled.own(border).statuses.get(id) === 'conflicting')
        .map((observation) => [
          observation.id,
          conflictOf(observation, reconciliationOf(reconciled, border)).difference,
        ]),
    )
    expect(conflicts).toEqual(CONFLICTS)
  })

  test('leave no range wider than each border alone leaves it, and 41 of 216 months tighter', () => {
    const alone = seeds.slice(0, 3).map(({ observations }) => reconciledSeries(observations))
    let tighter = 0
    for (let month = 1; month <= 72; month++) {
      const period = `${2021 + Math.floor((month - 1) / 12)}-${String(((month - 1) % 12) + 1).padStart(2, '0')}`
      const window = windowOf(period)
      for (const [index, border] of alone.entries()) {
        const { min, max } = finish(reconciled.rangesOf([EU[index] ?? '']).range(window))
        const before = rangeIn(border, window)
        expect(min, period).toBeGreaterThanOrEqual(before.min)
        expect(max, period).toBeLessThanOrEqual(before.max)
        if (min > before.min || max < before.max) tighter += 1
      }
    }
    expect(tighter).toBe(24 + 12 + 5)
  })

  test('are satisfied by whole-number counts', () => {
    expect(reconciled.accepted.size).toBeGreaterThan(200)
    expectWitness(reconciled)
  })
})

describe('a component', () => {
  test('leaves what counting every possible world leaves', () => {
    let [tried, looser, ofSeveral, all] = [0, 0, 0, 0]
    fc.assert(
      fc.property(worlds, (world) => {
        all += 1
        const reconciled = joint(world.series)
        const truth = enumerateWorld(world)
        expect(new Map([...statusesOf(reconciled)].toSorted(([a], [b]) => a - b))).toEqual(
          new Map([...truth.statuses].toSorted(([a], [b]) => a - b)),
        )
        expectWitness(reconciled)
        for (const { members, window } of questionsOf(world)) {
          const known = members.every((member) => reconciled.members.includes(member))
          if (!known) continue
          const range = finish(reconciled.rangesOf(members).range(window))
          const true_ = truth.range(members, window)
          tried += 2
          expect(range.min).toBeLessThanOrEqual(true_.min)
          expect(range.max).toBeGreaterThanOrEqual(true_.max)
          // Ranges are rounded linear bounds; where groups overlap in an odd circle, whole numbers may bind by one more.
          looser += Number(range.min < true_.min) + Number(range.max > true_.max)
          if (range.min < true_.min) expect(true_.min - range.min).toBe(1)
          if (range.max > true_.max) expect(range.max - true_.max).toBe(1)
          if (members.length > 1) ofSeveral += 1
          expectProved(reconciled, members, window)
        }
      }),
      { numRuns: 1_000 },
    )
    expect(tried).toBeGreaterThan(20 * all)
    expect(ofSeveral).toBeGreaterThan(all)
    expect(looser / tried).toBeLessThan(0.005)
  })

  test('does not depend on the order of its series and figures', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const turned = world.series
          .toReversed()
          .map((each) => ({ ...each, observations: each.observations.toReversed() }))
        const [one, other] = [joint(world.series), joint(turned)]
        expect(statusesOf(other)).toEqual(statusesOf(one))
        for (const { members, window } of questionsOf(world)) {
          expect(finish(other.rangesOf(members).range(window))).toEqual(
            finish(one.rangesOf(members).range(window)),
          )
          expect(finish(other.rangesOf(members).prove(window))).toEqual(
            finish(one.rangesOf(members).prove(window)),
          )
        }
      }),
      { numRuns: 100 },
    )
  })

  test('answers and proves the same in whatever order it is asked', () => {
    fc.assert(
      fc.property(worlds, fc.infiniteStream(fc.nat()), (world, order) => {
        const questions = questionsOf(world)
        const [one, other] = [joint(world.series), joint(world.series)]
        const answers = questions.map(({ members, window }) => [
          finish(one.rangesOf(members).range(window)),
          finish(one.rangesOf(members).prove(window)),
        ])
        for (let asked = 0; asked < 30; asked++) {
          const index = (order.next().value ?? 0) % questions.length
          const { members, window } = questions[index] ?? { members: [], window: { start: 0, end: 0 } }
          expect([
            finish(other.rangesOf(members).range(window)),
            finish(other.rangesOf(members).prove(window)),
          ]).toEqual(answers[index])
        }
      }),
      { numRuns: 50 },
    )
  })

  test('gives the ranges of each border alone where there is no group figure', () => {
    fc.assert(
      fc.property(worlds, ({ series, ...world }) => {
        const members = series.filter((each) => each.members.length === 1)
        const reconciled = joint(members)
        for (const { members: asked, window } of questionsOf({ ...world, series })) {
          const [border] = asked
          if (asked.length > 1 || border === undefined) continue
          const alone = reconciledSeries(members.find((each) => each.border === border)?.observations ?? [])
          expect(finish(reconciled.rangesOf(asked).range(window))).toEqual(rangeIn(alone, window))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('is changed by no figure that its others imply', () => {
    fc.assert(
      fc.property(worlds, fc.nat(), (world, choice) => {
        const reconciled = joint(world.series)
        const exact = questionsOf(world).filter(({ members, window }) => {
          const { min, max } = finish(reconciled.rangesOf(members).range(window))
          return min === max && world.series.some((each) => each.border === members.join(''))
        })
        const implied = exact[choice % exact.length]
        if (implied === undefined) return
        const { min } = finish(reconciled.rangesOf(implied.members).range(implied.window))
        const first = implied.window.start - day(1) + 1
        const figure = official(first, implied.window.end - day(1) + 1, min, { kind: 'claim' })
        const more = world.series.map((each) =>
          each.border === implied.members.join('')
            ? { ...each, observations: [...each.observations, { ...figure, id: 1_000_000 }] }
            : each,
        )
        const after = joint(more)
        expect(statusesOf(after).get(1_000_000)).toBe('accepted')
        for (const { members, window } of questionsOf(world))
          expect(finish(after.rangesOf(members).range(window))).toEqual(
            finish(reconciled.rangesOf(members).range(window)),
          )
      }),
      { numRuns: 200 },
    )
  })
})

describe('groups that overlap', () => {
  test('refuse a figure that no whole numbers satisfy', () => {
    const one = official(1, 1, 1)
    const third = official(1, 1, 1, { published_on: '2024-01-20' })
    const reconciled = joint([
      own('A'),
      own('B'),
      own('C'),
      group('AB', one),
      group('BC', official(1, 1, 1)),
      group('AC', third),
    ])
    expect(statusesOf(reconciled).get(one.id)).toBe('accepted')
    expect(statusesOf(reconciled).get(third.id)).toBe('conflicting')
    expect(conflictOf(third, reconciliationOf(reconciled, 'AC'))).toEqual({
      accepted_min: 0,
      accepted_max: 2,
      difference: 0,
      proof: { divisor: 1, terms: [] },
    })
    expectWitness(reconciled)
  })

  test('prove a bound by half of the sum of three figures', () => {
    const reconciled = joint([
      own('A'),
      own('B'),
      own('C'),
      group('AB', official(1, 1, 3)),
      group('BC', official(1, 1, 4)),
      group('AC', official(1, 1, 5)),
    ])
    const window = { start: day(1), end: day(1) }
    expect(finish(reconciled.rangesOf(['A']).range(window))).toEqual({ min: 2, max: 2 })
    expect(finish(reconciled.rangesOf(['A', 'B', 'C']).range(window))).toEqual({ min: 6, max: 6 })
    expect(expectProved(reconciled, ['A'], window).min.divisor).toBe(2)
  })

  test('tighten one another beyond what each group alone does', () => {
    // Each of the four groups leaves every member open; together they pin them.
    const figures = { AB: 5, BC: 7, AC: 6 }
    const reconciled = joint([
      own('A', official(1, 2, 9, { qualifier: 'at_most' })),
      own('B'),
      own('C'),
      ...Object.entries(figures).map(([members, count]) => group(members, official(1, 2, count))),
    ])
    const window = { start: day(1), end: day(2) }
    expect(finish(reconciled.rangesOf(['A']).range(window))).toEqual({ min: 2, max: 2 })
    expect(finish(reconciled.rangesOf(['B']).range(window))).toEqual({ min: 3, max: 3 })
    expect(finish(reconciled.rangesOf(['C']).range(window))).toEqual({ min: 4, max: 4 })
  })
})

test('an own figure goes before a group’s of its kind, and after one of a better kind', () => {
  const [mine, ours, late] = [official(1, 1, 5), official(1, 1, 3), official(1, 1, 4, { kind: 'claim' })]
  const statuses = statusesOf(joint([own('A', mine, late), own('B', official(1, 1, 0)), group('AB', ours)]))
  expect([mine, ours, late].map(({ id }) => statuses.get(id))).toEqual([
    'accepted',
    'conflicting',
    'conflicting',
  ])
  const claim = official(1, 1, 5, { kind: 'claim' })
  const other = statusesOf(joint([own('A', claim), own('B', official(1, 1, 0)), group('AB', ours)]))
  expect([claim, ours].map(({ id }) => other.get(id))).toEqual(['conflicting', 'accepted'])
})

test('a member without figures is bounded by those of its group', () => {
  const reconciled = joint([own('A', official(1, 1, 2)), own('B'), group('AB', official(1, 2, 7))])
  expect(finish(reconciled.rangesOf(['B']).range({ start: day(1), end: day(2) }))).toEqual({ min: 0, max: 5 })
  expect(finish(reconciled.rangesOf(['B']).range({ start: day(1), end: day(3) }))).toEqual({
    min: 0,
    max: Number.POSITIVE_INFINITY,
  })
  expect(() => finish(reconciled.rangesOf(['Z']).range({ start: 0, end: 1 }))).toThrow(/Z is not a member/)
})

test('figures that contradict those of their own border cost no joint search', () => {
  const total = official(1, 31, 0)
  const claims = Array.from({ length: 5_000 }, (_, index) =>
    official((index % 31) + 1, (index % 31) + 1, 1 + index, { kind: 'claim' }),
  )
  const figures = [own('A', total, ...claims), own('B', official(1, 31, 7)), group('AB', official(1, 31, 7))]
  let steps = 0
  const made = reconcileJointly(figures)
  for (let step = made.next(); ; step = made.next()) {
    if (step.done === true) {
      expect(step.value.own('A').conflicts).toHaveLength(claims.length)
      break
    }
    steps = Math.max(steps, step.value)
  }
  expect(steps).toBeLessThan(100 * claims.length)
})
