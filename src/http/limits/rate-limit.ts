import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { Problem } from '../problems/problem.ts'
import type { ClientAddressOf } from './client-address.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Exempts a route from the rate limit: what an operator watches the service by. */
    readonly isUnlimited?: boolean
  }
}

/** The headers that tell a client its remaining requests (draft-ietf-httpapi-ratelimit-headers). */
export const RATE_LIMIT_FIELDS = ['ratelimit', 'ratelimit-policy'] as const

const WINDOW_S = 60

/** Bounds the memory: beyond this, the least recent clients are forgotten. */
const MAX_CLIENTS = 100_000

/** The requests with an invalid key that an address may send, a minute. */
const MAX_FAILED_KEYS = 20

export interface RateLimits {
  /** Counts a request without a key: returns its headers, names and values in turn, or null beyond the limit. */
  consumeForClient(request: IncomingMessage): readonly string[] | null
  /** Counts a request with a valid key, and sets the headers of its reply. @throws Problem (429) */
  consumeForApiKey(id: string | number, reply: FastifyReply): void
  /** Counts a request without a valid key, and the failure. @throws Problem (429) */
  recordAuthFailure(request: FastifyRequest, reply: FastifyReply): void
  /** Counts a request whose URL is malformed, for which no hook runs; returns the 429 beyond the limit. */
  consumeForBadUrl(request: FastifyRequest, reply: FastifyReply): Problem | undefined
}

export interface RateLimitOptions {
  readonly perMinute: number
  readonly clientOf: ClientAddressOf
  readonly clock?: () => number
}

/** Sets no limit. */
export const UNLIMITED: RateLimits = {
  consumeForClient: () => [],
  consumeForApiKey: () => undefined,
  recordAuthFailure: () => undefined,
  consumeForBadUrl: () => undefined,
}

/**
 * Limits requests per minute and answers 429 beyond: readers by address, writers by API key, and failed
 * authentication by address, apart. Register it before the response cache.
 * @param perMinute the limit; 0 disables it
 * @param clock a monotonic time in milliseconds
 */
export function rateLimiter(
  app: FastifyInstance,
  { perMinute, clientOf, clock = () => performance.now() }: RateLimitOptions,
): RateLimits {
  if (perMinute === 0) return UNLIMITED
  const requests = counter(perMinute, clock)
  const failures = counter(MAX_FAILED_KEYS, clock)
  const policy = `"requests";q=${perMinute};w=${WINDOW_S}`

  const fieldsOf = ({ used, resetS }: Count) => ({
    'ratelimit-policy': policy,
    ratelimit: `"requests";r=${Math.max(0, perMinute - used)};t=${resetS}`,
  })

  function count(client: string, reply: FastifyReply): Problem | undefined {
    const counted = requests.count(client)
    reply.headers(fieldsOf(counted))
    const { used, resetS } = counted
    return used > perMinute ? tooMany(`${perMinute} requests per minute`, resetS) : undefined
  }

  app.addHook('onRequest', (request, reply, done) => {
    const { isUnlimited, scope } = request.routeOptions.config
    if (isUnlimited === true) return done()
    const address = clientOf(request.raw)
    if (scope === undefined) return done(count(address, reply))
    const { used, resetS } = failures.read(address)
    done(used < MAX_FAILED_KEYS ? undefined : tooMany(`${MAX_FAILED_KEYS} invalid keys per minute`, resetS))
  })

  return {
    consumeForClient(request) {
      const counted = requests.count(clientOf(request))
      return counted.used > perMinute ? null : Object.entries(fieldsOf(counted)).flat()
    },
    consumeForApiKey(id, reply) {
      const problem = count(`key ${id}`, reply)
      if (problem !== undefined) throw problem
    },
    recordAuthFailure(request, reply) {
      const address = clientOf(request.raw)
      if (request.headers.authorization !== undefined) failures.count(address)
      const problem = count(address, reply)
      if (problem !== undefined) throw problem
    },
    consumeForBadUrl: (request, reply) => count(clientOf(request.raw), reply),
  }
}

interface Count {
  readonly used: number
  /** The seconds until the window ends. */
  readonly resetS: number
}

/** Counts in a fixed window of a minute, which begins with a client's first request. */
function counter(quota: number, clock: () => number) {
  const windows = new LRUCache<string, { used: number; readonly endsAt: number }>({ max: MAX_CLIENTS })
  const windowOf = (client: string) => {
    const known = windows.get(client)
    const now = clock()
    if (known !== undefined && known.endsAt > now) return known
    return { used: 0, endsAt: now + WINDOW_S * 1_000 }
  }
  const shown = ({ used, endsAt }: { used: number; endsAt: number }): Count => ({
    used,
    resetS: Math.max(1, Math.ceil((endsAt - clock()) / 1_000)),
  })
  return {
    read: (client: string): Count => shown(windowOf(client)),
    count(client: string): Count {
      const window = windowOf(client)
      if (window.used === 0) windows.set(client, window)
      window.used = Math.min(window.used, quota) + 1
      return shown(window)
    },
  }
}

function tooMany(limit: string, resetS: number): Problem {
  const detail = `Rate limit of ${limit} exceeded; retry in ${resetS} s.`
  return new Problem(429, detail, { headers: { 'retry-after': String(resetS) } })
}
