import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { termsOf } from '../../domain/figure.ts'
import type { Filter } from '../../domain/filter.ts'
import { type BorderRuns, knownRunSeries } from '../../domain/known-run-series.ts'
import { placeSchema, type SeriesRow, series, seriesRowSchema } from '../../domain/series.ts'
import { cutForBorders, cutWorkLimiter } from '../../results/known-run-cuts.ts'
import { limitProofTerms, observationsInProofs, withProofsSchema } from '../../results/proof-observations.ts'
import { reconcileEvidence } from '../../results/reconcile-evidence.ts'
import { collection } from '../collections/collection-route.ts'
import type { FigureDependencies } from '../dependencies.ts'
import { badRequest } from '../problems/problem.ts'
import {
  borderParameters,
  DEFAULT_STEP,
  DEFAULT_WITHIN,
  evidenceParameters,
  parameters,
  windowParameters,
} from '../query/parameters.ts'

const query = z.strictObject({
  indicator: parameters.indicator,
  interval: parameters.intervalOrAuto,
  step: parameters.step,
  within: parameters.within,
  ...borderParameters,
  ...windowParameters,
  ...evidenceParameters,
  cumulative: parameters.cumulative,
  explain: parameters.explain,
})

const calendarRowSchema = seriesRowSchema.omit({ known: true })

/** `GET /v1/series`: a figure for each calendar period and border. */
export const seriesRoutes: FastifyPluginAsync<FigureDependencies> = async (app, dependencies) => {
  const cuts = rememberCuts()
  app.route(
    collection(dependencies, {
      url: '/v1/series',
      operationId: 'getSeries',
      summary: 'Figures by calendar period',
      description:
        'The tightest range of the count in each calendar period that meets the window, by border; with `interval=auto` ' +
        'in runs of periods whose counts are known, each border with runs of its own. ' +
        'Rows are ordered by period, then border. Ranges do not add up: for a whole window ask `/v1/totals`, ' +
        'for all borders together ask for the group, for a running total ask for `cumulative`. ' +
        'Counts are whole numbers in units of the indicator.',
      tag: 'Figures',
      example: '/v1/series?interval=quarter&period=2024&country=EU',
      query,
      row: seriesRowSchema,
      rowOf: ({ interval }) => (interval === 'auto' ? seriesRowSchema : calendarRowSchema),
      check: requireTogether,
      extra: { observations: withProofsSchema.optional() },
      paging: { place: placeSchema, placeOf: (row) => placeSchema.strip().parse(row) },
      formats: ['jsonstat', 'sdmx-csv', 'sdmx-json'],
      async load({ filter, query: { indicator, interval, cumulative, explain, ...cutting }, page, turn }) {
        const sources = { ...dependencies, turn }
        const [counted] = indicator
        const limited = interval === 'auto' ? cutWorkLimiter() : undefined
        const { reconciled, ...meant } = await reconcileEvidence(sources, counted, filter, limited)
        const question = { ...meant, indicator: counted, explain, after: page.after }
        const { step = DEFAULT_STEP, within = DEFAULT_WITHIN } = cutting
        const cut = () => cutForBorders(reconciled, { ...meant, step, within }, turn)
        const found =
          interval === 'auto'
            ? knownRunSeries(reconciled, await cuts.of(filter, cut), { ...question, step })
            : series(reconciled, { ...question, interval, cumulative })
        const count = limitProofTerms('explain')
        const rows: SeriesRow[] = []
        for (const row of found) {
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

/** @throws Problem (400) for parameters that do not go with the interval */
function requireTogether({ interval, step, within, cumulative }: z.output<typeof query>): void {
  const only = Object.entries({ step, within }).filter(([, value]) => value !== undefined)
  if (interval !== 'auto' && only.length > 0)
    throw badRequest(only.map(([parameter]) => ({ parameter, detail: 'is for interval=auto only' })))
  if (interval === 'auto' && cumulative) {
    const detail =
      'is not for interval=auto, whose runs are chosen by what is known of their own days; ask for interval=month'
    throw badRequest([{ parameter: 'cumulative', detail }])
  }
}

/** Remembers the cuts of a request by its filter, so that a table that is streamed in batches is cut once. */
function rememberCuts() {
  const known = new WeakMap<Filter, Promise<readonly BorderRuns[]>>()
  return {
    of(filter: Filter, cut: () => Promise<readonly BorderRuns[]>): Promise<readonly BorderRuns[]> {
      const cuts = known.get(filter) ?? cut()
      known.set(filter, cuts)
      return cuts
    },
  }
}
