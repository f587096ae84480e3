import { z } from 'zod'
import { civilDate } from './fields.ts'

/** The extent of some observations, and their number. */
export const extentSchema = z.object({
  period_start: civilDate
    .nullable()
    .describe('The first day that an observation counts; null where there is none.'),
  period_end: civilDate.nullable().describe('The last such day; null where there is none.'),
  observations: z.int().min(0).describe('How many observations there are.'),
})

export type Extent = z.infer<typeof extentSchema>

/** The extent of several extents together. */
export function extentOf(parts: readonly Extent[]): Extent {
  const present = parts.filter((part) => part.observations > 0)
  const days = (key: 'period_start' | 'period_end') => present.flatMap((part) => part[key] ?? []).sort()
  return {
    period_start: days('period_start').at(0) ?? null,
    period_end: days('period_end').at(-1) ?? null,
    observations: present.reduce((sum, part) => sum + part.observations, 0),
  }
}
