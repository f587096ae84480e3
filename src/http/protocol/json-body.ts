import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems/problem.ts'

/**
 * Accepts JSON bodies in UTF-8 only: no plain text, no other charset, no content encoding, and no bytes that would have
 * to be guessed at (RFC 8259, 8.1).
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  app.addHook('onRequest', async ({ headers }) => {
    const coding = headers['content-encoding'] ?? 'identity'
    if (coding.toLowerCase() !== 'identity')
      throw new Problem(415, 'A body is read only as it is, not compressed.')
    const [, charset = 'utf-8'] = /;\s*charset="?([^";\s]*)/i.exec(headers['content-type'] ?? '') ?? []
    if (!/^utf-?8$/i.test(charset)) throw new Problem(415, 'A body is read only in the character set UTF-8.')
  })
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) done(null, undefined)
    else if (!isUtf8(body)) done(new Problem(400, 'The body is not UTF-8.'))
    else parseJson(request, body.toString(), done)
  })
}
