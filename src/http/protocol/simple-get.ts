import type { IncomingMessage } from 'node:http'

/** The headers that an answer to a reader may depend on. */
const READ = ['host', 'accept', 'accept-language', 'accept-encoding', 'if-none-match'] as const

export type PlainHeaders = Readonly<Partial<Record<(typeof READ)[number], string>>>

const READ_NAMES: ReadonlySet<string> = new Set(READ)
const BODY_NAMES: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

/** Names and values of more headers than a client has use for; some versions of Node sort no more than 1,000. */
const MOST_WORDS = 200

/**
 * What a request says that only reads, has no body, names a path and says everything once, or null for any other.
 * It goes by the headers as they came, because Node takes longer to sort them all than it takes to send an answer.
 */
export function plainHeaders(request: IncomingMessage): PlainHeaders | null {
  const { method, url = '', httpVersion, rawHeaders } = request
  if ((method !== 'GET' && method !== 'HEAD') || httpVersion !== '1.1') return null
  if (url[0] !== '/' || url.includes('#') || rawHeaders.length > MOST_WORDS) return null
  const headers: Record<string, string | undefined> = {}
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    if (BODY_NAMES.has(name)) return null
    if (!READ_NAMES.has(name)) continue
    if (headers[name] !== undefined) return null
    headers[name] = rawHeaders[index + 1]
  }
  return headers.host === undefined ? null : (headers as PlainHeaders)
}
