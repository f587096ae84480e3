import type {} from '@fastify/swagger'
import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Filter, Page } from '../domain/filter.ts'
import { columnsOf, type Row } from '../formats/table.ts'
import { aboutTable } from './about-table.ts'
import { inOrder, publicAddress, questionOf } from './address.ts'
import { formatOf, link, listMetaSchema, metaSchema, send } from './answer.ts'
import { ask, type Dependencies } from './ask.ts'
import { readCursor } from './cursor.ts'
import { type FormatName, ROW_FORMATS, TABLE_FORMATS } from './formats.ts'
import type { List } from './lists.ts'
import {
  DEFAULT_LIMIT,
  deliveryParameters,
  formatAmong,
  pagingParameters,
  type parameters,
} from './parameters.ts'
import { badRequest } from './problem.ts'
import { collectionResponses } from './response.ts'
import { sendTable } from './send-table.ts'

interface Question<Query extends z.ZodObject, Place> {
  readonly filter: Filter
  readonly query: z.output<Query>
  readonly page: Page<Place>
}

interface Rows {
  /** All rows, or for a page as many as it asks for. */
  readonly rows: readonly Row[]
  readonly extra?: Readonly<Record<string, unknown>>
}

export interface Collection<Query extends z.ZodObject, Place> {
  readonly url: string
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tag: string
  /** A query with a short answer, to show in the documentation. */
  readonly example: string
  /** What can be asked; how it is delivered is added. */
  readonly query: Query
  /** A row; its fields are the columns of tables, save for `proof`, which these have no place for. */
  readonly row: z.ZodObject
  /** What JSON holds besides `data` and `meta`. */
  readonly extra?: z.ZodRawShape
  /** The formats that the rows can have besides those of all rows. */
  readonly formats?: readonly FormatName[]
  /** For what comes page by page: what a cursor must hold of a row to go on behind it. */
  readonly paging?: { readonly place: z.ZodType<Place>; placeOf(row: Row): Place }
  answer(question: Question<Query, Place>): Promise<Rows>
}

/** How an answer is delivered: the parameters that this module itself acts on. */
type Handled = z.output<z.ZodObject<typeof deliveryParameters>> & {
  readonly format?: FormatName | undefined
} & Partial<z.output<z.ZodObject<typeof pagingParameters & Pick<typeof parameters, 'explain'>>>>

/** Rows of a whole list that are read at once. */
const ROWS_PER_STEP = 2_000

const SEPARATORS = { point: ',', comma: ';' } as const

/** A route that answers with rows: from the query to the filter, and from the rows to the format. */
export function collection<Query extends z.ZodObject, Place>(
  dependencies: Dependencies,
  definition: Collection<Query, Place>,
): RouteOptions {
  const { url, row, query: asking, extra = {}, paging, answer, example } = definition
  const { operationId, summary, description, tag } = definition
  const formats = [...ROW_FORMATS, ...(definition.formats ?? [])]
  const columns = columnsOf(row)
  const meta = paging === undefined ? metaSchema : listMetaSchema
  const querystring = asking.extend({
    ...(paging === undefined ? {} : pagingParameters),
    ...deliveryParameters,
    format: formatAmong(formats),
  })
  const list: List | undefined = paging && {
    title: summary,
    description,
    row,
    formats,
    async rowsOf(raw) {
      const query = querystring.parse(raw) as z.output<Query> & Handled
      const { filter } = await ask(dependencies, query)
      return allRows({ filter, query }, null, paging.placeOf)
    },
  }
  async function* allRows(
    question: Omit<Question<Query, Place>, 'page'>,
    from: Place | null,
    placeOf: (row: Row) => Place,
  ): AsyncGenerator<Row> {
    for (let after = from; ; ) {
      const { rows } = await answer({ ...question, page: { after, limit: ROWS_PER_STEP + 1 } })
      const step = rows.slice(0, ROWS_PER_STEP)
      yield* step
      const last = step.at(-1)
      if (last === undefined || rows.length <= ROWS_PER_STEP) return
      after = placeOf(last)
    }
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
    config: { example, ...(list && { list }) },
    handler: async (request, reply) => {
      const query = request.query as z.output<Query> & Handled
      const format = formatOf(request, formats, query.format)
      requireFitting(query, format)
      const position =
        paging === undefined || query.cursor === undefined
          ? null
          : readCursor(query.cursor, questionOf(request), paging.place)
      const asked = await ask(dependencies, query, position)
      const { filter } = asked
      const first = position?.after ?? null
      const limit = paging === undefined ? Number.POSITIVE_INFINITY : (query.limit ?? DEFAULT_LIMIT)
      if (format !== 'json' && paging !== undefined && limit === Number.POSITIVE_INFINITY) {
        const { permalink } = link(request, reply, { asked })
        return await sendAs(format, allRows({ filter, query }, first, paging.placeOf), permalink)
      }
      const { rows, extra } = await answer({ filter, query, page: { after: first, limit: limit + 1 } })
      const page = rows.slice(0, limit)
      const last = rows.length > limit ? page.at(-1) : undefined
      const next = paging === undefined ? {} : { next: last === undefined ? null : paging.placeOf(last) }
      if (format === 'json')
        return send(request, reply, { asked, rows: page, ...(extra && { extra }), ...next })
      const { permalink } = link(request, reply, { asked, ...next })
      return await sendAs(format, page, permalink)

      function sendAs(
        name: Exclude<FormatName, 'json'>,
        rows: AsyncIterable<Row> | readonly Row[],
        permalink: string,
      ) {
        const address = publicAddress(dependencies.publicUrl, inOrder(permalink))
        const about = () => aboutTable(dependencies.store, asked, { title: summary, description, address })
        const { header = 'names', decimal = 'point', sep = SEPARATORS[decimal] } = query
        const separator = sep === 'tab' ? '\t' : sep
        return sendTable(request, reply, { columns, rows, about }, TABLE_FORMATS[name], { header, separator })
      }
    },
  }
}

/** @throws Problem (400) for a parameter that the format asked for has no place for */
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
