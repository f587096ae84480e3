import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../problems/problem.ts'

/** Refuses a request that names no host, or more than one (RFC 9112, 3.2), and ends the connection. */
export function requireSingleHost(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.raw.httpVersion !== '1.1' || hostsOf(request) === 1) return done()
    const headers = { connection: 'close' }
    done(new Problem(400, 'A request has one Host header, no more and no less (RFC 9112, 3.2).', { headers }))
  })
}

function hostsOf({ raw: { rawHeaders } }: FastifyRequest): number {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'host') hosts += 1
  }
  return hosts
}
