import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finish } from '../../../src/domain/bounds/work.ts'
import { day, group, joint, official, own } from '../../support/domain/joint-checks.ts'
import { components } from '../../support/domain/random-components.ts'
import { seedComponent } from '../../support/domain/seed-component.ts'
import { subsetClosureOf } from '../../support/domain/subset-closure.ts'
import { runs, sampled } from '../../support/run-count.ts'

test('the ranges of the seeds are those that propagation over all sets of members leaves', () => {
  const reconciled = joint(seedComponent())
  const closure = subsetClosureOf(reconciled)
  const [PL, LV, LT] = ['PL-BY', 'LV-BY', 'LT-BY']
  const windows = closure.days.flatMap((start, index) =>
    closure.days.slice(index + 1).map((after) => ({ start, end: after - 1 })),
  )
  expect(windows.length).toBeGreaterThan(10_000)
  for (const members of [[PL], [LV], [LT], [PL, LV], [PL, LT], [LV, LT], [PL, LV, LT]]) {
    for (const window of sampled(windows).filter((_, index) => index % 10 === 0))
      expect(finish(reconciled.rangesOf(members).range(window))).toEqual(closure.range(members, window))
  }
})

test('no range is looser than propagation over all sets of members leaves it', () => {
  let [asked, all] = [0, 0]
  fc.assert(
    fc.property(components, ({ series }) => {
      all += 1
      const reconciled = joint(series)
      const closure = subsetClosureOf(reconciled)
      const { members } = reconciled
      for (const [index, start] of closure.days.entries()) {
        const after = closure.days[index + 1 + (index % 3)]
        if (after === undefined) continue
        const window = { start, end: after - 1 }
        for (const counted of [members.slice(0, 1), members.slice(1), members]) {
          const range = finish(reconciled.rangesOf(counted).range(window))
          const loose = closure.range(counted, window)
          asked += 1
          expect(range.min).toBeGreaterThanOrEqual(loose.min)
          expect(range.max).toBeLessThanOrEqual(loose.max)
        }
      }
    }),
    { numRuns: runs(200) },
  )
  expect(asked).toBeGreaterThan(5 * all)
})

test('three groups that overlap pin a member, which propagation does not', () => {
  const reconciled = joint([
    own('A', official(1, 1, 9, { qualifier: 'at_most' })),
    own('B'),
    own('C'),
    group('AB', official(1, 1, 5)),
    group('BC', official(1, 1, 7)),
    group('AC', official(1, 1, 6)),
  ])
  const window = { start: day(1), end: day(1) }
  expect(finish(reconciled.rangesOf(['A']).range(window))).toEqual({ min: 2, max: 2 })
  expect(subsetClosureOf(reconciled).range(['A'], window)).toEqual({ min: 0, max: 4 })
})
