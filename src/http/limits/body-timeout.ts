import type { FastifyInstance } from 'fastify'
import { clientErrorHandler } from '../protocol/error-handler.ts'
import { hasBody } from '../protocol/has-body.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a body may take as long as it likes, as long as some of it comes. */
    readonly isLongBody?: boolean
  }
}

const CHECK_EVERY_MS = 1_000

/**
 * Ends requests whose body is not there in time with a 408. Node's own `requestTimeout` counts the whole of
 * a body, so that a large table on a slow line would never arrive; that one must only not stand still.
 */
export function endSlowBodies(app: FastifyInstance, limitMs: number): void {
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
