import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { PROBLEM_KINDS, Problem } from '../problems/problem.ts'
import { noParameters } from '../query/parameters.ts'
import { sendJson } from '../responses/json-response.ts'
import { jsonResponses } from '../responses/response-schemas.ts'

const body = z
  .object({
    type: z.string().describe('The `type` of such problems.'),
    title: z.string().describe('Their `title`.'),
    status: z.int().describe('Their HTTP status.'),
    meaning: z.string().describe('What a client should know of them.'),
  })
  .meta({ id: 'ProblemKind' })

/** `GET /problems/{name}`: what a kind of problem means; `type` of every problem leads here. */
export const problemsRoutes: FastifyPluginAsync = async (app) => {
  app.route({
    method: 'GET',
    url: '/problems/:name',
    schema: {
      operationId: 'getProblemKind',
      summary: 'What a kind of problem means',
      description: 'The page that the `type` of a problem leads to.',
      tags: ['Service'],
      params: z.object({
        name: z
          .string()
          .describe('The last part of the `type`.')
          .meta({ examples: ['bad-request'] }),
      }),
      querystring: noParameters,
      response: jsonResponses('The kind of problem.', body, 400, 404),
    },
    config: { example: '/problems/bad-request' },
    handler: async (request, reply) => {
      const { name: asked } = request.params as { name: string }
      const found = Object.entries(PROBLEM_KINDS).find(([, { name }]) => name === asked)
      if (found === undefined) throw new Problem(404, 'There is no such kind of problem.')
      const [status, { name, title, meaning }] = found
      const page = { type: `/problems/${name}`, title, status: Number(status), meaning }
      return sendJson(reply.header('cache-control', 'public, max-age=86400'), page)
    },
  })
}
