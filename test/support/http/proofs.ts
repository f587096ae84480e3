import { type Day, toDay, type Window } from '../../../src/domain/calendar.ts'
import type { Figure } from '../../../src/domain/figure.ts'
import type { ObservationWithStatus } from '../../../src/domain/observation.ts'
import { faultsIn } from '../domain/proof-check.ts'

/** The members of the one group of the seeds, which its own observations count for together. */
export const MEMBERS: Readonly<Record<string, readonly string[]>> = { 'EU-BY': ['PL-BY', 'LV-BY', 'LT-BY'] }

type Proved = Pick<Figure, 'period_start' | 'period_end' | 'min' | 'max' | 'proof'>

/**
 * All that is wrong with the proof of a figure, by what an answer itself holds: its terms must add up
 * to the bounds, and count no day of any of the borders too often or too rarely.
 */
export function faultsInFigure(
  figure: Proved,
  borders: readonly string[],
  observations: readonly ObservationWithStatus[],
): string[] {
  const { period_start, period_end, min, max, proof } = figure
  if (proof === undefined) return ['it has no proof']
  if (period_start === null || period_end === null)
    return proof.min.terms.length === 0 ? [] : ['proves nothing']
  const window = { start: toDay(period_start), end: toDay(period_end) }
  return faultsIn(proof, { min, max: max ?? Number.POSITIVE_INFINITY }, window, {
    observations,
    statuses: new Map(observations.map(({ id, status }) => [id, status])),
    borders,
    groups: MEMBERS,
    horizon: horizonOf(observations, window),
  })
}

/** The ids that the proofs of some figures name. */
export function namedBy(figures: readonly Pick<Figure, 'proof'>[]): Set<number> {
  const terms = figures.flatMap(({ proof }) => [...(proof?.min.terms ?? []), ...(proof?.max?.terms ?? [])])
  return new Set(terms.map((term) => term.observation))
}

function horizonOf(observations: readonly ObservationWithStatus[], window: Window): Window {
  const days = observations.flatMap(({ period_start, period_end }): Day[] => [
    toDay(period_start),
    toDay(period_end),
  ])
  return { start: Math.min(window.start, ...days), end: Math.max(window.end, ...days) }
}
