import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { extentOf, extentSchema } from '../../domain/extent.ts'
import { METHOD } from '../../domain/method.ts'
import type { Dependencies } from '../dependencies.ts'
import { newestVersionOf } from '../query/newest-version.ts'
import { DEFAULT_LIMIT, MAX_LIMIT, noParameters } from '../query/parameters.ts'
import { cacheControlOf, requireJsonAcceptable, sendJson } from '../responses/json-response.ts'
import { DATA_LICENCE } from '../responses/licence.ts'
import { jsonResponses } from '../responses/response-schemas.ts'
import { SERVICE } from '../responses/service-info.ts'

const LINKS = {
  totals: '/v1/totals',
  series: '/v1/series',
  observations: '/v1/observations',
  conflicts: '/v1/conflicts',
  borders: '/v1/borders',
  indicators: '/v1/indicators',
  sources: '/v1/sources',
  events: '/v1/events',
  changes: '/v1/changes',
  datapackage: '/v1/datapackage.json',
  download: '/v1/datapackage.zip',
  catalog: '/catalog.jsonld',
  openapi: '/openapi.json',
  docs: '/docs',
}

const count = z.int().min(0)

const body = z
  .object({
    name: z.string().describe('The name of the service.'),
    description: z.string().describe('What it is.'),
    version: count.describe('The newest version of the data: how many writes have been committed.'),
    method: z.int().min(1).describe('The number of the method by which answers follow from the data.'),
    recorded_at: z.iso.datetime().nullable().describe('When that was; null before the first write.'),
    extent: extentSchema.describe('How far the data reach.'),
    counts: z.object({ sources: count, borders: count, indicators: count, events: count }),
    limits: z.object({
      limit_default: count.describe('Rows of a page unless `limit` says otherwise.'),
      limit_max: count.describe('The most rows that `limit` may ask for.'),
    }),
    licences: z.object({
      code: z.string().describe('The licence of the program.'),
      data: z.string().describe('The terms of the figures.'),
    }),
    citation: z.string().describe('How to cite an answer.'),
    links: z.record(z.string(), z.string()).describe('Where to go on.'),
  })
  .meta({ id: 'About' })

/** `GET /v1`: what this is, how far it reaches, and how to cite it. */
export const aboutRoutes: FastifyPluginAsync<Dependencies> = async (app, dependencies) => {
  const { store } = dependencies
  app.route({
    method: 'GET',
    url: '/v1',
    schema: {
      operationId: 'getAbout',
      summary: 'Service information',
      description: 'What the service holds, how far the data reach, the limits, the terms, and how to cite.',
      tags: ['Service'],
      querystring: noParameters,
      response: jsonResponses('About the service.', body, 400, 406),
    },
    config: { example: '/v1', varies: ['Accept'] },
    handler: async (request, reply) => {
      requireJsonAcceptable(request)
      const { version, recorded_at } = await newestVersionOf(request, store)
      const filter = { version }
      const about: z.infer<typeof body> = {
        ...SERVICE,
        version,
        method: METHOD,
        recorded_at,
        extent: extentOf(await store.seriesExtents(filter)),
        counts: {
          sources: (await store.sources(filter)).length,
          borders: (await store.borders(version)).length,
          indicators: (await store.indicators(version)).length,
          events: (await store.events(filter)).length,
        },
        limits: { limit_default: DEFAULT_LIMIT, limit_max: MAX_LIMIT },
        licences: {
          code: 'MIT',
          data: DATA_LICENCE,
        },
        citation: `Border Crossings, version ${version} of the data, method ${METHOD}, with the address in meta.permalink of the answer.`,
        links: LINKS,
      }
      return sendJson(reply.header('cache-control', cacheControlOf({ isImmutable: false })), about)
    },
  })
}
