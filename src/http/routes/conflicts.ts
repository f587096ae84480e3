import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { conflictSchema } from '../../domain/conflict.ts'
import { listConflicts } from '../../results/conflicts.ts'
import { observationsInProofs, withProofsSchema } from '../../results/proof-observations.ts'
import { collection } from '../collections/collection-route.ts'
import type { FigureDependencies } from '../dependencies.ts'
import { observationParameters } from './observations.ts'

/** `GET /v1/conflicts`: the figures that contradict what more authoritative ones imply. */
export const conflictsRoutes: FastifyPluginAsync<FigureDependencies> = async (app, dependencies) => {
  app.route(
    collection(dependencies, {
      url: '/v1/conflicts',
      operationId: 'listConflicts',
      summary: 'Figures that contradict others',
      description:
        'Each observation that cannot be true if the more authoritative ones are, with the range that these ' +
        'leave for its border and period, how far off it is, and the proof of the nearest end of that range. ' +
        'Ordered like observations.',
      tag: 'Evidence',
      example: '/v1/conflicts?country=LT&source=lrytas-2025-10-18',
      query: z.strictObject({ ...observationParameters }),
      row: conflictSchema,
      extra: { observations: withProofsSchema },
      paging: { place: z.int(), placeOf: (row) => z.int().parse(row.id) },
      async load({ filter, page, turn }) {
        return { rows: await listConflicts({ ...dependencies, turn }, filter, page) }
      },
      async explain(rows, { filter, turn }) {
        const terms = rows.flatMap(({ proof }) => proof.terms)
        return { observations: await observationsInProofs({ ...dependencies, turn }, filter, terms) }
      },
    }),
  )
}
