import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  Overloaded,
  PROBLEM_KINDS,
  PROBLEM_TYPE,
  Problem,
  problemBody,
  ServerStopping,
  toProblem,
} from '../problems/problem.ts'
import { COMMON_HEADERS } from './allowed-methods.ts'

/** Answers whatever was thrown for a request as a problem; a fault of ours is logged with it, and only there. */
export function errorHandler(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error)
  const isLogged = isServerFault(problem)
  if (isLogged) request.log.error({ err: error }, 'request failed')
  return reply
    .code(problem.status)
    .headers({ ...COMMON_HEADERS, ...problem.headers, 'cache-control': 'no-store' })
    .type(PROBLEM_TYPE)
    .serializer((body: unknown) => JSON.stringify(body))
    .send(isLogged ? { ...problemBody(problem), request_id: request.id } : problemBody(problem))
}

/** Tells whether a problem is a fault of the server that has to be logged: overload, a stop and what is not done are none. */
export function isServerFault(problem: Problem): boolean {
  if (problem instanceof Overloaded || problem instanceof ServerStopping) return false
  return problem.status >= 500 && problem.status !== 501
}

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Answers a request that expects something of the server which it does not do (RFC 9110, 10.1.1). */
export function rejectExpect(_request: IncomingMessage, response: ServerResponse): void {
  const body = JSON.stringify(
    problemBody(new Problem(417, 'The server does not do what the `Expect` header asks for.')),
  )
  response
    .writeHead(417, { ...COMMON_HEADERS, 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store' })
    .end(body)
}

/** The error of a connection on which Node cannot parse HTTP. */
interface ClientError extends Error {
  readonly code?: string
}

/** Tells whether the client can still receive a response. */
export function canRespond({ code }: ClientError, { writable }: Writable): boolean {
  return writable && code !== 'ECONNRESET'
}

/** Returns the response to bytes that are not HTTP. */
export function statusOfClientError({ code = '' }: ClientError): number {
  return STATUS_BY_CODE[code] ?? 400
}

/** Answers what cannot even be read as HTTP, and closes the connection. */
export function clientErrorHandler(error: ClientError, socket: Socket): void {
  if (!canRespond(error, socket)) {
    socket.destroy()
    return
  }
  const status = statusOfClientError(error)
  const { title, meaning } = PROBLEM_KINDS[status] ?? { title: 'Bad request', meaning: '' }
  const detail = status === 400 ? 'The request is not valid HTTP.' : meaning
  const body = JSON.stringify(problemBody(new Problem(status, detail)))
  const headers = {
    ...COMMON_HEADERS,
    'content-type': PROBLEM_TYPE,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end([`HTTP/1.1 ${status} ${title}`, ...lines, '', body].join('\r\n'))
}
