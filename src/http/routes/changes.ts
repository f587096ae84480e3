import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { changeSchema } from '../../domain/change.ts'
import { afterVersion, type ChangePlace, placeOfChange } from '../../store/read/changes.ts'
import { collection } from '../collections/collection-route.ts'
import type { ReaderDependencies } from '../dependencies.ts'
import { badRequest } from '../problems/problem.ts'
import { parameters } from '../query/parameters.ts'

const placeSchema: z.ZodType<ChangePlace> = z.object({
  version: z.int(),
  rank: z.int(),
  id: z.union([z.int(), z.string()]),
})

/** `GET /v1/changes`: every creation, revision and retraction, in the order in which they were recorded. */
export const changesRoutes: FastifyPluginAsync<ReaderDependencies> = async (app, dependencies) => {
  const { store } = dependencies
  app.route(
    collection(dependencies, {
      url: '/v1/changes',
      operationId: 'listChanges',
      summary: 'What has changed',
      description:
        'Every creation, revision and retraction, each with the state it recorded: whoever applies them in order holds ' +
        'an exact copy. `after` leaves out what is known already, by default nothing; `meta.version` of the last page ' +
        'is the `after` of the next question. Ordered by version, then indicators, borders, sources, observations ' +
        'and events, then id. In CSV `state` is its JSON.',
      tag: 'Evidence',
      example: '/v1/changes?limit=1',
      query: z.strictObject({ after: parameters.after }),
      row: changeSchema,
      paging: { place: placeSchema, placeOf: (row) => placeOfChange(changeSchema.parse(row)) },
      async load({ filter: { version }, query: { after = 0 }, page, turn }) {
        if (after > version) {
          throw badRequest([
            { parameter: 'after', detail: `is beyond the newest version asked about: ${version}` },
          ])
        }
        const place = page.after ?? afterVersion(after)
        return { rows: await store.changes(place, version, page.limit, turn.yieldIfDue) }
      },
    }),
  )
}
