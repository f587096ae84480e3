import type { IncomingMessage } from 'node:http'

/** The headers that an answer to a reader may depend on. */
const READ = ['host', 'accept', 'accept-language', 'accept-encoding', 'if-none-match'] as const

export type PlainHeaders = Readonly<Partial<Record<(typeof READ)[number], string>>>

const READ_NAMES: ReadonlySet<string> = new Set(READ)
const BODY_NAMES: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

/**
 * What a request says that only reads, has no body and says everything once, or null for any other. It goes by the
 * headers as they came, because Node takes longer to sort them all than it takes to send an answer.
 */
export function plainHeaders({ method, httpVersion, rawHeaders }: IncomingMessage): PlainHeaders | null {
  if ((method !== 'GET' && method !== 'HEAD') || httpVersion !== '1.1') return null
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
