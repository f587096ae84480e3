import type { Headers } from '../http/writers.ts'

/** A request that is to be sent. */
export interface Planned {
  readonly method: string
  readonly path: string
  /** The parameters of the query as they stand in the address, percent-encoded. */
  readonly query: readonly string[]
  readonly headers: Headers
  readonly body?: string | Buffer
  /** What is wrong with it, and with which statuses it may be answered; nothing is wrong where it is not there. */
  readonly spoiled?: { readonly what: string; readonly statuses: readonly number[] }
}

/** The address of a request. */
export function targetOf({ path, query }: Pick<Planned, 'path' | 'query'>): string {
  return query.length === 0 ? path : `${path}?${query.join('&')}`
}

/** A request in words, so that it can be sent again by hand. */
export function inWords({ method, headers, body, spoiled, ...planned }: Planned): string {
  const { authorization: _, ...told } = headers
  const sent = body === undefined ? '' : ` ${JSON.stringify(body.toString()).slice(0, 400)}`
  return `${method} ${targetOf(planned)} ${JSON.stringify(told)}${sent}${spoiled ? ` (${spoiled.what})` : ''}`
}
