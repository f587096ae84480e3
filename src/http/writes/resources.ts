import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { borderSchema } from '../../domain/border.ts'
import type { ResourceType } from '../../domain/change.ts'
import { eventSchema } from '../../domain/event.ts'
import { slug } from '../../domain/fields.ts'
import { indicatorSchema } from '../../domain/indicator.ts'
import { type FieldRemark, publicationToCome, slipsOfSource } from '../../domain/slips.ts'
import { sourceSchema } from '../../domain/source.ts'
import type { Scope } from '../../store/read/api-keys.ts'
import type { Reader } from '../../store/read/reader.ts'
import type { Transaction } from '../../store/write/transaction.ts'
import type { ProblemDetail } from '../problems/problem.ts'
import { quoteInput } from '../problems/unknown-value.ts'
import { pointTo } from './write-route.ts'

/** Defines how resources of one type, whose ids clients choose, are read and written. */
export interface ResourceDefinition<Row extends { readonly id: string }> {
  readonly resource: Exclude<ResourceType, 'observation'>
  /** The last part of the path. */
  readonly path: string
  readonly scope: Scope
  readonly id: z.ZodType<string>
  readonly schema: z.ZodObject & z.ZodType<Row>
  /** An id to show in the documentation. */
  readonly example: string
  read(reader: Reader, version: number, id: string): Promise<Row | undefined>
  put(transaction: Transaction, row: Row): Promise<void>
  /** Returns the faults of a row that its schema cannot detect. */
  check(transaction: Transaction, version: number, row: Row): Promise<ProblemDetail[]>
  /** Tells whether a new state may change how figures are reconciled; `recorded` is the one before it. */
  affectsFigures?(row: Row, recorded: Row | undefined): boolean
  /** Returns the likely slips of a row. */
  slipsOf?(row: Row): FieldRemark[]
}

export const sourceDefinition: ResourceDefinition<z.output<typeof sourceSchema>> = {
  resource: 'source',
  path: 'sources',
  scope: 'write',
  id: slug,
  schema: sourceSchema,
  example: 'pozirk-2024-11-15',
  read: async (reader, version, id) => (await reader.sources({ version, source: [id] })).at(0),
  put: (transaction, row) => transaction.putSource(row),
  check: async (transaction, _version, row) => pointTo('', publicationToCome(row, transaction.latestDay())),
  affectsFigures: (row, recorded) =>
    recorded !== undefined && (row.kind !== recorded.kind || row.published_on !== recorded.published_on),
  slipsOf: slipsOfSource,
}

export const eventDefinition: ResourceDefinition<z.output<typeof eventSchema>> = {
  resource: 'event',
  path: 'events',
  scope: 'write',
  id: slug,
  schema: eventSchema,
  example: 'minsk-conference',
  read: async (reader, version, id) => (await reader.events({ version })).find((event) => event.id === id),
  put: (transaction, row) => transaction.putEvent(row),
  async check(reader, version, { source }) {
    const isKnown = (await reader.sources({ version, source: [source] })).length > 0
    return [
      ...(isKnown
        ? []
        : [{ pointer: '/source', detail: `names no source held here: ${quoteInput(source)}` }]),
    ]
  },
}

export const indicatorDefinition: ResourceDefinition<z.output<typeof indicatorSchema>> = {
  resource: 'indicator',
  path: 'indicators',
  scope: 'admin',
  id: slug,
  schema: indicatorSchema,
  example: 'attempted_crossings',
  read: async (reader, version, id) => (await reader.indicators(version)).find((row) => row.id === id),
  put: (transaction, row) => transaction.putIndicator(row),
  check: async () => [],
}

export const borderDefinition: ResourceDefinition<z.output<typeof borderSchema>> = {
  resource: 'border',
  path: 'borders',
  scope: 'admin',
  id: borderSchema.shape.id,
  schema: borderSchema,
  example: 'EU-BY',
  read: async (reader, version, id) => (await reader.borders(version)).find((row) => row.id === id),
  put: (transaction, row) => transaction.putBorder(row),
  affectsFigures: (row, recorded) => !isDeepStrictEqual(row.members, recorded?.members ?? []),
  async check(reader, version, { id, members }) {
    const recorded = await reader.borders(version)
    const isPlain = (member: string) =>
      recorded.some((border) => border.id === member && border.members.length === 0)
    const isMember = recorded.some((border) => border.members.includes(id))
    return [
      ...(members.length === 0 || !isMember
        ? []
        : [{ pointer: '/members', detail: `${id} is a member of a group itself` }]),
      ...members.flatMap((member, index) =>
        isPlain(member) && member !== id && members.indexOf(member) === index
          ? []
          : [
              {
                pointer: `/members/${index}`,
                detail: `must be another border that exists and is not a group: ${quoteInput(member)}`,
              },
            ],
      ),
    ]
  },
}
