import { z } from 'zod'
import { borderSchema } from './border.ts'
import { eventSchema } from './event.ts'
import { indicatorSchema } from './indicator.ts'
import { statementSchema } from './observation.ts'
import { sourceSchema } from './source.ts'

/** The types of resources that have a history, in the order in which the changes of one version are listed. */
export const RESOURCES = {
  indicator: { state: z.object(indicatorSchema.shape), canBeRetracted: false },
  border: { state: z.object(borderSchema.shape), canBeRetracted: false },
  source: { state: z.object(sourceSchema.shape), canBeRetracted: true },
  observation: { state: z.object({ id: z.int(), ...statementSchema.shape }), canBeRetracted: true },
  event: { state: z.object(eventSchema.shape), canBeRetracted: true },
}

export type ResourceType = keyof typeof RESOURCES

export const RESOURCE_TYPES = Object.keys(RESOURCES) as ResourceType[]

/** When a state was recorded, by whom and why. */
const recordedSchema = z.object({
  version: z.int().min(1).describe('The version that recorded it.'),
  recorded_at: z.iso.datetime().describe('When that was, in UTC.'),
  author: z
    .string()
    .nullable()
    .describe('Who recorded it: the name of an API key; null for what came with the program.'),
  reason: z.string().nullable().describe('Why; null where nobody said.'),
  change: z
    .enum(['created', 'revised', 'retracted'])
    .describe('What was done: `retracted` takes it out of every answer from this version on.'),
})

/** One entry of the change log: a state of a resource. */
export const changeSchema = z
  .object({
    ...recordedSchema.shape,
    resource: z.enum(RESOURCE_TYPES).describe('The type of the resource that changed.'),
    id: z
      .union([z.int(), z.string()])
      .describe('The id of the resource: a number for observations, else text.'),
    state: z
      .union(RESOURCE_TYPES.map((type) => RESOURCES[type].state))
      .describe('The resource as it was recorded; a retracted one, as it was withdrawn.'),
  })
  .meta({ id: 'Change' })

export type Change = z.infer<typeof changeSchema>

/** One state of an observation. */
export const revisionSchema = z
  .object({
    ...recordedSchema.shape,
    id: z.int().min(1).describe('The id of the observation.'),
    ...statementSchema.shape,
  })
  .meta({ id: 'Revision' })

export type Revision = z.infer<typeof revisionSchema>
