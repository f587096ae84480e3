import type { FastifyInstance } from 'fastify'
import { Problem } from './problem.ts'

/** Once the server is closing, new requests are turned away and connections end with their answer (fastify#3870). */
export function closeGracefully(app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onRequest', async () => {
    if (isClosing) throw new Problem(503, 'The server is stopping.', { headers: { 'retry-after': '1' } })
  })
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close')
  })
}
