import type { FastifyRequest } from 'fastify'
import { addressFrom } from '../../web/page/url.ts'
import { parseQuery } from '../query/query-string.ts'

/** The parameters of presentation and paging, which do not belong to the query itself. */
const DELIVERY = ['cursor', 'limit', 'format', 'as_of']

/**
 * Returns a request target in origin-form (RFC 9112): without the scheme and host that a client may send, which must
 * never come back in a response, and without a fragment.
 */
export function originForm(target: string): string {
  const [address = ''] = target.split('#', 1)
  const path = address.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '')
  return path.startsWith('/') ? path : `/${path}`
}

/**
 * Returns a request target in its canonical form: origin-form, its query parsed and written anew. The server replaces
 * the target by it before anything is routed, so that cache keys, validation, links and pages can read nothing else,
 * and two spellings of one query are one address. A query that cannot be decoded is refused, and stays as it is.
 */
export function canonicalTarget(target: string): string {
  const address = originForm(target)
  const mark = address.indexOf('?')
  if (mark < 0) return address
  const { pairs, undecodable } = parseQuery(address.slice(mark + 1))
  return undecodable.length > 0 ? address : addressFrom(address.slice(0, mark), pairs)
}

/** Returns the path of a request without its query. */
export function pathOf({ url }: Pick<FastifyRequest, 'url'>): string {
  const mark = url.indexOf('?')
  return mark < 0 ? url : url.slice(0, mark)
}

/** Returns a URL of this service, absolute where its public address is known. */
export function absoluteUrl(publicUrl: string | undefined, path: string): string {
  return publicUrl === undefined ? path : publicUrl + path
}

/** Sorts the parameters of a URL by name, so that equal queries have equal URLs. */
export function sortQuery(address: string): string {
  const mark = address.indexOf('?')
  if (mark < 0) return address
  const pairs = address
    .slice(mark + 1)
    .split('&')
    .sort()
  return `${address.slice(0, mark)}?${pairs.join('&')}`
}

/** Returns the query of a request in canonical form, without presentation parameters. */
export function canonicalQuery(request: FastifyRequest): string {
  const parameters = Object.entries(queryOf(request)).filter(([name]) => !DELIVERY.includes(name))
  return `${pathOf(request)}?${new URLSearchParams(parameters.sort())}`
}

/** Returns the URL of a request with some parameters replaced; null removes one. */
export function urlWith(
  request: FastifyRequest,
  changes: Readonly<Record<string, string | number | null>>,
): string {
  const parameters = new Map(Object.entries(queryOf(request)))
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) parameters.delete(name)
    else parameters.set(name, String(value))
  }
  return addressFrom(pathOf(request), [...parameters])
}

/** Returns the parameters of a request as text, in their order; after validation none is there twice. */
export function queryOf(request: Pick<FastifyRequest, 'url'>): Record<string, string> {
  return Object.fromEntries(parseQuery(request.url.slice(pathOf(request).length + 1)).pairs)
}
