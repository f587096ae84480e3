import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { Problem } from './problem.ts'

/** How long a reader may take for the rest of its answer once the server is closing, in milliseconds. */
const GRACE_MS = 2_000

/**
 * Once the server is closing, new requests are turned away, connections end with their answer (fastify#3870),
 * and whole answers that are being sent are sent to their end, which Node does not wait for by itself.
 */
export function closeGracefully(app: FastifyInstance): void {
  let isClosing = false
  const underWay = new Set<ServerResponse>()
  app.addHook('onRequest', async () => {
    if (isClosing) throw new Problem(503, 'The server is stopping.', { headers: { 'retry-after': '1' } })
  })
  app.addHook('onSend', async (_request, reply, payload) => {
    if (isClosing) reply.header('connection', 'close')
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return
    if (reply.raw.destroyed) return
    underWay.add(reply.raw)
    reply.raw.once('close', () => underWay.delete(reply.raw))
  })
  app.addHook('preClose', async () => {
    isClosing = true
    const sent = Promise.all(
      [...underWay].map((response) => new Promise<void>((resolve) => response.once('close', resolve))),
    )
    await Promise.race([sent, setTimeout(GRACE_MS, undefined, { ref: false })])
  })
}
