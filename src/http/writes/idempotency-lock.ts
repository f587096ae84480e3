import type { FastifyRequest } from 'fastify'
import { Problem } from '../problems/problem.ts'
import { apiKeyOf } from './api-key-auth.ts'
import { idempotencyKeyOf } from './idempotency.ts'

/**
 * Runs the work of a request unless one with the same Idempotency-Key is running: an upload that is repeated gets a
 * problem at once instead of waiting with all that it sends.
 */
export function rejectConcurrent() {
  const underWay = new Set<string>()
  /** @throws Problem (409) where the same is under way */
  return async <Result>(request: FastifyRequest, work: () => Promise<Result>): Promise<Result> => {
    const idempotencyKey = idempotencyKeyOf(request)
    if (idempotencyKey === null) return work()
    const name = `${apiKeyOf(request).lineage} ${idempotencyKey}`
    if (underWay.has(name)) {
      const headers = { 'retry-after': '5' }
      throw new Problem(409, 'The request with this Idempotency-Key is still under way.', { headers })
    }
    underWay.add(name)
    try {
      return await work()
    } finally {
      underWay.delete(name)
    }
  }
}
