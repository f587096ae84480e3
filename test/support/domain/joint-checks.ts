import { expect } from 'vitest'
import { finish } from '../../../src/domain/bounds/work.ts'
import { toDay, type Window } from '../../../src/domain/calendar.ts'
import { faultsOfProof } from '../../../src/domain/joint/check-proof.ts'
import {
  type ComponentSeries,
  type JointReconciliation,
  reconcileJointly,
} from '../../../src/domain/joint/reconcile-jointly.ts'
import type { Evidence, Status } from '../../../src/domain/observation.ts'
import { parsePeriod } from '../../../src/domain/period.ts'

const BORDERS = ['PL-BY', 'LV-BY', 'LT-BY', 'EU-BY', 'A', 'B', 'C', 'AB', 'BC', 'AC', 'ABC']
export const joint = (series: readonly ComponentSeries[]) => finish(reconcileJointly(series))

/** The statuses of the figures of all borders that a component has. */
export function statusesOf(reconciled: JointReconciliation): Map<number, Status> {
  const has = (border: string) => {
    try {
      return [...reconciled.own(border).statuses]
    } catch {
      return []
    }
  }
  return new Map(BORDERS.flatMap(has).sort(([a], [b]) => a - b))
}

export function windowOf(period: string): Window {
  const window = parsePeriod(period)
  if (window === null) throw new RangeError(period)
  return window
}

/** Checks both proofs of a range, in whole numbers, and that a witness satisfies every accepted figure. */
export function expectProved(from: JointReconciliation, members: readonly string[], window: Window) {
  const { min, max } = finish(from.rangesOf(members).range(window))
  const proof = finish(from.rangesOf(members).prove(window))
  const claim = {
    members: members.map((member) => from.members.indexOf(member)),
    start: window.start,
    end: window.end + 1,
  }
  expect(faultsOfProof({ ...claim, bound: 'min', value: min }, proof.min, from.accepted)).toEqual([])
  expect(proof.max === null).toBe(max === Number.POSITIVE_INFINITY)
  if (proof.max !== null)
    expect(faultsOfProof({ ...claim, bound: 'max', value: max }, proof.max, from.accepted)).toEqual([])
  return proof
}

export function expectWitness({ accepted, members, countBefore }: JointReconciliation) {
  for (const { members: ofFigure, start, end, lower, upper } of accepted.values()) {
    const counts = ofFigure.map((member) => {
      const name = members[member] ?? ''
      return countBefore(name, end) - countBefore(name, start)
    })
    const count = counts.reduce((sum, each) => sum + each, 0)
    expect(counts.every((each) => Number.isInteger(each) && each >= 0)).toBe(true)
    expect(count >= lower && count <= upper).toBe(true)
  }
}

let ids = 0
/** An official figure of two days of January 2024 and those between. */
export function official(
  first: number,
  last: number,
  count: number,
  facts: Partial<Evidence> = {},
): Evidence {
  ids += 1
  const day = (number: number) => `2024-01-${String(number).padStart(2, '0')}`
  return {
    id: ids,
    source: `source-${ids}`,
    kind: 'official',
    published_on: '2024-02-01',
    period_start: day(first),
    period_end: day(last),
    period_basis: 'stated',
    count,
    qualifier: 'exact',
    ...facts,
  }
}

export const own = (border: string, ...observations: Evidence[]) => ({
  border,
  members: [border],
  observations,
})
export const group = (members: string, ...observations: Evidence[]) => ({
  border: members,
  members: [...members],
  observations,
})
export const day = (number: number) => toDay(`2024-01-${String(number).padStart(2, '0')}`)
