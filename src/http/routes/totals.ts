import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { termsOf } from '../../domain/figure.ts'
import { grandTotalSchema, totalSchema, totals } from '../../domain/totals.ts'
import { observationsInProofs, withProofsSchema } from '../../results/proof-observations.ts'
import { reconcileEvidence } from '../../results/reconcile-evidence.ts'
import { collection } from '../collections/collection-route.ts'
import type { FigureDependencies } from '../dependencies.ts'
import { borderParameters, evidenceParameters, parameters, windowParameters } from '../query/parameters.ts'

/** `GET /v1/totals`: a figure for each border in one window, and one for all of them together. */
export const totalsRoutes: FastifyPluginAsync<FigureDependencies> = async (app, dependencies) => {
  app.route(
    collection(dependencies, {
      url: '/v1/totals',
      operationId: 'getTotals',
      summary: 'Totals by border',
      description:
        'The tightest range of the count in one window, for each border and for all of them together. ' +
        'A missing `from` or `to` is that of the extent of all matching observations. ' +
        'Counts are whole numbers in units of the indicator; `unknown` is never 0.',
      tag: 'Figures',
      example: '/v1/totals?from=2024-01-01&to=2024-11-15&source=pozirk-2024-11-15',
      query: z.strictObject({
        indicator: parameters.indicator,
        ...borderParameters,
        ...windowParameters,
        ...evidenceParameters,
        explain: parameters.explain,
      }),
      row: totalSchema,
      extra: {
        total: grandTotalSchema
          .nullable()
          .describe('The figure of all these borders together; null where there is no border.'),
        observations: withProofsSchema.optional(),
      },
      formats: ['jsonstat', 'sdmx-csv', 'sdmx-json'],
      async load({ filter, query: { indicator, explain }, turn }) {
        const sources = { ...dependencies, turn }
        const [counted] = indicator
        const { reconciled, ...meant } = await reconcileEvidence(sources, counted, filter)
        const { data, total } = totals(reconciled, { ...meant, indicator: counted, explain })
        const terms = [...data, ...(total === null ? [] : [total])].flatMap(termsOf)
        const observations = explain
          ? { observations: await observationsInProofs(sources, filter, terms) }
          : {}
        return { rows: data, extra: { total, ...observations } }
      },
    }),
  )
}
