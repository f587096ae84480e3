import { createRequire } from 'node:module'
import { renderAsync } from '@resvg/resvg-js'
import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { chartPicture } from '../../web/charts/charts.ts'
import type { Drawing } from '../../web/charts/draw.ts'
import { THEMES } from '../../web/charts/style.ts'
import { addressWith } from '../address.ts'
import { cacheControlOf } from '../answer.ts'
import type { FigureDependencies } from '../kept-series.ts'
import { parameters } from '../parameters.ts'
import { problemResponses } from '../response.ts'
import { viewed, viewParameters } from '../viewed.ts'

const PICTURES = {
  series: 'The chart of a series',
  totals: 'The chart of totals',
} as const

const TYPES = { svg: 'image/svg+xml', png: 'image/png' } as const

const querystring = z.strictObject({ ...viewParameters, theme: parameters.theme, width: parameters.width })

/** `GET /v1/charts/series.svg`, `.png`, `totals.svg` and `.png`: the charts of the page as pictures. */
export const chartsRoutes: FastifyPluginAsync<FigureDependencies> = async (app, dependencies) => {
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
        config: { varies: ['Accept-Language'] },
        handler: async (request, reply) => {
          const { theme, width } = request.query as z.output<typeof querystring>
          const { asked, view, speech } = await viewed(dependencies, request)
          const style = { width, palette: THEMES[theme], speech, id: name }
          const drawing = chartPicture(name as keyof typeof PICTURES, view, style)
          reply
            .header('cache-control', cacheControlOf(asked))
            .header('content-language', speech.code)
            .header('link', `<${addressWith(request, { as_of: asked.filter.version })}>; rel="canonical"`)
            .type(type)
          return reply.send(extension === 'svg' ? drawing.svg : await pngOf(drawing))
        },
      })
    }
  }
}

const require = createRequire(import.meta.url)
const FONT_FILES = [
  '400Regular/Inter_400Regular',
  '600SemiBold/Inter_600SemiBold',
  '700Bold/Inter_700Bold',
].map((file) => require.resolve(`@expo-google-fonts/inter/${file}.ttf`))

/** A picture in pixels, twice as many as CSS pixels, drawn with the font that comes with it, on any machine the same. */
async function pngOf({ svg, width }: Drawing): Promise<Buffer> {
  const image = await renderAsync(svg, {
    font: { fontFiles: FONT_FILES, loadSystemFonts: false, defaultFontFamily: 'Inter' },
    fitTo: { mode: 'width', value: width * 2 },
  })
  return image.asPng()
}
