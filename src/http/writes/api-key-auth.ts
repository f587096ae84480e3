import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ApiKey, Scope } from '../../store/read/api-keys.ts'
import type { Dependencies } from '../dependencies.ts'
import type { RateLimits } from '../limits/rate-limit.ts'
import { Problem } from '../problems/problem.ts'
import { auditRefusals, type Credentials } from './audit-refusals.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that an API key needs; without it, the route is public. */
    readonly scope?: Scope
  }
}

/** The scopes that each scope includes: an administrator may also write. */
const ALLOWED: Readonly<Record<Scope, readonly Scope[]>> = { write: ['write'], admin: ['write', 'admin'] }

const CHALLENGE = 'Bearer realm="border-crossings"'

/** Lets nobody come to a route with a scope but holders of a key that has it, before a body is read (RFC 6750). */
export function authenticate(app: FastifyInstance, dependencies: Dependencies, limits: RateLimits): void {
  const { store } = dependencies
  auditRefusals(app, store, (request) => credentials.get(request))
  app.addHook('onRequest', async (request, reply) => {
    const { scope } = request.routeOptions.config
    if (scope === undefined) return
    const found = await credentialsOf(dependencies, request)
    credentials.set(request, found)
    if (found.key === null || found.fault !== null) {
      limits.recordAuthFailure(request, reply)
      throw unauthorized(found)
    }
    store.keyUsed(found.key.id)
    limits.consumeForApiKey(found.key.lineage, reply)
    refuseBeyond(found.key, scope)
  })
}

const credentials = new WeakMap<FastifyRequest, Credentials>()

/** The key of a request to a route with a scope. */
export function apiKeyOf(request: FastifyRequest): ApiKey {
  const { key, fault } = credentials.get(request) ?? NO_KEY
  if (key === null || fault !== null) throw unauthorized(NO_KEY)
  return key
}

const NO_KEY: Credentials = { key: null, fault: 'no key' }

async function credentialsOf({ store, now }: Dependencies, request: FastifyRequest): Promise<Credentials> {
  const { authorization } = request.headers
  if (authorization === undefined || !/^Bearer(?: |$)/i.test(authorization)) return NO_KEY
  const [, text = ''] = /^Bearer +([^ ]+)$/i.exec(authorization) ?? []
  const key = await store.keyOf(text)
  if (key === null) return { key, fault: 'unknown key' }
  if (key.revoked_at !== null) return { key, fault: 'revoked key' }
  const isExpired = key.expires_at !== null && key.expires_at <= now()
  return { key, fault: isExpired ? 'expired key' : null }
}

function unauthorized({ fault }: Credentials): Problem {
  return fault === 'no key'
    ? new Problem(401, 'An API key is needed: send Authorization: Bearer and the key.', challenge(''))
    : new Problem(401, 'Invalid, expired or revoked API key.', challenge(', error="invalid_token"'))
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
