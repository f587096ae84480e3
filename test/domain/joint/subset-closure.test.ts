import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finish } from '../../../src/domain/bounds/work.ts'
import { joint } from '../../support/domain/joint-checks.ts'
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
  let [asked, tighter] = [0, 0]
  fc.assert(
    fc.property(components, ({ series }) => {
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
          tighter += Number(range.min > loose.min || range.max < loose.max)
          expect(range.min).toBeGreaterThanOrEqual(loose.min)
          expect(range.max).toBeLessThanOrEqual(loose.max)
        }
      }
    }),
    { numRuns: runs(200) },
  )
  expect(asked).toBeGreaterThan(1_000)
  // Some ranges follow only from several figures at once.
  expect(tighter).toBeGreaterThan(0)
})
