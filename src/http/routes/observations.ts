import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { revisionSchema } from '../../domain/change.ts'
import { observationWithStatusSchema } from '../../domain/observation.ts'
import { observationsById, observationsWithStatus } from '../../results/observations-with-status.ts'
import { versionETag } from '../cache/etag.ts'
import { collection } from '../collections/collection-route.ts'
import type { FigureDependencies } from '../dependencies.ts'
import { Problem } from '../problems/problem.ts'
import {
  borderParameters,
  evidenceParameters,
  outputParameters,
  parameters,
  windowParameters,
} from '../query/parameters.ts'
import { resolveQuery } from '../query/resolve-query.ts'
import { metaSchema, requireJsonAcceptable, sendJsonPage } from '../responses/json-response.ts'
import { jsonResponses } from '../responses/response-schemas.ts'

/** The path of one observation. */
export const observationIdSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'is not the number of an observation')
    .transform(Number)
    .describe('The id of an observation.')
    .meta({ wire: { type: 'integer', minimum: 1, examples: [1] } }),
})

/** The filters of the lists of observations. */
export const observationParameters = {
  indicator: parameters.indicators,
  ...borderParameters,
  ...windowParameters,
  ...evidenceParameters,
  qualifier: parameters.qualifier,
}

/** `GET /v1/observations`: the figures as they were published, and each one by its id. */
export const observationsRoutes: FastifyPluginAsync<FigureDependencies> = async (app, dependencies) => {
  const { store } = dependencies
  app.route(
    collection(dependencies, {
      url: '/v1/observations',
      operationId: 'listObservations',
      summary: 'Figures as published',
      description:
        'Each figure as a publication states it, and how it fares against the others. ' +
        '`from` and `to` select those that overlap the window. Ordered by period_start, period_end, border, source.',
      tag: 'Evidence',
      example: '/v1/observations?source=pozirk-2024-11-15&country=PL',
      query: z.strictObject({
        ...observationParameters,
        status: parameters.status,
      }),
      row: observationWithStatusSchema,
      paging: { place: z.int(), placeOf: (row) => z.int().parse(row.id) },
      formats: ['sdmx-csv', 'sdmx-json'],
      async load({ filter, query, page, turn }) {
        const sources = { ...dependencies, turn }
        const reconciled = await observationsWithStatus(sources, filter, query.status, page)
        return { rows: reconciled.map(({ row }) => row) }
      },
    }),
  )

  const query = z.strictObject({
    as_of: outputParameters.as_of,
    published_until: evidenceParameters.published_until,
    _: outputParameters._,
  })
  app.route({
    method: 'GET',
    url: '/v1/observations/:id',
    schema: {
      operationId: 'getObservation',
      summary: 'One figure as published',
      description: 'The figure with this id, and how it fares against the others.',
      tags: ['Evidence'],
      params: observationIdSchema,
      querystring: query.meta({ style: 'form', explode: false }),
      response: jsonResponses(
        'The figure with this id.',
        z.object({ data: observationWithStatusSchema, meta: metaSchema }),
        400,
        404,
        406,
      ),
    },
    config: { example: '/v1/observations/1' },
    handler: async (request, reply) => {
      const { id } = request.params as z.output<typeof observationIdSchema>
      requireJsonAcceptable(request)
      const resolved = await resolveQuery(dependencies, request, request.query as z.output<typeof query>)
      const sources = { ...dependencies, turn: dependencies.turnOf(request) }
      const [row] = await observationsById(sources, resolved.filter, [id])
      if (row === undefined)
        throw new Problem(404, `There is no observation ${id} in this version of the data.`)
      reply.header('etag', versionETag(row.version))
      return sendJsonPage(request, reply, { resolved, rows: row }, sources.turn)
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/observations/:id/revisions',
    schema: {
      operationId: 'listRevisions',
      summary: 'Every state of a figure',
      description: 'Each state that the figure has had, oldest first: when it was recorded, by whom and why.',
      tags: ['Evidence'],
      params: observationIdSchema,
      querystring: z.strictObject({ as_of: query.shape.as_of, _: query.shape._ }),
      response: jsonResponses(
        'The states of the figure.',
        z.object({ data: z.array(revisionSchema), meta: metaSchema }),
        400,
        404,
        406,
      ),
    },
    config: { example: '/v1/observations/1/revisions' },
    handler: async (request, reply) => {
      const { id } = request.params as z.output<typeof observationIdSchema>
      requireJsonAcceptable(request)
      const resolved = await resolveQuery(
        dependencies,
        request,
        request.query as Pick<z.output<typeof query>, 'as_of'>,
      )
      const rows = await store.revisions(id, resolved.filter.version)
      if (rows.length === 0)
        throw new Problem(404, `There is no observation ${id} in this version of the data.`)
      return sendJsonPage(request, reply, { resolved, rows }, dependencies.turnOf(request))
    },
  })
}
