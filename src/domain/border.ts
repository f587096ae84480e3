import { z } from 'zod'
import { countryCode, singleLine } from './fields.ts'

/** An ordered pair of sides: the reporting country, then its neighbour. */
export const borderId = z
  .string()
  .regex(/^[A-Z]{2}-[A-Z]{2}$/)
  .meta({ examples: ['PL-BY'] })

/** A border as it is seeded: what is known of it apart from its figures. */
export const borderSchema = z
  .strictObject({
    id: borderId.describe('The reporting country and its neighbour, joined by a hyphen.'),
    country: countryCode.describe('The reporting side: ISO 3166-1 alpha-2, or `EU`.'),
    neighbour: countryCode.describe('The other side: ISO 3166-1 alpha-2, or `EU`.'),
    position: z.int().min(1).max(1_000_000).describe('Where it stands in lists of borders; lowest first.'),
    label: singleLine(200).describe('The name of the border in English.'),
    members: z
      .array(borderId)
      .describe('For a group, the borders that it stands for together; empty for a border of its own.'),
  })
  .refine(({ id, country, neighbour }) => id === `${country}-${neighbour}`, {
    path: ['id'],
    message: 'is not country and neighbour joined by a hyphen',
  })

export type Border = z.infer<typeof borderSchema>

/** Tells whether a border is a group of others. */
export function isGroup(border: Border): boolean {
  return border.members.length > 0
}
