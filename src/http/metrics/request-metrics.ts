import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { canRespond, statusOfClientError } from '../protocol/error-handler.ts'
import { hasBody } from '../protocol/has-body.ts'

/** Route labels for requests that match no route, were shed, or are not HTTP. */
const UNMATCHED = 'unmatched'
export const SHED = 'shed'
const MALFORMED = 'malformed'

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE'])

const SECONDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

/** Labels a response with its route. */
export type Routed = (response: ServerResponse, route: string) => void

/**
 * Measures every request once it is over, labelled with the pattern of its route, never with its URL, of which
 * clients can make up any number. It observes the raw response, because hooks see neither the fast path nor requests
 * that are malformed. Register it before all other hooks.
 * @returns a function that labels responses which no hook sees
 */
export function requestMetrics(app: FastifyInstance, registry: Registry): Routed {
  const registers = [registry]
  const requests = new Counter({
    name: 'crossings_http_requests_total',
    help: 'Requests that are over, by the pattern of their route, their method and the status of the answer.',
    labelNames: ['route', 'method', 'status'],
    registers,
  })
  const duration = new Histogram({
    name: 'crossings_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer, by the pattern of its route.',
    labelNames: ['route'],
    buckets: SECONDS,
    registers,
  })
  new Gauge({
    name: 'crossings_http_requests_in_flight',
    help: 'Requests that are being answered.',
    registers,
    collect() {
      this.set(routes.size)
    },
  })
  const routes = new Map<ServerResponse, string>()
  /** The last request with a body, by connection. */
  const withBody = new WeakMap<Duplex, IncomingMessage>()

  function watch(request: IncomingMessage, response: ServerResponse): void {
    const begun = performance.now()
    const { method = '', socket } = request
    if (hasBody(request)) withBody.set(socket, request)
    routes.set(response, UNMATCHED)
    response.once('close', () => {
      const route = routes.get(response) ?? UNMATCHED
      routes.delete(response)
      requests.inc({ route, method: methodOf(method), status: statusOf(response) })
      duration.observe({ route }, (performance.now() - begun) / 1_000)
    })
  }

  for (const event of ['request', 'checkExpectation'] as const) {
    app.server.prependListener(event, watch)
  }
  app.server.prependListener('clientError', (error, socket) => {
    // A malformed body belongs to its request.
    if (!canRespond(error, socket) || withBody.get(socket)?.complete === false) return
    requests.inc({ route: MALFORMED, method: 'none', status: String(statusOfClientError(error)) })
  })
  app.addHook('onRequest', (request, reply, done) => {
    // Where HOST is localhost, Fastify listens on a second address with a server that it shows nobody.
    if (!routes.has(reply.raw)) watch(request.raw, reply.raw)
    routes.set(reply.raw, request.routeOptions.url ?? UNMATCHED)
    done()
  })
  return (response, route) => {
    if (routes.has(response)) routes.set(response, route)
  }
}

/** The status sent, or `none` where the connection ended before. */
function statusOf({ headersSent, statusCode }: ServerResponse): string {
  return headersSent ? String(statusCode) : 'none'
}

function methodOf(method: string): string {
  return KNOWN_METHODS.has(method) ? method : 'other'
}
