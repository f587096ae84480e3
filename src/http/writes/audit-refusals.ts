import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ApiKey } from '../../store/read/api-keys.ts'
import type { Store } from '../../store/store.ts'
import { QuotaExceeded } from '../../store/write/row-quota.ts'
import { toProblem } from '../problems/problem.ts'

/** The credentials of a request: the key that was ever made, if it is one, and why it does not count. */
export interface Credentials {
  readonly key: ApiKey | null
  readonly fault: 'no key' | 'unknown key' | 'expired key' | 'revoked key' | null
}

/** The refusals that tell who may do what, and what is recorded otherwise; malformed requests are not logged. */
const AUDITED: ReadonlySet<number> = new Set([401, 403, 409, 412, 422, 428, 429])

/**
 * Logs the writes that are refused, by key, route and status, and never what was sent. Those without a key that was
 * ever made are counted together, whatever the route, because anybody can send them.
 */
export function auditRefusals(
  app: FastifyInstance,
  store: Store,
  credentialsOf: (request: FastifyRequest) => Credentials | undefined,
): void {
  app.addHook('onError', async (request, _reply, error) => {
    const credentials = credentialsOf(request)
    const { status } = toProblem(error)
    if (credentials === undefined || !AUDITED.has(status)) return
    const { key, fault } = credentials
    if (key === null) return store.writeRefused({ api_key: null, via: null, status, detail: fault })
    const { method, routeOptions } = request
    const detail = fault ?? detailOf(status, error)
    store.writeRefused({ api_key: key.id, via: `${method} ${routeOptions.url}`, status, detail })
  })
}

/** Tells apart what has the same status. */
function detailOf(status: number, error: unknown): string | null {
  if (status !== 429) return null
  return error instanceof QuotaExceeded ? 'rows a day' : 'requests a minute'
}
