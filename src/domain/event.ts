import { z } from 'zod'
import { civilDate, singleLine, slug } from './fields.ts'

export const EVENT_PRECISIONS = ['day', 'month', 'season', 'year'] as const

/** Something that happened, for annotating charts. */
export const eventSchema = z
  .strictObject({
    id: slug.describe('The id of the event.').meta({ examples: ['minsk-conference'] }),
    period_start: civilDate.describe('The first day it may have happened on.'),
    period_end: civilDate.describe('The last day it may have happened on, inclusive.'),
    precision: z.enum(EVENT_PRECISIONS).describe('How exactly its date is known.'),
    title: singleLine(1000).describe('What happened.'),
    source: slug.describe('The id of the publication that reports it.'),
  })
  .refine((event) => event.period_start <= event.period_end, {
    path: ['period_end'],
    message: 'lies before period_start',
  })

export type Event = z.infer<typeof eventSchema>
