import type { FastifyInstance, FastifyReply } from 'fastify'
import { badRequest, Problem } from '../problems/problem.ts'
import { parseQuery } from '../query/query-string.ts'
import { SECURITY_HEADERS } from './default-headers.ts'
import { pathOf } from './url.ts'

/** The time for which a browser may cache the response to a preflight, in seconds. */
const PREFLIGHT_MAX_AGE = 86_400

/** The methods that a page of another origin may use. */
const READING = 'GET, HEAD, OPTIONS'

/** Lets any page read a response (CORS). */
export const OPEN_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Link, ETag, Retry-After, RateLimit, RateLimit-Policy',
} as const

/** The headers of every response, errors too: any page may read it, it varies with `Accept`, and it only holds data. */
export const COMMON_HEADERS = { ...OPEN_HEADERS, ...SECURITY_HEADERS, vary: 'Accept' } as const

/**
 * Answers requests that no route accepts before their body is read: OPTIONS lists the methods of a path, another method
 * on a known path is a 405 with `Allow`, and an unknown path, or one with a trailing slash, is a 404.
 * Register it before the routes.
 */
export function declareMethods(app: FastifyInstance): void {
  const methodsByUrl = new Map<string, readonly string[]>()
  app.addHook('onRoute', ({ url, method }) => {
    methodsByUrl.set(url, [...(methodsByUrl.get(url) ?? []), ...[method].flat()])
  })
  const methodsOf = (path: string) =>
    [
      ...new Set([...methodsByUrl].filter(([url]) => matches(url, path)).flatMap(([, methods]) => methods)),
    ].sort()

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(COMMON_HEADERS)
    const errors = undecodable(request.url).map((parameter) => ({ parameter, detail: BAD_ENCODING }))
    if (errors.length > 0) throw badRequest(errors)
    const path = pathOf(request)
    const hasSlash = path !== '/' && path.endsWith('/')
    if (!request.is404 && !hasSlash) return
    const methods = hasSlash ? [] : methodsOf(path)
    if (methods.length === 0) throw notFound()
    if (request.method === 'OPTIONS') return sendOptions(reply, [...methods, 'OPTIONS'].join(', '))
    if (methods.includes(request.method)) return
    const allow = [...methods, 'OPTIONS'].join(', ')
    throw new Problem(405, `${request.method} is not accepted here; ${allow} are.`, { headers: { allow } })
  })
  app.setNotFoundHandler(() => {
    throw notFound()
  })
}

const BAD_ENCODING = 'is not percent-encoded UTF-8 (RFC 3986, 2.1)'

/** The parameters whose values would have to be guessed at. */
function undecodable(url: string): string[] {
  if (!url.includes('%')) return []
  const { undecodable } = parseQuery(url.slice(pathOf({ url }).length + 1))
  return undecodable.map((name) => name.slice(0, 100))
}

function sendOptions(reply: FastifyReply, allow: string): FastifyReply {
  return reply
    .code(204)
    .header('allow', allow)
    .header('access-control-allow-methods', READING)
    .header('access-control-allow-headers', 'Accept, If-None-Match, Last-Event-ID')
    .header('access-control-max-age', PREFLIGHT_MAX_AGE)
    .header('cache-control', `public, max-age=${PREFLIGHT_MAX_AGE}`)
    .send()
}

function notFound(): Problem {
  return new Problem(404, 'Not found. Paths have no trailing slash; see /v1.')
}

/** Tells whether a path matches the pattern of a route: each `:name` stands for one part, a last `*` for any rest. */
function matches(url: string, path: string): boolean {
  const wanted = url.split('/')
  const given = path.split('/')
  if (wanted.at(-1) === '*') return path.startsWith(url.slice(0, -1))
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]))
  )
}
