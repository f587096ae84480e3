import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { eventSchema } from '../../domain/event.ts'
import { extentOf, extentSchema } from '../../domain/extent.ts'
import { sourceSchema } from '../../domain/source.ts'
import { collection } from '../collections/collection-route.ts'
import type { ReaderDependencies } from '../dependencies.ts'
import { parameters, publicationParameters, windowParameters } from '../query/parameters.ts'

const idPlace = {
  place: z.string(),
  placeOf: (row: { readonly [field: string]: unknown }) => z.string().parse(row.id),
}

/** `GET /v1/sources` and `GET /v1/events`: what was published, and what happened. */
export const publicationsRoutes: FastifyPluginAsync<ReaderDependencies> = async (app, dependencies) => {
  const { store } = dependencies
  app.route(
    collection(dependencies, {
      url: '/v1/sources',
      operationId: 'listSources',
      summary: 'Publications',
      description: 'Each publication that figures come from, with the extent of its data. Ordered by id.',
      tag: 'Dimensions',
      example: '/v1/sources?source=pozirk-2024-11-15',
      query: z.strictObject(publicationParameters),
      row: z.object({ ...sourceSchema.shape, ...extentSchema.shape }).meta({ id: 'Source' }),
      paging: idPlace,
      async load({ filter, page, turn }) {
        const sources = await store.sources(filter, page)
        const extents = await store.sourceExtents(
          filter,
          sources.map(({ id }) => id),
          turn.yieldIfDue,
        )
        const bySource = Map.groupBy(extents, (extent) => extent.source)
        return { rows: sources.map((each) => ({ ...each, ...extentOf(bySource.get(each.id) ?? []) })) }
      },
    }),
  )
  app.route(
    collection(dependencies, {
      url: '/v1/events',
      operationId: 'listEvents',
      summary: 'Events for annotating charts',
      description:
        'What happened, with the days it may have happened on. `from` and `to` select those that overlap the window. ' +
        'Ordered by period_start, then id.',
      tag: 'Dimensions',
      example: '/v1/events?period=2024',
      query: z.strictObject({ ...windowParameters, source: parameters.source }),
      row: z.object(eventSchema.shape).meta({ id: 'Event' }),
      paging: idPlace,
      async load({ filter, page }) {
        return { rows: await store.events(filter, page) }
      },
    }),
  )
}
