import http from 'node:http'
import { type Planned, targetOf } from './planned-request.ts'

/** An answer as it came. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly bytes: Buffer
}

/** Sends a request as it is planned, and answers what came back; of what has no end, the first piece. */
export function sendRequest(
  connection: { readonly port: number; readonly agent: http.Agent },
  planned: Planned,
): Promise<Answered> {
  const { port, agent } = connection
  const { method, headers, body } = planned
  return new Promise((resolve, reject) => {
    const bytes = body === undefined ? undefined : Buffer.from(body)
    const length = bytes === undefined ? {} : { 'content-length': String(bytes.length) }
    const path = targetOf(planned)
    const options = { host: '127.0.0.1', port, agent, method, path, headers: { ...length, ...headers } }
    const request = http.request(options, (response) => {
      const chunks: Buffer[] = []
      const answered = () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: inText(response.headers),
          bytes: Buffer.concat(chunks),
        })
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (response.headers['content-type'] !== 'text/event-stream') return
        answered()
        response.destroy()
      })
      response.on('end', answered)
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The server may close a connection that was idle just as it is used again (RFC 9112, 9.5).
      if (request.reusedSocket && error.code === 'ECONNRESET') resolve(sendRequest(connection, planned))
      else reject(error)
    })
    request.end(bytes)
  })
}

function inText(headers: http.IncomingHttpHeaders): Answered['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]))
}
