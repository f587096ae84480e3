import { readFileSync } from 'node:fs'
import type { FastifyPluginAsync } from 'fastify'
import { compress, negotiateEncoding } from '../cache/compression.ts'
import { ifNoneMatchMatches, weakETag } from '../cache/etag.ts'
import { noParameters } from '../query/parameters.ts'

const FOLDER = new URL('../../web/assets/', import.meta.url)

const TYPES = {
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const

/** `GET /assets/…`: the style sheet, the script and the icon of the page. */
export const assetsRoutes: FastifyPluginAsync = async (app) => {
  for (const [name, type] of Object.entries(TYPES)) {
    const text = readFileSync(new URL(name, FOLDER), 'utf8')
    const etag = weakETag(text)
    app.route({
      method: 'GET',
      url: `/assets/${name}`,
      schema: { hide: true, querystring: noParameters },
      handler: async (request, reply) => {
        reply
          .headers({
            etag,
            vary: 'Accept-Encoding',
            'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
          })
          .type(type)
        if (ifNoneMatchMatches(etag, request.headers['if-none-match'])) return reply.code(304).send()
        const encoding = negotiateEncoding(request.headers['accept-encoding'])
        if (encoding === null) return reply.send(text)
        return reply.header('content-encoding', encoding).send(await compress(Buffer.from(text), encoding))
      },
    })
  }
}
