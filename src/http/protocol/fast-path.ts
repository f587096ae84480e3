import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { type PlainHeaders, plainHeaders } from './simple-get.ts'

/** Answers a request, if it is one of its own: else it is false, and nothing has been done. */
export type Taker = (
  request: IncomingMessage,
  response: ServerResponse,
  headers: PlainHeaders,
) => boolean | Promise<boolean>

/**
 * Offers requests that only read to some who can answer for next to nothing, one after the other, before the
 * framework routes them. What nobody takes goes the ordinary way, as does all that may have to be refused.
 */
export function standInFront(app: FastifyInstance, takers: readonly Taker[]): void {
  app.server.off('request', app.routing)
  app.server.on('request', (request, response) => {
    const headers = plainHeaders(request)
    if (headers === null) app.routing(request, response)
    else offer(request, response, headers, 0)
  })

  function offer(request: IncomingMessage, response: ServerResponse, headers: PlainHeaders, place: number) {
    const taken = takers[place]?.(request, response, headers)
    if (taken === true) return
    if (taken === undefined) app.routing(request, response)
    else if (taken === false) offer(request, response, headers, place + 1)
    else {
      taken.then(
        (isTaken) => isTaken || offer(request, response, headers, place + 1),
        () => response.destroy(),
      )
    }
  }
}
