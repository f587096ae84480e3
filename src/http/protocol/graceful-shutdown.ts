import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems/problem.ts'

/** The time that a client has for the rest of its response once the server is closing, in milliseconds. */
const GRACE_MS = 2_000

export interface Shutdown {
  isClosing(): boolean
  /** Delays the end of the server until a response is sent to its end. */
  trackUntilSent(response: ServerResponse): void
}

/** Tells whether the operating system has all of a response: then it is sent even if the process ends. */
function isFlushed({ writableEnded, writableFinished, socket }: ServerResponse): boolean {
  return writableFinished || (writableEnded && socket?.writableLength === 0)
}

/**
 * Shuts the server down gracefully: rejects new requests, closes each connection after its response (fastify#3870),
 * and waits until buffered responses are sent, which Node does not do by itself.
 */
export function gracefulShutdown(app: FastifyInstance): Shutdown {
  let isClosing = false
  const inFlight = new Set<ServerResponse>()
  function trackUntilSent(response: ServerResponse): void {
    if (response.destroyed || isFlushed(response)) return
    inFlight.add(response)
    response.once('close', () => inFlight.delete(response))
  }
  app.addHook('onRequest', (_request, _reply, done) => {
    if (isClosing) done(new Problem(503, 'The server is stopping.', { headers: { 'retry-after': '1' } }))
    else done()
  })
  app.addHook('onSend', async (_request, reply, payload) => {
    if (isClosing) reply.header('connection', 'close')
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return
    trackUntilSent(reply.raw)
  })
  app.addHook('preClose', async () => {
    isClosing = true
    const sent = Promise.all(
      [...inFlight].map((response) => new Promise<void>((resolve) => response.once('close', resolve))),
    )
    await Promise.race([sent, setTimeout(GRACE_MS, undefined, { ref: false })])
  })
  return { isClosing: () => isClosing, trackUntilSent }
}
