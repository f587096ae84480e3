import { describe, expect, test } from 'vitest'
import type { Work } from '../../../src/domain/bounds/work.ts'
import { type Day, formatDay, toDay } from '../../../src/domain/calendar.ts'
import { reconcileJointly } from '../../../src/domain/joint/reconcile-jointly.ts'
import type { Observation } from '../../../src/domain/observation.ts'
import { observe } from '../../support/domain/random-observations.ts'
import { reconciledSeries } from '../../support/domain/reconciled-series.ts'

const START: Day = toDay('1950-01-01')

function figure(id: number, from: number, to: number, facts: Partial<Observation>): Observation {
  return observe({
    id,
    source: `s${id}`,
    period_start: formatDay(START + from),
    period_end: formatDay(START + to),
    ...facts,
  })
}

/** Lower and upper bounds of overlapping windows that are all true of ten a day. */
function boundsOf(length: number, firstId = 1): Observation[] {
  return Array.from({ length }, (_, index) => {
    const from = (index * 7_919) % (2 * length)
    const days = 1 + ((index * 104_729) % 200)
    const isLower = index % 2 === 0
    const count = Math.floor(10 * days * (isLower ? 0.98 : 1.02))
    return figure(firstId + index, from, from + days - 1, {
      count,
      qualifier: isLower ? 'at_least' : 'at_most',
    })
  })
}

/** Runs a computation, and returns what it did at each pause. */
function pausesOf(work: Work<unknown>): number[] {
  const pauses: number[] = []
  for (let next = work.next(); next.done !== true; next = work.next()) pauses.push(next.value)
  return pauses
}

describe('the work of reconciling', () => {
  test.for([0, 5])('does not grow by figures that contradict a total of %d', (total) => {
    const workOf = (length: number) => {
      const whole = figure(1, 0, length - 1, { count: total })
      const single = Array.from({ length }, (_, day) =>
        figure(day + 2, day, day, { kind: 'claim', count: total + 1 }),
      )
      const { ranges, conflicts } = reconciledSeries([whole, ...single])
      expect(conflicts).toHaveLength(length)
      return ranges.work()
    }
    expect(workOf(4_000)).toBeLessThan(4_000 * 50)
  })

  test('grows no faster than the number of bounds that all can be true', () => {
    expect(reconciledSeries(boundsOf(4_000)).ranges.work()).toBeLessThan(4_000 * 100)
  })

  test('is cut where it takes long', () => {
    const observations = boundsOf(24_000)
    const pauses = pausesOf(reconcileJointly([{ border: 'A', members: ['A'], observations }]))
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
    expect(new Set(pauses).size).toBeGreaterThan(3)
    const gaps = pauses.map((done, index) => done - (pauses[index - 1] ?? 0))
    expect(Math.max(...gaps)).toBeLessThan(300_000)
  })

  test('is cut for a group and its members too', () => {
    const series = [
      { border: 'A', members: ['A'], observations: boundsOf(300) },
      { border: 'B', members: ['B'], observations: boundsOf(300, 1_000) },
      { border: 'AB', members: ['A', 'B'], observations: boundsOf(200, 2_000) },
    ]
    const pauses = pausesOf(reconcileJointly(series))
    expect(pauses.length).toBeGreaterThan(10)
    const gaps = pauses.map((done, index) => done - (pauses[index - 1] ?? 0))
    expect(Math.max(...gaps)).toBeLessThan(300_000)
  })
})
