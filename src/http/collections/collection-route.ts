import type {} from '@fastify/swagger'
import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Turn } from '../../concurrency/turns.ts'
import type { Filter, Page } from '../../domain/filter.ts'
import type { CsvDialect } from '../../formats/csv/write-csv.ts'
import { type FormatName, ROW_FORMATS, TABLE_FORMATS } from '../../formats/registry.ts'
import { columnsOf, type Row } from '../../formats/table.ts'
import type { ReaderDependencies } from '../dependencies.ts'
import { badRequest } from '../problems/problem.ts'
import { absoluteUrl, canonicalQuery, sortQuery } from '../protocol/url.ts'
import { readCursor } from '../query/cursor.ts'
import { type CursorKeyOf, type Extra, iterateRows, type LoadRows, loadPage } from '../query/pagination.ts'
import {
  DEFAULT_LIMIT,
  formatParameter,
  outputParameters,
  pagingParameters,
  type parameters,
} from '../query/parameters.ts'
import { resolveQuery } from '../query/resolve-query.ts'
import {
  listMetaSchema,
  metaSchema,
  negotiateFormat,
  sendJsonPage,
  setLinkHeaders,
} from '../responses/json-response.ts'
import { collectionResponses } from '../responses/response-schemas.ts'
import { tableMetadata } from '../responses/table-metadata.ts'
import { sendTable } from '../responses/table-response.ts'
import type { CollectionInfo } from './collect-collections.ts'

interface CollectionRequest<Query extends z.ZodObject> {
  readonly filter: Filter
  readonly query: z.output<Query>
  /** Shares the event loop with other computations. */
  readonly turn: Turn
}

export interface Collection<Query extends z.ZodObject, Place, Loaded extends Row> {
  readonly url: string
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tag: string
  /** A query with a short response, for the documentation. */
  readonly example: string
  /** The parameters of the query; those of presentation and paging are added. */
  readonly query: Query
  /** A row; its fields are the columns of tables, save for `proof`, which these have no place for. */
  readonly row: z.ZodObject
  /** Further members of the JSON, besides `data` and `meta`. */
  readonly extra?: z.ZodRawShape
  /** Returns the row of a query where it lacks optional fields of `row`; its fields are the columns of tables. */
  rowOf?(query: z.output<Query>): z.ZodObject
  /** @throws Problem (400) for parameters that do not go together */
  check?(query: z.output<Query>): void
  /** Formats besides those of all rows. */
  readonly formats?: readonly FormatName[]
  /** The schema of cursor keys, for a paginated collection. */
  readonly paging?: { readonly place: z.ZodType<Place>; placeOf: CursorKeyOf<Place> }
  /** Loads the rows of a page, or all of them where there are no pages. */
  load(
    request: CollectionRequest<Query> & { readonly page: Page<Place> },
  ): ReturnType<LoadRows<Place, Loaded>>
  /** Returns what JSON holds besides the rows of a page and depends on them. */
  explain?(rows: readonly Loaded[], request: CollectionRequest<Query>): Promise<Extra>
}

/** The parameters of presentation and paging, which this module handles. */
type Handled = z.output<z.ZodObject<typeof outputParameters>> & {
  readonly format?: FormatName | undefined
} & Partial<z.output<z.ZodObject<typeof pagingParameters & Pick<typeof parameters, 'explain'>>>>

const SEPARATORS = { point: ',', comma: ';' } as const

/** Returns the route of a collection: resolves the query, loads rows, and writes them in the negotiated format. */
export function collection<Query extends z.ZodObject, Place, Loaded extends Row>(
  dependencies: ReaderDependencies,
  definition: Collection<Query, Place, Loaded>,
): RouteOptions {
  const { url, row, query: asking, extra = {}, paging, load, explain, example } = definition
  const { operationId, summary, description, tag } = definition
  const { store, publicUrl, turnOf } = dependencies
  const named = (address: string) => absoluteUrl(publicUrl, sortQuery(address))
  const formats = [...ROW_FORMATS, ...(definition.formats ?? [])]
  const columnsFor = (query: z.output<Query>) => columnsOf(definition.rowOf?.(query) ?? row)
  const meta = paging === undefined ? metaSchema : listMetaSchema
  const querystring = asking.extend({
    ...(paging === undefined ? {} : pagingParameters),
    ...outputParameters,
    format: formatParameter(formats),
  })
  const list: CollectionInfo | undefined = paging && {
    title: summary,
    description,
    row: definition.rowOf?.(querystring.parse({}) as z.output<Query>) ?? row,
    formats,
    async rowsOf(request, raw) {
      const query = querystring.parse(raw) as z.output<Query> & Handled
      const { filter } = await resolveQuery(dependencies, request, query)
      const turn = turnOf(request)
      return iterateRows((page) => load({ filter, query, page, turn }), null, paging.placeOf)
    },
  }
  return {
    method: 'GET',
    url,
    schema: {
      operationId,
      summary,
      description,
      tags: [tag],
      querystring: querystring.meta({ style: 'form', explode: false }),
      response: collectionResponses(summary, z.object({ data: z.array(row), ...extra, meta }), formats),
    },
    config: { example, varies: ['Accept'], ...(list && { list }) },
    handler: async (request, reply) => {
      const query = request.query as z.output<Query> & Handled
      const format = negotiateFormat(request, formats, query.format)
      requireFitting(query, format)
      definition.check?.(query)
      const position =
        paging === undefined || query.cursor === undefined
          ? null
          : readCursor(query.cursor, canonicalQuery(request), paging.place)
      const resolved = await resolveQuery(dependencies, request, query, position)
      const turn = turnOf(request)
      const question = { filter: resolved.filter, query, turn }
      const loadRows = (page: Page<Place>) => load({ ...question, page })
      const page = { after: position?.after ?? null, limit: query.limit ?? DEFAULT_LIMIT }
      if (format === 'json') {
        const found = await pageOf(loadRows, page)
        const explained = await explain?.(found.rows, question)
        return sendJsonPage(
          request,
          reply,
          { resolved, ...found, extra: { ...found.extra, ...explained } },
          turn,
        )
      }
      const { rows, next } = await rowsOf(loadRows, page)
      const { permalink, nextAddress } = setLinkHeaders(request, reply, { resolved, next })
      const titles = {
        title: summary,
        description,
        address: named(permalink),
        next: nextAddress && named(nextAddress),
      }
      const table = {
        columns: columnsFor(query),
        rows,
        ...tableMetadata(store, resolved, titles, turn.yieldIfDue),
      }
      return sendTable(request, reply, table, TABLE_FORMATS[format], dialectOf(query), turn)
    },
  }

  /** Loads a page, or all rows of a collection without pages. */
  async function pageOf(loadRows: LoadRows<Place, Loaded>, page: Page<Place>) {
    return paging === undefined
      ? { ...(await loadRows(page)), next: undefined }
      : await loadPage(loadRows, page, paging.placeOf)
  }

  /** Loads a page, or with `limit=all` returns an iterator over the rest. */
  async function rowsOf(loadRows: LoadRows<Place, Loaded>, page: Page<Place>) {
    const isWhole = paging !== undefined && page.limit === Number.POSITIVE_INFINITY
    return isWhole
      ? { rows: iterateRows(loadRows, page.after, paging.placeOf), next: null }
      : await pageOf(loadRows, page)
  }
}

function dialectOf({ header = 'names', decimal = 'point', sep = SEPARATORS[decimal] }: Handled): CsvDialect {
  return { header, separator: sep === 'tab' ? '\t' : sep }
}

/** @throws Problem (400) for a parameter that does not apply to the format */
function requireFitting(query: Handled, format: FormatName): void {
  const isStreamed = format !== 'json' && TABLE_FORMATS[format].isStreamed
  const streamed = Object.entries(TABLE_FORMATS).filter(([, each]) => each.isStreamed)
  const only = { header: query.header, sep: query.sep, decimal: query.decimal }
  const faults = [
    ...(query.explain === true && format !== 'json'
      ? [{ parameter: 'explain', detail: `is for JSON only; ${format} has no place for proofs` }]
      : []),
    ...(query.limit === Number.POSITIVE_INFINITY && !isStreamed
      ? [
          {
            parameter: 'limit',
            detail: `all is for ${streamed.map(([name]) => name).join(', ')}; ${format} comes page by page`,
          },
        ]
      : []),
    ...Object.entries(only)
      .filter(([, value]) => value !== undefined && format !== 'csv')
      .map(([parameter]) => ({ parameter, detail: `is for CSV only, and this is ${format}` })),
  ]
  if (faults.length > 0) throw badRequest(faults)
}
