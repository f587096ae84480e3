import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { eventSchema } from '../../domain/event.ts'
import { requireAnswerable } from '../../results/require-answerable.ts'
import { versionETag } from '../cache/etag.ts'
import type { ReaderDependencies } from '../dependencies.ts'
import { Problem, type ProblemDetail } from '../problems/problem.ts'
import { quoteInput } from '../problems/unknown-value.ts'
import { outputParameters, parameters } from '../query/parameters.ts'
import { resolveQuery } from '../query/resolve-query.ts'
import { metaSchema, requireJsonAcceptable, sendJsonPage } from '../responses/json-response.ts'
import { jsonResponses } from '../responses/response-schemas.ts'
import {
  borderDefinition,
  eventDefinition,
  indicatorDefinition,
  type ResourceDefinition,
  sourceDefinition,
} from '../writes/resources.ts'
import { pointTo, requireIfMatch, writeParameters, writeRoute } from '../writes/write-route.ts'
import { writeTurn } from '../writes/write-turn.ts'

const MAX_THINGS = 1_000

/** One source, event, indicator or border by its id, and what writes them. */
export const resourcesRoutes: FastifyPluginAsync<ReaderDependencies> = async (app, dependencies) => {
  getOne(app, dependencies, sourceDefinition)
  postMany(app, dependencies, sourceDefinition)
  putOne(app, dependencies, sourceDefinition)
  getOne(app, dependencies, eventDefinition)
  postMany(app, dependencies, eventDefinition)
  putOne(app, dependencies, eventDefinition)
  deleteEvent(app, dependencies)
  getOne(app, dependencies, indicatorDefinition)
  putOne(app, dependencies, indicatorDefinition)
  getOne(app, dependencies, borderDefinition)
  putOne(app, dependencies, borderDefinition)
}

function paramsOf<Row extends { readonly id: string }>({ id, resource, example }: ResourceDefinition<Row>) {
  return z.strictObject({ id: id.describe(`The id of the ${resource}.`).meta({ examples: [example] }) })
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

function titleOf({ resource }: { readonly resource: string }): string {
  return capitalize(resource)
}

function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function getOne<Row extends { readonly id: string }>(
  app: FastifyInstance,
  dependencies: ReaderDependencies,
  kind: ResourceDefinition<Row>,
): void {
  const { store } = dependencies
  const query = z.strictObject({ as_of: outputParameters.as_of, _: outputParameters._ })
  app.route({
    method: 'GET',
    url: `/v1/${kind.path}/:id`,
    schema: {
      operationId: `get${titleOf(kind)}`,
      summary: `One ${kind.resource}`,
      description: `The ${kind.resource} with this id. Its ETag is what a change of it must send as If-Match.`,
      tags: ['Dimensions'],
      params: paramsOf(kind),
      querystring: query,
      response: jsonResponses(
        `The ${kind.resource}.`,
        z.object({ data: z.object(kind.schema.shape), meta: metaSchema }),
        400,
        404,
        406,
      ),
    },
    config: { example: `/v1/${kind.path}/${kind.example}` },
    handler: async (request, reply) => {
      requireJsonAcceptable(request)
      const { id } = request.params as { id: string }
      const resolved = await resolveQuery(dependencies, request, request.query as z.output<typeof query>)
      const row = await kind.read(store, resolved.filter.version, id)
      if (row === undefined)
        throw new Problem(404, `There is no ${kind.resource} ${quoteInput(id)} in this version of the data.`)
      const state = await store.newestState(kind.resource, id, resolved.filter.version)
      if (state !== null) reply.header('etag', versionETag(state.version))
      return sendJsonPage(request, reply, { resolved, rows: row }, dependencies.turnOf(request))
    },
  })
}

function postMany<Row extends { readonly id: string }>(
  app: FastifyInstance,
  dependencies: ReaderDependencies,
  kind: ResourceDefinition<Row>,
): void {
  const row = z.object(kind.schema.shape)
  app.route(
    writeRoute(dependencies, {
      method: 'POST',
      url: `/v1/${kind.path}`,
      scope: kind.scope,
      operationId: `create${titleOf(kind)}s`,
      summary: `Add ${kind.path}`,
      description: `Adds one ${kind.resource}, or a list of up to 1,000: all of them or none. An id that was used before is a 409.`,
      tag: 'Writing',
      params: z.object({}),
      query: z.strictObject(writeParameters),
      body: z.union([
        kind.schema,
        z.array(kind.schema).min(1, 'has no row').max(MAX_THINGS, `has more than ${MAX_THINGS} rows`),
      ]),
      data: { data: z.union([row, z.array(row)]).describe('What was added; a list for a list.') },
      statuses: [200, 201, 409, 422],
      async write(transaction, { body }) {
        const rows = [body].flat() as Row[]
        const pointerOf = (index: number) => (Array.isArray(body) ? `/${index}` : '')
        const { version } = await transaction.currentVersion()
        const faults: ProblemDetail[] = []
        const duplicates: ProblemDetail[] = []
        for (const [index, each] of rows.entries()) {
          const own = await kind.check(transaction, version, each)
          faults.push(
            ...own.map(({ pointer, detail }) => ({ pointer: `${pointerOf(index)}${pointer}`, detail })),
          )
          const isTaken =
            (await transaction.newestState(kind.resource, each.id)) !== null ||
            rows.findIndex(({ id }) => id === each.id) < index
          if (isTaken)
            duplicates.push({
              pointer: `${pointerOf(index)}/id`,
              detail: `was used before: ${quoteInput(each.id)}; PUT /v1/${kind.path}/${each.id} changes it`,
            })
        }
        refuse(422, `The ${kind.resource} cannot be recorded.`, faults)
        refuse(409, `${capitalize(withArticle(kind.resource))} with this id exists already.`, duplicates)
        for (const each of rows) await kind.put(transaction, each)
        const warnings = rows.flatMap((each, index) => pointTo(pointerOf(index), kind.slipsOf?.(each) ?? []))
        const [only] = rows
        if (Array.isArray(body) || only === undefined) return { status: 201, body: { data: rows }, warnings }
        const made = await transaction.currentVersion()
        const headers = { location: `/v1/${kind.path}/${only.id}`, etag: versionETag(made.version) }
        return { status: 201, headers, body: { data: only }, warnings }
      },
    }),
  )
}

function putOne<Row extends { readonly id: string }>(
  app: FastifyInstance,
  dependencies: ReaderDependencies,
  kind: ResourceDefinition<Row>,
): void {
  const creates = kind.scope === 'admin'
  app.route(
    writeRoute(dependencies, {
      method: 'PUT',
      url: `/v1/${kind.path}/:id`,
      scope: kind.scope,
      operationId: `put${titleOf(kind)}`,
      summary: `${creates ? 'Create or update' : 'Update'} ${withArticle(kind.resource)}`,
      description:
        `Records a new state of the ${kind.resource}; the states before it stay in the history. ` +
        `Needs \`If-Match\` with the ETag of the state it changes.${creates ? ' One that is not there yet is added.' : ''}`,
      tag: 'Writing',
      params: paramsOf(kind),
      query: z.strictObject(writeParameters),
      body: kind.schema,
      data: { data: z.object(kind.schema.shape) },
      statuses: creates ? [200, 201, 412, 422, 428] : [200, 404, 412, 422, 428],
      async write(transaction, { request, params, body }) {
        const { id } = params as { id: string }
        const row = body as Row
        const newest = await transaction.newestState(kind.resource, id)
        const isRetracted = newest?.isRetracted ?? false
        requireIfMatch(request, newest?.version ?? null, { isRequired: newest !== null, isRetracted })
        if (newest === null && !creates)
          throw new Problem(404, `There is no ${kind.resource} ${quoteInput(id)}.`)
        const { version } = await transaction.currentVersion()
        const isOther = row.id !== id
        refuse(422, `The ${kind.resource} cannot be recorded.`, [
          ...(isOther ? [{ pointer: '/id', detail: `is not the id of the address: ${quoteInput(id)}` }] : []),
          ...(await kind.check(transaction, version, row)),
        ])
        const recorded = await kind.read(transaction, version, id)
        const isSame = isDeepStrictEqual(row, recorded)
        if (!isSame) await kind.put(transaction, row)
        if (!isSame && kind.affectsFigures?.(row, recorded) === true)
          await requireAnswerable({ transaction, before: version, turn: writeTurn(transaction) })
        const made = await transaction.currentVersion()
        return {
          status: newest === null ? 201 : 200,
          headers: { etag: versionETag(isSame && newest !== null ? newest.version : made.version) },
          body: { data: row },
          warnings: pointTo('', kind.slipsOf?.(row) ?? []),
        }
      },
    }),
  )
}

function deleteEvent(app: FastifyInstance, dependencies: ReaderDependencies): void {
  app.route(
    writeRoute(dependencies, {
      method: 'DELETE',
      url: '/v1/events/:id',
      scope: 'write',
      operationId: 'retractEvent',
      summary: 'Withdraw an event',
      description:
        'Takes an event out of every answer from the next version on, and says why. `If-Match` is obeyed where it is sent.',
      tag: 'Writing',
      params: paramsOf(eventDefinition),
      query: z.strictObject({ ...writeParameters, reason: parameters.retraction }),
      data: { data: z.object(eventSchema.shape) },
      statuses: [200, 404, 412],
      async write(transaction, { request, params: { id }, query: { reason } }) {
        const { version } = await transaction.currentVersion()
        const event = await eventDefinition.read(transaction, version, id)
        const newest = await transaction.newestState('event', id)
        const isRetracted = event === undefined
        requireIfMatch(request, newest?.version ?? null, { isRequired: false, isRetracted })
        if (event === undefined) throw new Problem(404, `There is no event ${quoteInput(id)}.`)
        await transaction.putEvent(event, reason)
        return { status: 200, body: { data: event } }
      },
    }),
  )
}

function refuse(status: number, detail: string, faults: readonly ProblemDetail[]): void {
  if (faults.length > 0) throw new Problem(status, detail, { errors: faults.slice(0, 100) })
}
