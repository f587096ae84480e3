import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import type { Dependencies } from '../dependencies.ts'
import { readReadiness, readySchema } from '../health/readiness.ts'
import { noParameters, parameters } from '../query/parameters.ts'
import { sendJson } from '../responses/json-response.ts'
import { jsonResponses } from '../responses/response-schemas.ts'

const live = z.object({ status: z.literal('live') }).meta({ id: 'Live' })
const readyQuery = z.strictObject({ detail: parameters.detail, _: parameters._ })

/** `GET /health/live` and `GET /health/ready`: for the operator. */
export const healthRoutes: FastifyPluginAsync<Dependencies> = async (app, dependencies) => {
  app.route({
    method: 'GET',
    url: '/health/live',
    schema: {
      operationId: 'getLive',
      summary: 'Whether the process runs',
      description: 'Answers as long as the process can answer at all.',
      tags: ['Service'],
      querystring: noParameters,
      response: jsonResponses('It runs.', live, 400),
    },
    config: { example: '/health/live', isUnlimited: true },
    handler: async (_request, reply) =>
      sendJson(reply.header('cache-control', 'no-store'), { status: 'live' }),
  })
  app.route({
    method: 'GET',
    url: '/health/ready',
    schema: {
      operationId: 'getReady',
      summary: 'Whether the service can answer',
      description: 'Answers 200 while the database can be read and written, else 503.',
      tags: ['Service'],
      querystring: readyQuery,
      response: jsonResponses('It can answer.', readySchema, 400),
    },
    config: { example: '/health/ready', isUnlimited: true },
    handler: async (request, reply) => {
      const { detail } = request.query as z.infer<typeof readyQuery>
      return sendJson(reply.header('cache-control', 'no-store'), await readReadiness(dependencies, detail))
    },
  })
}
