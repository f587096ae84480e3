import { z } from 'zod'
import { type Border, borderId } from './border.ts'
import type { ReconciledIndicator } from './border-groups.ts'
import type { Window } from './calendar.ts'
import { countryCode } from './fields.ts'
import { figureOf, figureSchema } from './figure.ts'
import { indicatorSchema } from './indicator.ts'

const { period_start, period_end, ...figure } = figureSchema.shape

/** The result of one border in the window. */
export const totalSchema = z
  .object({
    border: borderId.describe('The reporting country and its neighbour, joined by a hyphen.'),
    country: countryCode.describe('The reporting side.'),
    neighbour: countryCode.describe('The other side.'),
    indicator: indicatorSchema.shape.id,
    period_start,
    period_end,
    ...figure,
  })
  .meta({ id: 'Total' })

/** The result of all borders together. */
export const grandTotalSchema = totalSchema
  .extend({
    border: borderId
      .nullable()
      .describe('The border or group that they are; null for a plain sum of others.'),
    country: countryCode.nullable().describe('Its reporting side; null for a plain sum.'),
    neighbour: countryCode.nullable().describe('Its other side; null for a plain sum.'),
  })
  .meta({ id: 'GrandTotal' })

export type Total = z.infer<typeof totalSchema>
export type GrandTotal = z.infer<typeof grandTotalSchema>

export interface TotalsQuestion {
  readonly indicator: string
  readonly borders: readonly Border[]
  readonly window: Window | null
  readonly explain: boolean
}

/** Returns a result for each border, and one for all of them together: null where there is no border. */
export function totals(
  reconciled: ReconciledIndicator,
  { indicator, borders, window, explain }: TotalsQuestion,
): { data: Total[]; total: GrandTotal | null } {
  const { border, reconciliation } = reconciled.together(borders)
  return {
    data: borders.map((each) => ({
      ...labelsOf(each),
      indicator,
      ...figureOf(reconciled.of(each), window, { explain }),
    })),
    total:
      borders.length === 0
        ? null
        : {
            ...(border === null ? { border: null, country: null, neighbour: null } : labelsOf(border)),
            indicator,
            ...figureOf(reconciliation, window, { explain }),
          },
  }
}

/** Returns the fields that name a border in a row. */
export function labelsOf({ id, country, neighbour }: Border) {
  return { border: id, country, neighbour }
}
