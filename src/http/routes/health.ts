import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { sendJson } from '../answer.ts'
import type { Dependencies } from '../ask.ts'
import { noParameters } from '../parameters.ts'
import { Problem } from '../problem.ts'
import { jsonResponses } from '../response.ts'

const live = z.object({ status: z.literal('live') }).meta({ id: 'Live' })
const ready = z
  .object({
    status: z.literal('ready'),
    version: z.int().min(0).describe('The newest version of the data.'),
  })
  .meta({ id: 'Ready' })

/** `GET /health/live` and `GET /health/ready`: for the operator. */
export const healthRoutes: FastifyPluginAsync<Dependencies> = async (app, { store }) => {
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
      querystring: noParameters,
      response: jsonResponses('It can answer.', ready, 400),
    },
    config: { example: '/health/ready', isUnlimited: true },
    handler: async (_request, reply) => {
      const { version } = await store.currentVersion().catch(() => {
        throw new Problem(503, 'The database cannot be read.', { headers: { 'retry-after': '5' } })
      })
      if (!(await store.canWrite())) {
        throw new Problem(503, 'The database cannot be written to.', { headers: { 'retry-after': '5' } })
      }
      return sendJson(reply.header('cache-control', 'no-store'), { status: 'ready', version })
    },
  })
}
