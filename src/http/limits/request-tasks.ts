import { setMaxListeners } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createTaskGroup, type TaskGroup } from '../../concurrency/task.ts'
import type { ClientAddressOf } from './client-address.ts'

/** The computations that requests ask for. */
export interface RequestTasks {
  /** Returns the task of a request's answer; those of other requests that wait for the same answer join it. */
  of(request: FastifyRequest, reply: FastifyReply): TaskGroup
}

/** Creates the tasks of requests as they are asked for; each request waits until its connection is closed. */
export function createRequestTasks(clientOf: ClientAddressOf): RequestTasks {
  const known = new WeakMap<FastifyRequest, TaskGroup>()
  return {
    of(request, reply) {
      const task = known.get(request) ?? createTask(clientOf(request.raw), reply)
      known.set(request, task)
      return task
    },
  }
}

function createTask(client: string, { raw: response }: FastifyReply): TaskGroup {
  const left = new AbortController()
  setMaxListeners(0, left.signal)
  if (response.destroyed) left.abort()
  else response.once('close', () => left.abort())
  return createTaskGroup({ owner: client, clients: [client], signal: left.signal })
}
