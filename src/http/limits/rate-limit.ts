import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { Problem } from '../problems/problem.ts'
import type { ClientOf } from './client-address.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered however much is asked: what an operator watches the service by. */
    readonly isUnlimited?: boolean
  }
}

/** The fields that say what a client has left (draft-ietf-httpapi-ratelimit-headers); they are its own. */
export const RATE_LIMIT_FIELDS = ['ratelimit', 'ratelimit-policy'] as const

const WINDOW_S = 60

/** More clients than these at a time are not told apart from new ones, so that they take no more memory. */
const MAX_CLIENTS = 100_000

/** How often a minute an address may come with a key that is none. */
const MAX_FAILED_KEYS = 20

export interface RateLimits {
  /** Counts a reader's request: the fields that say what is left, names and values in turn; null where nothing is. */
  countReader(request: IncomingMessage): readonly string[] | null
  /** Counts a request of the holder of a key, and says on its answer how many are left; throws a 429. */
  countKey(id: string | number, reply: FastifyReply): void
  /** Counts a request without a key that is one, and the wrong key; throws a 429. */
  countFailure(request: FastifyRequest, reply: FastifyReply): void
  /** Counts a request whose address cannot be read, of which no hook is told; answers the 429, where it is one. */
  countUnread(request: FastifyRequest, reply: FastifyReply): Problem | undefined
}

export interface RateLimitOptions {
  readonly perMinute: number
  readonly clientOf: ClientOf
  readonly clock?: () => number
}

/** Counts nothing. */
export const UNLIMITED: RateLimits = {
  countReader: () => [],
  countKey: () => undefined,
  countFailure: () => undefined,
  countUnread: () => undefined,
}

/**
 * Lets a client ask so many times a minute and then answers 429: readers by address, writers by API key, those
 * with keys that are none by address and apart. Call it before whatever answers, kept answers too.
 * @param perMinute how many requests; 0 sets no limit
 * @param clock milliseconds from any point on, which nobody sets back
 */
export function limitRates(
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
    return used > perMinute ? tooMany(`${perMinute} requests a minute`, resetS) : undefined
  }

  app.addHook('onRequest', (request, reply, done) => {
    const { isUnlimited, scope } = request.routeOptions.config
    if (isUnlimited === true) return done()
    const address = clientOf(request.raw)
    if (scope === undefined) return done(count(address, reply))
    const { used, resetS } = failures.read(address)
    done(used < MAX_FAILED_KEYS ? undefined : tooMany(`${MAX_FAILED_KEYS} wrong keys a minute`, resetS))
  })

  return {
    countReader(request) {
      const counted = requests.count(clientOf(request))
      return counted.used > perMinute ? null : Object.entries(fieldsOf(counted)).flat()
    },
    countKey(id, reply) {
      const problem = count(`key ${id}`, reply)
      if (problem !== undefined) throw problem
    },
    countFailure(request, reply) {
      const address = clientOf(request.raw)
      if (request.headers.authorization !== undefined) failures.count(address)
      const problem = count(address, reply)
      if (problem !== undefined) throw problem
    },
    countUnread: (request, reply) => count(clientOf(request.raw), reply),
  }
}

interface Count {
  readonly used: number
  /** After how many seconds it begins anew. */
  readonly resetS: number
}

/** Counts for each client from its first time on, for a minute. */
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
  const detail = `More than ${limit} came from here; try again in ${resetS} s.`
  return new Problem(429, detail, { headers: { 'retry-after': String(resetS) } })
}
