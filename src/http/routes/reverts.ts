import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { eventLoopYielder } from '../../concurrency/event-loop-yield.ts'
import { revertedWritesSchema, revertSchema } from '../../domain/revert.ts'
import { requireAnswerable } from '../../results/require-answerable.ts'
import { BadRevert, revert } from '../../store/write/revert.ts'
import type { Dependencies } from '../dependencies.ts'
import { Problem } from '../problems/problem.ts'
import { parameters } from '../query/parameters.ts'
import { writeParameters, writeRoute } from '../writes/write-route.ts'
import { writeTurn } from '../writes/write-turn.ts'

/** `POST /v1/reverts`: what one version, or one author, wrote is put back as it was before. */
export const revertsRoutes: FastifyPluginAsync<Dependencies> = async (app, dependencies) => {
  app.route(
    writeRoute(dependencies, {
      method: 'POST',
      url: '/v1/reverts',
      scope: 'admin',
      operationId: 'revertWrites',
      summary: 'Take back what a version or an author wrote',
      description:
        'Puts everything that one version changed, or all versions of one author, back as it was before, as one new version: ' +
        'what was added is retracted, and the rest has its former state again. What somebody else has changed since is left as it ' +
        'is and listed, as are borders and indicators that were added, and what something else rests on. Nothing is deleted, ' +
        'and a revert can be reverted.',
      tag: 'Writing',
      params: z.object({}),
      query: z.strictObject({
        ...writeParameters,
        reason: parameters.retraction.describe('Why: it stays with the change, and with what is retracted.'),
      }),
      body: revertedWritesSchema,
      data: { data: revertSchema },
      statuses: [200, 201, 422],
      async write(transaction, { body, query: { reason } }) {
        try {
          const { version: before } = await transaction.currentVersion()
          const { version, ...data } = await revert(transaction, body, reason, eventLoopYielder())
          if (data.restored > 0) {
            await requireAnswerable({ transaction, before, turn: writeTurn(transaction) })
            await transaction.dateNow()
          }
          return { status: version === null ? 200 : 201, body: { data } }
        } catch (error) {
          if (!(error instanceof BadRevert)) throw error
          const errors = [{ pointer: `/${error.field}`, detail: error.message }]
          throw new Problem(422, 'This cannot be reverted.', { errors })
        }
      },
    }),
  )
}
