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
  const options = { host: '127.0.0.1', port, path, method, headers, agent: connections }
  const response = await responseTo(options)
  const bytes = await buffer(response)
  return { status: response.statusCode ?? 0, headers: singleHeaders(response.headers), bytes }
}

/** Sends a request, and once more where the server closed the connection, then idle, that it was sent on. */
function responseTo(options: http.RequestOptions): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = http.request(options, resolve)
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (request.reusedSocket && error.code === 'ECONNRESET') resolve(responseTo(options))
      else reject(error)
    })
    request.end()
  })
}

function singleHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
