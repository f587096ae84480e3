import type { FastifyRequest } from 'fastify'
import type { ClientOf } from '../client.ts'

/** The clients that wait for the answer to a request: its own first, then those that asked for the same. */
export interface WaitingClients {
  of(request: FastifyRequest): Set<string>
  /** Adds the client of a request that waits for the answer to another, so that its priority counts too. */
  join(request: FastifyRequest, other: FastifyRequest): void
}

/** Keeps, for as long as a request lives, which clients wait for its answer. */
export function createWaitingClients(clientOf: ClientOf): WaitingClients {
  const known = new WeakMap<FastifyRequest, Set<string>>()
  const of = (request: FastifyRequest): Set<string> => {
    const clients = known.get(request) ?? new Set([clientOf(request.raw)])
    known.set(request, clients)
    return clients
  }
  return {
    of,
    join: (request, other) => void of(other).add(clientOf(request.raw)),
  }
}
