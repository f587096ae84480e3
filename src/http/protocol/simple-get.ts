import type { IncomingMessage } from 'node:http'

/** The request headers that a response to a GET may depend on. */
const CACHE_RELEVANT_HEADERS = [
  'host',
  'accept',
  'accept-language',
  'accept-encoding',
  'if-none-match',
] as const

export type SimpleHeaders = Readonly<Partial<Record<(typeof CACHE_RELEVANT_HEADERS)[number], string>>>

const RELEVANT_NAMES: ReadonlySet<string> = new Set(CACHE_RELEVANT_HEADERS)
const BODY_NAMES: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

/** More names and values than a client has use for; some versions of Node sort no more than 1,000. */
const MAX_RAW_HEADER_ITEMS = 200

/**
 * Returns the headers of a plain GET or HEAD (a path, no body, no duplicate headers), or null for any other request.
 * It reads the raw headers, because Node takes longer to sort them than it takes to send a response.
 */
export function parseSimpleGet(request: IncomingMessage): SimpleHeaders | null {
  const { method, url = '', httpVersion, rawHeaders } = request
  if ((method !== 'GET' && method !== 'HEAD') || httpVersion !== '1.1') return null
  if (url[0] !== '/' || url.includes('#') || rawHeaders.length > MAX_RAW_HEADER_ITEMS) return null
  const headers: Record<string, string | undefined> = {}
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    if (BODY_NAMES.has(name)) return null
    if (!RELEVANT_NAMES.has(name)) continue
    if (headers[name] !== undefined) return null
    headers[name] = rawHeaders[index + 1]
  }
  return headers.host === undefined ? null : (headers as SimpleHeaders)
}
