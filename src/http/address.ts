import type { FastifyRequest } from 'fastify'

/** What of a query says how an answer is sent, not what is asked. */
const DELIVERY = ['cursor', 'limit', 'format', '_', 'as_of']

/** The path that was asked for, without its query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url
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
  return Object.fromEntries(new URLSearchParams(request.url.split('?', 2)[1] ?? ''))
}
