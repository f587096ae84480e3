import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { hasBody } from '../protocol/has-body.ts'

export interface LingerLimits {
  /** The longest that the rest of a body is read and discarded, in milliseconds. */
  readonly lingerMs: number
  /** The most of it that is. */
  readonly lingerBytes: number
}

const CHECK_EVERY_MS = 100

/**
 * Reads and discards, within limits, what is left of a body that was answered before it had come whole, as after a 413
 * (lingering close; RFC 9112, 9.6). A socket that is closed with unread data resets its connection, and a client that
 * sends all of its request before it reads would never see the response. Register it before anything answers.
 */
export function lingerOnUnreadBodies(server: Server, limits: LingerLimits): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!hasBody(request)) return
    const { socket } = request
    const closeAfterResponse = socket.destroySoon
    // Node calls this once the last response of a connection is sent; the rest of the body may still be coming.
    socket.destroySoon = () => {
      if (request.complete || !response.writableEnded) closeAfterResponse.call(socket)
      else socket.end()
    }
    response.once('finish', () => {
      if (request.complete || socket.destroyed) restore()
      else discardRest(request, limits, restore)
    })

    function restore(): void {
      socket.destroySoon = closeAfterResponse
    }
  })
}

/** Discards the rest of a body; then the connection goes on, or is closed if its response was the last. */
function discardRest(
  request: IncomingMessage,
  { lingerMs, lingerBytes }: LingerLimits,
  restore: () => void,
): void {
  const { socket } = request
  const until = performance.now() + lingerMs
  const most = socket.bytesRead + lingerBytes
  const timer = setInterval(check, CHECK_EVERY_MS).unref()
  socket.once('close', stop)
  request.once('end', check)
  request.resume()

  function stop(): void {
    clearInterval(timer)
    socket.off('close', stop)
    restore()
  }

  function check(): void {
    if (request.complete) {
      stop()
      // Ended by the server, it can carry no other response.
      if (socket.writableEnded) socket.destroy()
    } else if (performance.now() > until || socket.bytesRead > most) {
      socket.destroy()
    }
  }
}
