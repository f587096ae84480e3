import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyPluginAsync } from 'fastify'
import { sendCompressed } from '../compressed.ts'
import { noParameters } from '../parameters.ts'

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
    const etag = `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 16)}"`
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
        if (isKnown(etag, request.headers['if-none-match'])) return reply.code(304).send()
        return await sendCompressed(request, reply, text)
      },
    })
  }
}

/** Whether a client has what it asks for: one tag of its list is the same, weakly compared (RFC 9110, 13.1.2). */
function isKnown(etag: string, header = ''): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag))
}
