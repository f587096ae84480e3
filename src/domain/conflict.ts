import { z } from 'zod'
import { finish } from './bounds/work.ts'
import type { Reconciliation } from './joint/border-reconciliation.ts'
import { type Observation, observationWithStatusSchema, rangeOf, windowOf } from './observation.ts'
import { NO_FIGURES, proofSchema } from './proof.ts'

/** A conflicting observation, and what the accepted ones say instead. */
export const conflictSchema = z
  .object({
    ...observationWithStatusSchema.shape,
    accepted_min: z.int().min(0).describe('`min` of the figure that totals give for its border and period.'),
    accepted_max: z
      .int()
      .min(0)
      .nullable()
      .describe('`max` of that figure; null where it has no upper bound.'),
    difference: z
      .int()
      .describe(
        'Its nearest possible value less the nearest end of that range: above it positive, below negative. 0 where it meets the range, but counts that satisfy it and all accepted figures would not be whole numbers.',
      ),
    proof: proofSchema.describe('The observations from which that end of the range follows.'),
  })
  .meta({ id: 'Conflict' })

export type Conflict = z.infer<typeof conflictSchema>

/**
 * Sets a conflicting observation against what the accepted ones of its component imply. Where only whole numbers are
 * missing, the proof is that of the range's lower end.
 */
export function conflictOf(
  observation: Pick<Observation, 'count' | 'qualifier' | 'period_start' | 'period_end'>,
  { ranges }: Reconciliation,
) {
  const stated = rangeOf(observation)
  if (stated === null) throw new RangeError('an approximate observation conflicts with nothing')
  const window = windowOf(observation)
  const accepted = finish(ranges.range(window))
  const proof = finish(ranges.prove(window))
  const isAbove = stated.min > accepted.max
  const isBelow = stated.max < accepted.min
  return {
    accepted_min: accepted.min,
    accepted_max: Number.isFinite(accepted.max) ? accepted.max : null,
    difference: isAbove ? stated.min - accepted.max : isBelow ? stated.max - accepted.min : 0,
    proof: isAbove ? (proof.max ?? NO_FIGURES) : proof.min,
  }
}
