import { z } from 'zod'
import { RESOURCE_TYPES } from './change.ts'
import { singleLine } from './fields.ts'

/** Which writes are to be reverted: one version, or those of one author, from a version or a time on. */
export const revertedWritesSchema = z.strictObject({
  version: z
    .int()
    .min(1)
    .optional()
    .describe('The version whose changes are taken back; this or `author` must be given.')
    .meta({ examples: [2] }),
  author: singleLine(100)
    .optional()
    .describe(
      'Instead of a version: whose changes are taken back, the name of an API key, as `/v1/changes` has it in `author`.',
    ),
  since: z
    .union([z.int().min(1), z.iso.datetime({ offset: true })])
    .optional()
    .describe('Of an author: only from this version, or this time (RFC 3339), on.'),
})

export type RevertedWrites = z.infer<typeof revertedWritesSchema>

/** The outcome of a revert. */
export const revertSchema = z
  .object({
    versions: z.int().min(1).describe('How many versions were taken back.'),
    restored: z.int().min(0).describe('How many things have their former state again.'),
    retracted: z
      .int()
      .min(0)
      .describe('How many things that the versions added, or brought back, are retracted.'),
    left: z
      .array(
        z.object({
          resource: z.enum(RESOURCE_TYPES).describe('What kind of resource it is.'),
          id: z.union([z.int(), z.string()]).describe('Which one: a number for observations, else text.'),
          detail: z.string().describe('Why it is left as it is.'),
        }),
      )
      .describe('What is left as it is; the first 100.'),
    left_count: z.int().min(0).describe('How many things are left as they are.'),
  })
  .meta({ id: 'Revert' })

export type Revert = z.infer<typeof revertSchema>
