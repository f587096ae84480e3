import type { IncomingHttpHeaders } from 'node:http'

/** Tells whether a request has a body, which then has to be read (RFC 9112, 6). */
export function hasBody({ headers }: { readonly headers: IncomingHttpHeaders }): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}
