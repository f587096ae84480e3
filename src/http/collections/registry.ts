import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { Turn } from '../../concurrency/turns.ts'
import type { FormatName } from '../../formats/registry.ts'
import type { Row } from '../../formats/table.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For a route that answers with a list, that list as a whole. */
    readonly list?: CollectionInfo
  }
}

/** A list of the API as a whole, however it is paged. */
export interface CollectionInfo {
  readonly title: string
  readonly description: string
  readonly row: z.ZodObject
  readonly formats: readonly FormatName[]
  /** All rows that a query means, read as they are taken. */
  rowsOf(query: Readonly<Record<string, string>>, turn: Turn): Promise<AsyncIterable<Row>>
}

/** The lists of the API by their addresses, as far as their routes are registered. */
export type CollectionRegistry = ReadonlyMap<string, CollectionInfo>

/** Gathers the lists as their routes are registered. Call it before the routes are. */
export function collectCollections(app: FastifyInstance): CollectionRegistry {
  const lists = new Map<string, CollectionInfo>()
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.list !== undefined) lists.set(url, config.list)
  })
  return lists
}
