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
    versions: z.int().min(1).describe('The number of reverted versions.'),
    restored: z.int().min(0).describe('The number of resources that have their former state again.'),
    retracted: z
      .int()
      .min(0)
      .describe('The number of retracted resources, which the versions had added or reinstated.'),
    left: z
      .array(
        z.object({
          resource: z.enum(RESOURCE_TYPES).describe('The type of the resource.'),
          id: z
            .union([z.int(), z.string()])
            .describe('The id of the resource: a number for observations, else text.'),
          detail: z.string().describe('Why it was skipped.'),
        }),
      )
      .describe('The skipped resources; the first 100.'),
    left_count: z.int().min(0).describe('The number of skipped resources.'),
  })
  .meta({ id: 'Revert' })

export type Revert = z.infer<typeof revertSchema>
