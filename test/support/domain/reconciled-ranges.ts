import { finish } from '../../../src/domain/bounds/work.ts'
import type { Window } from '../../../src/domain/calendar.ts'
import type { Reconciliation } from '../../../src/domain/joint/border-reconciliation.ts'
import type { Observation } from '../../../src/domain/observation.ts'
import type { Answer } from './oracle.ts'
import type { Shape } from './random-observations.ts'

export const TINY: Shape = { days: 5, figures: 7, dailyMax: 1, countMax: 4 }
export const SMALL: Shape = { days: 10, figures: 16, dailyMax: 9, countMax: 60 }
export const LARGE: Shape[] = [
  { days: 60, figures: 120, dailyMax: 15_000_000, countMax: 1_000_000_000 },
  { days: 45, figures: 120, dailyMax: 300, countMax: 9_000 },
  { days: 30, figures: 40, dailyMax: 2, countMax: 30 },
]

export const rangeIn = ({ ranges }: Reconciliation, window: Window) => finish(ranges.range(window))

export const proofIn = ({ ranges }: Reconciliation, window: Window) => finish(ranges.prove(window))

export const rangesBy = (answer: Answer, windows: readonly Window[]) =>
  windows.map((window) => ({ ...window, ...answer.rangeIn(window) }))

export const rangesOf = (reconciled: Reconciliation, windows: readonly Window[]) =>
  windows.map((window) => ({ ...window, ...rangeIn(reconciled, window) }))

export const acceptedOf = ({ statuses }: Reconciliation, observations: readonly Observation[]) =>
  observations.filter(({ id }) => statuses.get(id) === 'accepted')

export const byId = (statuses: ReadonlyMap<number, unknown>) => [...statuses].sort(([a], [b]) => a - b)

/** The ways in which one of two ranges lies outside the other. */
export function widenings(
  narrow: Reconciliation,
  wide: Reconciliation,
  windows: readonly Window[],
): Window[] {
  return windows.filter((window) => {
    const inner = rangeIn(narrow, window)
    const outer = rangeIn(wide, window)
    return inner.min < outer.min || inner.max > outer.max
  })
}

export const windowsOfOneDay = ({ start, end }: Window) =>
  Array.from({ length: end - start + 1 }, (_, index) => start + index)

export const windowTexts = (windows: readonly Window[]) =>
  windows.map(({ start, end }) => `${start} ${end}`).sort()
