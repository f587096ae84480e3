import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { borderSchema } from '../../domain/border.ts'
import { membersOf } from '../../domain/border-groups.ts'
import { extentOf, extentSchema } from '../../domain/extent.ts'
import { indicatorSchema } from '../../domain/indicator.ts'
import { collection } from '../collections/collection-route.ts'
import type { ReaderDependencies } from '../dependencies.ts'
import { borderParameters, evidenceParameters } from '../query/parameters.ts'

const idPlace = {
  place: z.string(),
  placeOf: (row: { readonly [field: string]: unknown }) => z.string().parse(row.id),
}

const query = { published_until: evidenceParameters.published_until }

/** `GET /v1/borders` and `GET /v1/indicators`: what figures there are of. */
export const dimensionsRoutes: FastifyPluginAsync<ReaderDependencies> = async (app, dependencies) => {
  const { store } = dependencies
  app.route(
    collection(dependencies, {
      url: '/v1/borders',
      operationId: 'listBorders',
      summary: 'Borders and groups of borders',
      description:
        'Each border with its indicators and the extent of its data; a group has those of its members too. ' +
        'A group is never added to its members. Ordered by position.',
      tag: 'Dimensions',
      example: '/v1/borders?country=EU',
      query: z.strictObject({ ...borderParameters, ...query }),
      row: z
        .object({
          ...borderSchema.shape,
          indicators: z.array(indicatorSchema.shape.id).describe('The indicators that there are figures of.'),
          ...extentSchema.shape,
        })
        .meta({ id: 'Border' }),
      paging: idPlace,
      async load({ filter, page, turn }) {
        const [borders, indicators] = [
          await store.borders(filter.version),
          await store.indicators(filter.version),
        ]
        const extents = await store.seriesExtents(filter, turn.yieldIfDue)
        const rows = borders
          .filter(({ country }) => filter.country?.includes(country) ?? true)
          .filter(({ neighbour }) => filter.neighbour?.includes(neighbour) ?? true)
          .map((border) => {
            const ids = [border, ...membersOf(border, borders)].map(({ id }) => id)
            const own = extents.filter((extent) => ids.includes(extent.border))
            const counted = indicators.filter(({ id }) => own.some(({ indicator }) => indicator === id))
            return { ...border, indicators: counted.map(({ id }) => id), ...extentOf(own) }
          })
        return { rows: behind(rows, page.after) }
      },
    }),
  )
  app.route(
    collection(dependencies, {
      url: '/v1/indicators',
      operationId: 'listIndicators',
      summary: 'What is counted',
      description:
        'Each indicator with its definition, per reporting country where they differ, and the extent of its data. ' +
        'Indicators are never added to one another. Ordered by position.',
      tag: 'Dimensions',
      example: '/v1/indicators?limit=1',
      query: z.strictObject(query),
      row: z
        .object({
          ...indicatorSchema.shape,
          borders: z.array(borderSchema.shape.id).describe('The borders that there are figures of.'),
          ...extentSchema.shape,
        })
        .meta({ id: 'Indicator' }),
      paging: idPlace,
      async load({ filter, page, turn }) {
        const [borders, indicators] = [
          await store.borders(filter.version),
          await store.indicators(filter.version),
        ]
        const extents = await store.seriesExtents(filter, turn.yieldIfDue)
        const rows = indicators.map((indicator) => {
          const own = extents.filter((extent) => extent.indicator === indicator.id)
          const counted = borders.filter(({ id }) => own.some(({ border }) => border === id))
          return { ...indicator, borders: counted.map(({ id }) => id), ...extentOf(own) }
        })
        return { rows: behind(rows, page.after) }
      },
    }),
  )
}

/** The rows after the one with this id. */
function behind<Row extends { readonly id: string }>(
  rows: readonly Row[],
  id: string | null,
): readonly Row[] {
  return id === null ? rows : rows.slice(rows.findIndex((row) => row.id === id) + 1)
}
