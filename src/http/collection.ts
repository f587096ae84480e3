import type {} from '@fastify/swagger'
import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Filter, Page } from '../domain/filter.ts'
import { questionOf } from './address.ts'
import { formatOf, listMetaSchema, metaSchema, type Row, send } from './answer.ts'
import { ask, type Dependencies } from './ask.ts'
import { readCursor } from './cursor.ts'
import {
  DEFAULT_LIMIT,
  type deliveryParameters,
  type pagingParameters,
  type parameters,
} from './parameters.ts'
import { badRequest } from './problem.ts'
import { collectionResponses } from './response.ts'

interface Question<Query extends z.ZodObject, Place> {
  readonly filter: Filter
  readonly query: z.output<Query>
  readonly page: Page<Place>
}

export interface Collection<Query extends z.ZodObject<typeof deliveryParameters>, Place> {
  readonly url: string
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tag: string
  /** A query with a short answer, to show in the documentation. */
  readonly example: string
  readonly query: Query
  /** A row; its fields are the columns of CSV, save for `proof`, which CSV has no place for. */
  readonly row: z.ZodObject
  /** What JSON holds besides `data` and `meta`. */
  readonly extra?: z.ZodRawShape
  /** For what comes page by page: what a cursor must hold of a row to go on behind it. */
  readonly paging?: { readonly place: z.ZodType<Place>; placeOf(row: Row): Place }
  answer(question: Question<Query, Place>): Promise<{
    /** All rows, or for a page as many as it asks for. */
    readonly rows: readonly Row[]
    readonly extra?: Readonly<Record<string, unknown>>
  }>
}

/** The parameters that this module itself acts on; a query has some of them. */
type Handled = z.output<z.ZodObject<typeof deliveryParameters>> &
  Partial<z.output<z.ZodObject<typeof pagingParameters & Pick<typeof parameters, 'explain'>>>>

/** A route that answers with rows, as JSON or CSV: from the query to the filter, and from the rows to the answer. */
export function collection<Query extends z.ZodObject<typeof deliveryParameters>, Place>(
  dependencies: Dependencies,
  {
    url,
    row,
    query: querystring,
    extra = {},
    paging,
    answer,
    example,
    ...described
  }: Collection<Query, Place>,
): RouteOptions {
  const { operationId, summary, description, tag } = described
  const columns = Object.keys(row.shape).filter((field) => field !== 'proof')
  const meta = paging === undefined ? metaSchema : listMetaSchema
  const body = z.object({ data: z.array(row), ...extra, meta })
  return {
    method: 'GET',
    url,
    schema: {
      operationId,
      summary,
      description,
      tags: [tag],
      querystring: querystring.meta({ style: 'form', explode: false }),
      response: collectionResponses(summary, body),
    },
    config: { example },
    handler: async (request, reply) => {
      const query = request.query as z.output<Query> & Handled
      const format = formatOf(request, query.format)
      if (format === 'csv' && query.explain === true) {
        throw badRequest([{ parameter: 'explain', detail: 'is for JSON only; CSV has no place for proofs' }])
      }
      const position =
        paging === undefined || query.cursor === undefined
          ? null
          : readCursor(query.cursor, questionOf(request), paging.place)
      const asked = await ask(dependencies, query, position)
      const limit = paging === undefined ? Number.POSITIVE_INFINITY : (query.limit ?? DEFAULT_LIMIT)
      const { rows, extra } = await answer({
        filter: asked.filter,
        query,
        page: { after: position?.after ?? null, limit: limit + 1 },
      })
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return send(request, reply, {
        asked,
        format,
        columns,
        rows: rows.slice(0, limit),
        ...(extra === undefined ? {} : { extra }),
        ...(paging === undefined ? {} : { next: last === undefined ? null : paging.placeOf(last) }),
      })
    },
  }
}
