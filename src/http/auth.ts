import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ApiKey, Scope } from '../store/read-keys.ts'
import type { Dependencies } from './ask.ts'
import { Problem } from './problem.ts'
import type { RateLimits } from './rate-limit.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What an API key must be allowed to do to come here; without it nothing is asked for. */
    readonly scope?: Scope
  }
}

/** What each scope allows: an administrator may also write. */
const ALLOWED: Readonly<Record<Scope, readonly Scope[]>> = { write: ['write'], admin: ['write', 'admin'] }

const CHALLENGE = 'Bearer realm="border-crossings"'

const keys = new WeakMap<FastifyRequest, ApiKey>()

/** Lets nobody come to a route with a scope but holders of a key that has it, before a body is read (RFC 6750). */
export function authenticate(app: FastifyInstance, dependencies: Dependencies, limits: RateLimits): void {
  app.addHook('onRequest', async (request, reply) => {
    const { scope } = request.routeOptions.config
    if (scope === undefined) return
    const key = await identified(dependencies, request).catch((error: unknown) => {
      if (error instanceof Problem) limits.countFailure(request, reply)
      throw error
    })
    limits.countKey(key.id, reply)
    refuseBeyond(key, scope)
    keys.set(request, key)
  })
}

/** The key of a request to a route with a scope. */
export function keyOf(request: FastifyRequest): ApiKey {
  const key = keys.get(request)
  if (key === undefined) throw new Problem(401, 'An API key is needed.', challenge(''))
  return key
}

async function identified({ store, now }: Dependencies, request: FastifyRequest): Promise<ApiKey> {
  const { authorization } = request.headers
  if (authorization === undefined || !/^Bearer(?: |$)/i.test(authorization)) {
    throw new Problem(401, 'An API key is needed: send Authorization: Bearer and the key.', challenge(''))
  }
  const [, text = ''] = /^Bearer +([^ ]+)$/i.exec(authorization) ?? []
  const key = await store.keyOf(text)
  const isValid =
    key !== null && key.revoked_at === null && (key.expires_at === null || key.expires_at > now())
  if (!isValid) {
    throw new Problem(401, 'This API key is not valid, or no longer.', challenge(', error="invalid_token"'))
  }
  return key
}

function refuseBeyond(key: ApiKey, scope: Scope): void {
  if (ALLOWED[key.scope].includes(scope)) return
  throw new Problem(
    403,
    `This needs an API key with the scope ${scope}.`,
    challenge(`, error="insufficient_scope", scope="${scope}"`),
  )
}

function challenge(error: string): { headers: Record<string, string> } {
  return { headers: { 'www-authenticate': CHALLENGE + error } }
}
