import type { FastifyInstance } from 'fastify'
import { Problem } from './problem.ts'

/** How long a browser may keep the answer to a preflight, in seconds. */
const PREFLIGHT_MAX_AGE = 86_400

/**
 * What an address accepts: every answer says that any page may read it (CORS), OPTIONS lists the
 * methods, any other method on a known path is a 405 with `Allow`, and an unknown path is a 404.
 * Call it before the routes are registered.
 */
export function declareMethods(app: FastifyInstance): void {
  const methodsByUrl = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByUrl.get(url) ?? new Set(['OPTIONS'])
    for (const each of [method].flat()) methods.add(each)
    methodsByUrl.set(url, methods)
  })
  const allowed = (path: string): string | null => {
    const methods = [...methodsByUrl]
      .filter(([url]) => url !== '*' && matches(url, path))
      .flatMap(([, set]) => [...set])
    return methods.length === 0 ? null : [...new Set(methods)].sort().join(', ')
  }

  app.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*')
    reply.header('access-control-expose-headers', 'Link, ETag, Retry-After')
    reply.header('vary', 'Accept')
    reply.header('x-content-type-options', 'nosniff')
  })
  app.options('*', { schema: { hide: true } }, async (request, reply) => {
    const allow = allowed(pathOfUrl(request.url))
    if (allow === null) throw notFound()
    return reply
      .code(204)
      .header('allow', allow)
      .header('access-control-allow-methods', allow)
      .header('access-control-allow-headers', 'Accept, If-None-Match')
      .header('access-control-max-age', PREFLIGHT_MAX_AGE)
      .header('cache-control', `public, max-age=${PREFLIGHT_MAX_AGE}`)
      .send()
  })
  app.setNotFoundHandler((request) => {
    const allow = allowed(pathOfUrl(request.url))
    if (allow === null) throw notFound()
    throw new Problem(405, `${request.method} is not accepted here; ${allow} are.`, { headers: { allow } })
  })
}

function notFound(): Problem {
  return new Problem(404, 'Nothing has this address; paths have no trailing slash. /v1 lists what there is.')
}

function pathOfUrl(url: string): string {
  return url.split('?', 1)[0] ?? url
}

/** Whether a path has the form of a route: each `:name` stands for one part, a last `*` for any rest. */
function matches(url: string, path: string): boolean {
  const pattern = url
    .split('/')
    .map((part) =>
      part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('/')
  return new RegExp(`^${pattern}$`).test(path)
}
