import { z } from 'zod'
import { finish } from './bounds/work.ts'
import { countDays, formatDay, type Window } from './calendar.ts'
import { countWithin } from './day-set.ts'
import { civilDate } from './fields.ts'
import type { Reconciliation } from './joint/border-reconciliation.ts'
import type { Range } from './observation.ts'
import { NO_FIGURES, proofSchema, type Term } from './proof.ts'

export const FIGURE_QUALIFIERS = ['exact', 'between', 'at_least', 'at_most', 'unknown'] as const
export type FigureQualifier = (typeof FIGURE_QUALIFIERS)[number]

const rangeProofSchema = z
  .object({
    min: proofSchema.describe(
      'How `min` follows: the lower end of each figure with a weight above 0 times its weight, less the upper end of each other figure times its weight without its sign, divided and rounded up.',
    ),
    max: proofSchema
      .nullable()
      .describe('How `max` follows: the ends the other way round, rounded down; null without one.'),
  })
  .describe('The observations from which the bounds follow.')
  .meta({ id: 'RangeProof' })

/** The answer for a window: the tightest range that the accepted observations leave. */
export const figureSchema = z.object({
  period_start: civilDate.nullable().describe('The first day of the window; null where nothing dates it.'),
  period_end: civilDate
    .nullable()
    .describe('The last day of the window, inclusive; null where nothing dates it.'),
  count: z
    .int()
    .min(0)
    .nullable()
    .describe(
      'The number that may be quoted, with the qualifier: `min` for exact, between and at_least; null for at_most and unknown.',
    ),
  qualifier: z
    .enum(FIGURE_QUALIFIERS)
    .describe(
      '`exact` (min = max), `between` (0 < min < max), `at_least` (min > 0, no max), `at_most` (0 = min < max) or `unknown` (0 = min, no max).',
    ),
  min: z.int().min(0).describe('The smallest number that the accepted observations leave possible.'),
  max: z.int().min(0).nullable().describe('The largest such number; null where there is no upper bound.'),
  days: z.int().min(0).describe('The number of days in the window.'),
  days_reported: z.int().min(0).describe('How many of them are inside at least one accepted observation.'),
  conflicts: z
    .int()
    .min(0)
    .describe('How many conflicting observations overlap the window; for a group, those of its members too.'),
  proof: rangeProofSchema.optional().describe('Only with `explain=true`.'),
})

export type Figure = z.infer<typeof figureSchema>

/** Returns the result of a window. Without a window it is `unknown`, which is never 0. */
export function figureOf(
  reconciliation: Reconciliation,
  window: Window | null,
  { explain = false }: { explain?: boolean } = {},
): Figure {
  if (window === null) return { ...UNKNOWN, ...(explain ? { proof: { min: NO_FIGURES, max: null } } : {}) }
  const range = finish(reconciliation.ranges.range(window))
  const qualifier = qualifierOf(range)
  return {
    period_start: formatDay(window.start),
    period_end: formatDay(window.end),
    count: qualifier === 'unknown' || qualifier === 'at_most' ? null : range.min,
    qualifier,
    min: range.min,
    max: Number.isFinite(range.max) ? range.max : null,
    days: countDays(window),
    days_reported: countWithin(reconciliation.covered, window),
    conflicts: reconciliation.conflictsIn(window),
    ...(explain ? { proof: finish(reconciliation.ranges.prove(window)) } : {}),
  }
}

/** Returns the qualifier of a range. */
export function qualifierOf({ min, max }: Range): FigureQualifier {
  if (min === max) return 'exact'
  if (max === Number.POSITIVE_INFINITY) return min > 0 ? 'at_least' : 'unknown'
  return min > 0 ? 'between' : 'at_most'
}

/** The terms of a figure's proofs. */
export function termsOf({ proof }: Pick<Figure, 'proof'>): Term[] {
  return [...(proof?.min.terms ?? []), ...(proof?.max?.terms ?? [])]
}

const UNKNOWN: Figure = {
  period_start: null,
  period_end: null,
  count: null,
  qualifier: 'unknown',
  min: 0,
  max: null,
  days: 0,
  days_reported: 0,
  conflicts: 0,
}
