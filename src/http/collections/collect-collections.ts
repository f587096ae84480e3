import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { FormatName } from '../../formats/registry.ts'
import type { Row } from '../../formats/table.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The collection that the route serves. */
    readonly list?: CollectionInfo
  }
}

/** A collection of the API, for the data package and the catalogue. */
export interface CollectionInfo {
  readonly title: string
  readonly description: string
  readonly row: z.ZodObject
  readonly formats: readonly FormatName[]
  /** Iterates over all rows of a query, on behalf of a request. */
  rowsOf(request: FastifyRequest, query: Readonly<Record<string, string>>): Promise<AsyncIterable<Row>>
}

/** The collections of the API by path. */
export type CollectionsByPath = ReadonlyMap<string, CollectionInfo>

/** Collects collections as their routes are registered. Call it before the routes are registered. */
export function collectCollections(app: FastifyInstance): CollectionsByPath {
  const lists = new Map<string, CollectionInfo>()
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.list !== undefined) lists.set(url, config.list)
  })
  return lists
}
