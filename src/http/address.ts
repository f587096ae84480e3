import type { FastifyRequest } from 'fastify'

/** What of a query says how an answer is sent, not what is asked. */
const DELIVERY = ['cursor', 'limit', 'format', '_', 'as_of']

/**
 * A request target as a path and a query alone (RFC 9112, origin-form): a client may send a scheme and a
 * host with it, which must never come back in an answer, and a fragment, which is none of a server's business.
 */
export function originForm(target: string): string {
  const [address = ''] = target.split('#', 1)
  const path = address.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '')
  return path.startsWith('/') ? path : `/${path}`
}

/** An address without the parameter that spreadsheets defeat caches with. */
export function withoutBuster(address: string): string {
  if (!address.includes('_=')) return address
  return address.replace(/([?&])_=[^&]*(&|$)/, (_, before, after) => (after === '' ? '' : before))
}

/** The path that was asked for, without its query. */
export function pathOf({ url }: Pick<FastifyRequest, 'url'>): string {
  const mark = url.indexOf('?')
  return mark < 0 ? url : url.slice(0, mark)
}

/** An address of this service as it is named in files: absolute where its public address is known. */
export function publicAddress(publicUrl: string | undefined, path: string): string {
  return publicUrl === undefined ? path : publicUrl + path
}

/** An address with its parameters in the order of their names, so that one question has one address. */
export function inOrder(address: string): string {
  const [path = '', query] = address.split('?')
  return query === undefined ? path : `${path}?${query.split('&').sort().join('&')}`
}

/** The question of a request in one form, however its parameters are ordered or written. */
export function questionOf(request: FastifyRequest): string {
  const parameters = Object.entries(rawQuery(request)).filter(([name]) => !DELIVERY.includes(name))
  return `${pathOf(request)}?${new URLSearchParams(parameters.sort())}`
}

/** The address of the same request with some parameters set anew; null takes one away. */
export function addressWith(
  request: FastifyRequest,
  changes: Readonly<Record<string, string | number | null>>,
): string {
  const parameters = new URLSearchParams(rawQuery(request))
  parameters.delete('_')
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) parameters.delete(name)
    else parameters.set(name, String(value))
  }
  const query = parameters.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
  return query === '' ? pathOf(request) : `${pathOf(request)}?${query}`
}

/** The query as it was sent; after validation no parameter is there twice. */
function rawQuery(request: FastifyRequest): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(request.url.slice(pathOf(request).length)))
}
