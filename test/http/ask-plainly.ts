import http, { type IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Headers } from './harness.ts'

/** An answer as it came over the wire, with nothing unpacked. */
export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly bytes: Buffer
}

const connections = new http.Agent({ keepAlive: true })

/** Asks over a connection that stays open, with these headers and no others but `Host` and `Connection`. */
export async function askPlainly(
  port: number,
  path: string,
  headers: Headers = {},
  method = 'GET',
): Promise<PlainAnswer> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, headers, agent: connections }
    http.request(options, resolve).on('error', reject).end()
  })
  const bytes = await buffer(response)
  return { status: response.statusCode ?? 0, headers: singleHeaders(response.headers), bytes }
}

function singleHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
