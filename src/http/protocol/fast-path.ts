import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { parseSimpleGet, type SimpleHeaders } from './simple-get.ts'

/** Answers a request and returns true, or returns false and does nothing. */
export type FastPathHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  headers: SimpleHeaders,
) => boolean | Promise<boolean>

/**
 * Tries each handler on simple GET requests before Fastify's router. Unhandled and irregular requests go to Fastify.
 */
export function installFastPath(app: FastifyInstance, handlers: readonly FastPathHandler[]): void {
  app.server.off('request', app.routing)
  app.server.on('request', (request, response) => {
    const headers = parseSimpleGet(request)
    if (headers === null) app.routing(request, response)
    else tryNext(request, response, headers, 0)
  })

  function tryNext(
    request: IncomingMessage,
    response: ServerResponse,
    headers: SimpleHeaders,
    place: number,
  ) {
    const handled = handlers[place]?.(request, response, headers)
    if (handled === true) return
    if (handled === undefined) app.routing(request, response)
    else if (handled === false) tryNext(request, response, headers, place + 1)
    else {
      handled.then(
        (isHandled) => isHandled || tryNext(request, response, headers, place + 1),
        () => response.destroy(),
      )
    }
  }
}
