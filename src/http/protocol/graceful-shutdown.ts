import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems/problem.ts'

/** How long a reader may take for the rest of its answer once the server is closing, in milliseconds. */
const GRACE_MS = 2_000

export interface Closing {
  isClosing(): boolean
  /** Sees that an answer that is being sent is sent to its end before the server is closed. */
  seeOut(response: ServerResponse): void
}

/** Whether the operating system has all of an answer already: then it is sent whatever becomes of the server. */
function isHandedOver({ writableEnded, writableFinished, socket }: ServerResponse): boolean {
  return writableFinished || (writableEnded && socket?.writableLength === 0)
}

/**
 * Once the server is closing, new requests are turned away, connections end with their answer (fastify#3870),
 * and whole answers that are being sent are sent to their end, which Node does not wait for by itself.
 */
export function closeGracefully(app: FastifyInstance): Closing {
  let isClosing = false
  const underWay = new Set<ServerResponse>()
  function seeOut(response: ServerResponse): void {
    if (response.destroyed || isHandedOver(response)) return
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
  }
  app.addHook('onRequest', (_request, _reply, done) => {
    if (isClosing) done(new Problem(503, 'The server is stopping.', { headers: { 'retry-after': '1' } }))
    else done()
  })
  app.addHook('onSend', async (_request, reply, payload) => {
    if (isClosing) reply.header('connection', 'close')
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return
    seeOut(reply.raw)
  })
  app.addHook('preClose', async () => {
    isClosing = true
    const sent = Promise.all(
      [...underWay].map((response) => new Promise<void>((resolve) => response.once('close', resolve))),
    )
    await Promise.race([sent, setTimeout(GRACE_MS, undefined, { ref: false })])
  })
  return { isClosing: () => isClosing, seeOut }
}
