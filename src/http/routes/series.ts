import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { termsOf } from '../../domain/figure.ts'
import { placeSchema, type SeriesRow, series, seriesRowSchema } from '../../domain/series.ts'
import { limitProofTerms, observationsInProofs, withProofsSchema } from '../../results/proof-observations.ts'
import { reconcileEvidence } from '../../results/reconcile-evidence.ts'
import { collection } from '../collections/collection-route.ts'
import type { FigureDependencies } from '../dependencies.ts'
import { borderParameters, evidenceParameters, parameters, windowParameters } from '../query/parameters.ts'

/** `GET /v1/series`: a figure for each calendar period and border. */
export const seriesRoutes: FastifyPluginAsync<FigureDependencies> = async (app, dependencies) => {
  app.route(
    collection(dependencies, {
      url: '/v1/series',
      operationId: 'getSeries',
      summary: 'Figures by calendar period',
      description:
        'The tightest range of the count in each calendar period that meets the window, by border. ' +
        'Rows are ordered by period, then border. Ranges do not add up: for a whole window ask `/v1/totals`, ' +
        'for all borders together ask for the group, for a running total ask for `cumulative`. ' +
        'Counts are whole numbers in units of the indicator.',
      tag: 'Figures',
      example: '/v1/series?interval=quarter&period=2024&country=EU',
      query: z.strictObject({
        indicator: parameters.indicator,
        interval: parameters.interval,
        ...borderParameters,
        ...windowParameters,
        ...evidenceParameters,
        cumulative: parameters.cumulative,
        explain: parameters.explain,
      }),
      row: seriesRowSchema,
      extra: { observations: withProofsSchema.optional() },
      paging: { place: placeSchema, placeOf: (row) => placeSchema.strip().parse(row) },
      formats: ['jsonstat', 'sdmx-csv', 'sdmx-json'],
      async load({ filter, query: { indicator, interval, cumulative, explain }, page, turn }) {
        const sources = { ...dependencies, turn }
        const [counted] = indicator
        const { reconciled, ...meant } = await reconcileEvidence(sources, counted, filter)
        const question = { ...meant, indicator: counted, interval, cumulative, explain, after: page.after }
        const count = limitProofTerms('explain')
        const rows: SeriesRow[] = []
        for (const row of series(reconciled, question)) {
          rows.push(row)
          count(termsOf(row))
          if (rows.length === page.limit) break
          await turn.yieldIfDue()
        }
        return { rows }
      },
      async explain(rows, { filter, query, turn }) {
        if (!query.explain) return {}
        const terms = rows.flatMap(termsOf)
        return { observations: await observationsInProofs({ ...dependencies, turn }, filter, terms) }
      },
    }),
  )
}
