import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import type { RenderDependencies } from '../pages/renderer.ts'
import { loadViewFor, viewParameters } from '../pages/view-request.ts'
import { urlWith } from '../protocol/url.ts'
import { parameters } from '../query/parameters.ts'
import { cacheControlOf } from '../responses/json-response.ts'
import { problemResponses } from '../responses/response-schemas.ts'

const PICTURES = {
  series: 'The chart of a series',
  totals: 'The chart of totals',
} as const

const TYPES = { svg: 'image/svg+xml', png: 'image/png' } as const

const querystring = z.strictObject({ ...viewParameters, theme: parameters.theme, width: parameters.width })

/** `GET /v1/charts/series.svg`, `.png`, `totals.svg` and `.png`: the charts of the page as pictures. */
export const chartsRoutes: FastifyPluginAsync<RenderDependencies> = async (app, dependencies) => {
  for (const [name, summary] of Object.entries(PICTURES)) {
    for (const [extension, type] of Object.entries(TYPES)) {
      app.route({
        method: 'GET',
        url: `/v1/charts/${name}.${extension}`,
        schema: {
          operationId: `get${name === 'series' ? 'Series' : 'Totals'}Chart${extension === 'svg' ? 'Svg' : 'Png'}`,
          summary: `${summary} (${extension.toUpperCase()})`,
          description:
            'The same chart as on the page, with its title, the figure in words, its sources and the date, for articles and chats. ' +
            'Bars are `min`, lighter bands reach to `max`, and what nobody reported is hatched.',
          tags: ['Figures'],
          querystring: querystring.meta({ style: 'form', explode: false }),
          response: {
            200: { description: 'The picture.', content: { [type]: { schema: z.string() } } },
            ...problemResponses(400, 500, 503),
          },
        },
        config: { varies: ['Accept-Language'], isDrawn: true },
        handler: async (request, reply) => {
          const { theme, width } = request.query as z.output<typeof querystring>
          const { resolved, view, speech } = await loadViewFor(dependencies, request)
          const chart = name as keyof typeof PICTURES
          const kind = extension as keyof typeof TYPES
          const turn = dependencies.turnOf(request)
          const job = { kind, view, language: speech.code, chart, theme, width } as const
          const { bytes, cpuMs } = await dependencies.renderer.render(job, turn.task)
          turn.charge(cpuMs)
          return reply
            .header('cache-control', cacheControlOf(resolved))
            .header('content-language', speech.code)
            .header('link', `<${urlWith(request, { as_of: resolved.filter.version })}>; rel="canonical"`)
            .type(type)
            .send(bytes)
        },
      })
    }
  }
}
