import type { FastifyInstance } from 'fastify'
import { clientErrorHandler } from '../protocol/error-handler.ts'
import { hasBody } from '../protocol/has-body.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Lets a body take any time, as long as it makes progress. */
    readonly isLongBody?: boolean
  }
}

const CHECK_EVERY_MS = 1_000

/**
 * Answers 408 to requests whose body does not arrive in time. Node's own `requestTimeout` counts the whole body, so
 * that a large table on a slow line would never arrive; here such a body must only make progress.
 */
export function bodyTimeout(app: FastifyInstance, limitMs: number): void {
  app.addHook('onRequest', async (request, reply) => {
    const { raw, routeOptions } = request
    if (!hasBody(raw)) return
    let since = performance.now()
    let received = raw.socket.bytesRead
    const timer = setInterval(() => {
      if (raw.complete || raw.destroyed || reply.raw.headersSent) return clearInterval(timer)
      const { bytesRead } = raw.socket
      if (routeOptions.config.isLongBody && bytesRead > received) since = performance.now()
      received = bytesRead
      if (performance.now() - since < limitMs) return
      clearInterval(timer)
      clientErrorHandler(
        Object.assign(new Error('a slow body'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
        raw.socket,
      )
      raw.destroy()
    }, CHECK_EVERY_MS).unref()
    reply.raw.once('close', () => clearInterval(timer))
  })
}
