import type { ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { ServerStopping } from '../problems/problem.ts'
import { createAnswersUnderWay } from './answers-under-way.ts'

/** The time that answers under way have once the server is closing, before they are refused, in milliseconds. */
const ANSWER_MS = 2_200

/** The time in which refused computations must have ended, in milliseconds: each does at its next pause. */
const REFUSED_MS = 700

/** The time that a client has for the rest of its response once all are computed, in milliseconds. */
const SENDING_MS = 2_400

export interface Shutdown {
  isClosing(): boolean
  /** Delays the end of the server until a response is sent to its end. */
  trackUntilSent(response: ServerResponse): void
  /** Registers how to end what is still computed when the time for it is over. */
  onRefusal(refuse: () => void): void
}

/** Tells whether the operating system has all of a response: then it is sent even if the process ends. */
function isFlushed({ writableEnded, writableFinished, socket }: ServerResponse): boolean {
  return writableFinished || (writableEnded && socket?.writableLength === 0)
}

/**
 * Shuts the server down gracefully: accepts no connections, rejects new requests on those that are open, and closes
 * each after its response (fastify#3870). Answers under way are finished, or refused when the time for them is over, so
 * that nothing reads the database when it is closed. Waits until buffered responses are sent, which Node does not do
 * by itself.
 */
export function gracefulShutdown(app: FastifyInstance): Shutdown {
  let isClosing = false
  const underWay = createAnswersUnderWay()
  const refusals: (() => void)[] = []
  const inFlight = new Set<ServerResponse>()
  function trackUntilSent(response: ServerResponse): void {
    if (response.destroyed || isFlushed(response)) return
    inFlight.add(response)
    response.once('close', () => inFlight.delete(response))
  }
  app.addHook('onRequest', (request, reply, done) => {
    if (isClosing) return done(new ServerStopping())
    // Streams without end are closed by their route, before the database is.
    if (request.routeOptions.config.isEndless !== true) underWay.begin(request, reply)
    done()
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (isClosing) reply.header('connection', 'close')
    underWay.endWith(request, payload instanceof Readable ? payload : null)
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return
    trackUntilSent(reply.raw)
  })
  app.addHook('preClose', async () => {
    isClosing = true
    // Not the HTTP server's own, which destroys connections whose response is not flushed.
    if (app.server.listening) NetServer.prototype.close.call(app.server)
    const begun = performance.now()
    await within(ANSWER_MS, underWay.idle())
    for (const refuse of refusals) refuse()
    await within(REFUSED_MS, underWay.idle())
    const sent = [...inFlight].map(
      (response) => new Promise<void>((resolve) => response.once('close', resolve)),
    )
    await within(Math.max(0, begun + SENDING_MS - performance.now()), Promise.all(sent))
  })
  return { isClosing: () => isClosing, trackUntilSent, onRefusal: (refuse) => refusals.push(refuse) }
}

/** Waits for something, but only for so many milliseconds. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, setTimeout(ms, undefined, { ref: false })])
}
