import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { revisionSchema } from '../../domain/change.ts'
import { conflictOf, conflictSchema } from '../../domain/conflict.ts'
import {
  type Observation,
  observationWithStatusSchema,
  type Statement,
  statementSchema,
} from '../../domain/observation.ts'
import { daysToCome, type FieldRemark, farFromOthers, slipsOf } from '../../domain/slips.ts'
import type { Source } from '../../domain/source.ts'
import { observationsWithStatus } from '../../results/observations-with-status.ts'
import { observationsInProofs, withProofsSchema } from '../../results/proof-observations.ts'
import { QueryTooCostly } from '../../results/query-too-costly.ts'
import { requireAnswerable } from '../../results/require-answerable.ts'
import { transactionSeries } from '../../results/transaction-series.ts'
import { farFigureFinder } from '../../store/read/far-figures.ts'
import type { RecordedFigure } from '../../store/write/recorder.ts'
import type { Transaction } from '../../store/write/transaction.ts'
import { versionETag } from '../cache/etag.ts'
import type { Dependencies } from '../dependencies.ts'
import { Problem, type ProblemDetail } from '../problems/problem.ts'
import { unknownValue } from '../problems/unknown-value.ts'
import { parameters } from '../query/parameters.ts'
import {
  MAX_WARNINGS,
  pointTo,
  requireIfMatch,
  type Warning,
  writeParameters,
  writeRoute,
} from '../writes/write-route.ts'
import { writeTurn } from '../writes/write-turn.ts'
import { observationIdSchema } from './observations.ts'

const MAX_FIGURES = 1_000
const MAX_FAULTS = 100

const writtenSchema = observationWithStatusSchema
  .extend({
    status: observationWithStatusSchema.shape.status
      .nullable()
      .describe(
        'How it fares against the others of its series; null where that takes too much work for one request.',
      ),
    conflict: conflictSchema
      .pick({ accepted_min: true, accepted_max: true, difference: true, proof: true })
      .nullable()
      .describe(
        'For a conflicting figure: what the accepted ones say instead, and by which of them; else null.',
      ),
  })
  .meta({ id: 'WrittenObservation' })

const { source, country, neighbour, indicator, period_start, period_end, ...state } = statementSchema.shape
const naturalKey = z.strictObject({ source, country, neighbour, indicator, period_start, period_end })
const revisionBody = z.strictObject({ ...naturalKey.partial().shape, ...state })

/** `POST /v1/observations`, `PUT` and `DELETE /v1/observations/{id}`: figures are added, corrected and withdrawn. */
export const observationWritesRoutes: FastifyPluginAsync<Dependencies> = async (app, dependencies) => {
  app.route(
    writeRoute(dependencies, {
      method: 'POST',
      url: '/v1/observations',
      scope: 'write',
      operationId: 'createObservations',
      summary: 'Add figures',
      description:
        'Adds one figure, or a list of up to 1,000: all of them or none. The answer says how each fares against the others. ' +
        'One source states one figure for one border, indicator and period: another with that natural key is a 409, and days that are yet to come are a 422. ' +
        'So are figures with which readers who choose no publications would be refused an answer, because there are too many or they overlap too much. ' +
        'Each state that is written counts against the quota of rows a day of the key, where it has one: beyond it is a 429.',
      tag: 'Writing',
      params: z.object({}),
      query: z.strictObject(writeParameters),
      body: z.union([
        statementSchema,
        z
          .array(statementSchema)
          .min(1, 'has no figure')
          .max(MAX_FIGURES, `has more than ${MAX_FIGURES} figures`),
      ]),
      data: {
        data: z
          .union([writtenSchema, z.array(writtenSchema)])
          .describe('The figure as it is held now; a list for a list.'),
        observations: withProofsSchema,
      },
      statuses: [200, 201, 409, 422],
      async write(transaction, { body }) {
        const figures = [body].flat()
        const pointerOf = (index: number) => (Array.isArray(body) ? `/${index}` : '')
        const { version: before } = await transaction.currentVersion()
        const publications = await checkReferences(transaction, figures, pointerOf)
        refuseDaysToCome(transaction, figures, pointerOf)
        const ids: (number | null)[] = []
        const duplicates: ProblemDetail[] = []
        for (const [index, figure] of figures.entries()) {
          const id = await transaction.addObservation(figure)
          ids.push(id)
          if (id !== null) continue
          const recorded = await transaction.recordedFigure(figure)
          const first = ids.indexOf(recorded?.id ?? null)
          const detail =
            first < 0 ? await recordedAs(transaction, recorded) : `is the same figure as ${pointerOf(first)}`
          duplicates.push({ pointer: pointerOf(index), detail })
        }
        if (duplicates.length > 0)
          throw new Problem(409, 'A figure with this natural key is recorded.', { errors: duplicates })
        const { rows, observations } = await written(
          transaction,
          before,
          ids.filter((id) => id !== null),
        )
        const warnings = await slipsIn(transaction, figures, { before, publications, pointerOf })
        const [row] = rows
        if (Array.isArray(body) || row === undefined)
          return { status: 201, body: { data: rows, observations }, warnings }
        const headers = { location: `/v1/observations/${row.id}`, etag: versionETag(row.version) }
        return { status: 201, headers, body: { data: row, observations }, warnings }
      },
    }),
  )

  app.route(
    writeRoute(dependencies, {
      method: 'PUT',
      url: '/v1/observations/:id',
      scope: 'write',
      operationId: 'reviseObservation',
      summary: 'Correct a figure',
      description:
        'Records a new state of a figure; the states before it stay in the history. Needs `If-Match` with the ETag of the ' +
        'state it corrects. The natural key cannot change: to move a figure, retract it and add another. A retracted one is held again.',
      tag: 'Writing',
      params: observationIdSchema,
      query: z.strictObject(writeParameters),
      body: revisionBody,
      data: { data: writtenSchema, observations: withProofsSchema },
      statuses: [200, 404, 412, 422, 428],
      async write(transaction, { request, params: { id }, body }) {
        const { version: before } = await transaction.currentVersion()
        const recorded = await stateOf(transaction, request, id)
        requireIfMatch(request, recorded.version, { isRetracted: recorded.isRetracted })
        const moved = Object.keys(naturalKey.shape).filter((key) => isChanged(body, recorded.figure, key))
        if (moved.length > 0) {
          const errors = moved.map((key) => ({
            pointer: `/${key}`,
            detail: 'is part of the natural key, which never changes; retract the figure and add another',
          }))
          throw new Problem(422, 'The natural key of a figure cannot be changed.', { errors })
        }
        refuseDaysToCome(transaction, [recorded.figure], () => '')
        const { period_basis, count, qualifier, note } = body
        const next = { period_basis, count, qualifier, note }
        const isNew =
          recorded.isRetracted || Object.keys(next).some((key) => isChanged(next, recorded.figure, key))
        if (isNew) await transaction.reviseObservation(id, next)
        const { rows, observations } = await written(transaction, before, [id])
        const [row] = rows
        return {
          status: 200,
          headers: { etag: versionETag(row?.version ?? recorded.version) },
          body: { data: row, observations },
          warnings: pointTo('', slipsOf(recorded.figure, row?.published_on ?? null)),
        }
      },
    }),
  )

  app.route(
    writeRoute(dependencies, {
      method: 'DELETE',
      url: '/v1/observations/:id',
      scope: 'write',
      operationId: 'retractObservation',
      summary: 'Withdraw a figure',
      description:
        'Takes a figure out of every answer from the next version on, and says why. Its history stays. ' +
        '`If-Match` is obeyed where it is sent.',
      tag: 'Writing',
      params: observationIdSchema,
      query: z.strictObject({ ...writeParameters, reason: parameters.retraction }),
      data: { data: revisionSchema },
      statuses: [200, 404, 412],
      async write(transaction, { request, params: { id }, query: { reason } }) {
        const recorded = await stateOf(transaction, request, id)
        const { version: since, isRetracted } = recorded
        requireIfMatch(request, since, { isRequired: false, isRetracted })
        if (isRetracted) throw new Problem(404, `Observation ${id} was retracted in version ${since}.`)
        await transaction.reviseObservation(id, recorded.figure, reason)
        const { version } = await transaction.currentVersion()
        const last = (await transaction.revisions(id, version)).at(-1)
        return { status: 200, headers: { etag: versionETag(version) }, body: { data: last } }
      },
    }),
  )
}

/** The newest state of an observation, retracted or not. @throws Problem (404, 412) where there never was one */
async function stateOf(transaction: Transaction, request: FastifyRequest, id: number) {
  const { version } = await transaction.currentVersion()
  const last = (await transaction.revisions(id, version)).at(-1)
  if (last === undefined) {
    requireIfMatch(request, null, { isRequired: false })
    throw new Problem(404, `There is no observation ${id}.`)
  }
  const { version: since, change, recorded_at: _, author: __, reason: ___, id: ____, ...figure } = last
  return { version: since, isRetracted: change === 'retracted', figure }
}

async function recordedAs(transaction: Transaction, recorded: RecordedFigure | null): Promise<string> {
  if (recorded === null) return 'is recorded'
  const put = `PUT /v1/observations/${recorded.id}`
  if (recorded.retraction === null) return `is recorded as observation ${recorded.id}; ${put} corrects it`
  const { version } = await transaction.currentVersion()
  const since = (await transaction.revisions(recorded.id, version)).at(-1)?.version ?? version
  return `is recorded as observation ${recorded.id}, which was retracted; ${put} with If-Match: ${versionETag(since)} holds it again`
}

function isChanged(next: object, recorded: object, key: string): boolean {
  const value: unknown = Reflect.get(next, key)
  return value !== undefined && value !== Reflect.get(recorded, key)
}

/** @throws Problem (422) where a figure counts days that have not begun anywhere on Earth */
function refuseDaysToCome(
  transaction: Transaction,
  figures: readonly Statement[],
  pointerOf: (index: number) => string,
): void {
  const today = transaction.latestDay()
  const errors = figures.flatMap((figure, index) => pointTo(pointerOf(index), daysToCome(figure, today)))
  if (errors.length === 0) return
  throw new Problem(422, 'A figure counts days that are yet to come.', {
    errors: errors.slice(0, MAX_FAULTS),
  })
}

interface Addition {
  /** The version before the write. */
  readonly before: number
  /** The publications of the figures. */
  readonly publications: readonly Source[]
  readonly pointerOf: (index: number) => string
}

/** Returns what looks like a slip in figures that were added. */
async function slipsIn(
  transaction: Transaction,
  figures: readonly Statement[],
  { before, publications, pointerOf }: Addition,
): Promise<Warning[]> {
  const publishedOn = new Map(publications.map(({ id, published_on }) => [id, published_on]))
  const far = farFigureFinder(MAX_WARNINGS)
  const slips = new Map<number, FieldRemark[]>()
  for (const [index, figure] of figures.entries()) {
    const own = slipsOf(figure, publishedOn.get(figure.source) ?? null)
    slips.set(index, own)
    if (own.every(({ field }) => field !== 'period_start')) far.add(index, figure)
  }
  for (const { place, figure } of await far.find(transaction, before))
    slips.get(place)?.push(farFromOthers(figure))
  return [...slips].flatMap(([index, remarks]) => pointTo(pointerOf(index), remarks))
}

/**
 * Returns the publications that figures name.
 * @throws Problem (422) where a figure names a source, border or indicator that is not held
 */
async function checkReferences(
  transaction: Transaction,
  figures: readonly Statement[],
  pointerOf: (index: number) => string,
): Promise<Source[]> {
  const { version } = await transaction.currentVersion()
  const recordedSources = await transaction.sources({
    version,
    source: figures.map((figure) => figure.source),
  })
  const codes = await transaction.codes(version)
  const borders = (await transaction.borders(version)).map(({ id }) => id)
  const indicators = (await transaction.indicators(version)).map(({ id }) => id)
  const known = {
    source: new Set(recordedSources.map(({ id }) => id)),
    country: new Set(borders),
    indicator: new Set(indicators),
  }
  const like = { source: codes.source, country: borders, indicator: indicators }
  const unknown = figures.flatMap((figure, index) => {
    const names = {
      source: figure.source,
      country: `${figure.country}-${figure.neighbour}`,
      indicator: figure.indicator,
    }
    const fields = ['source', 'country', 'indicator'] as const
    return fields.flatMap((field) =>
      known[field].has(names[field]) ? [] : [{ index, field, name: names[field] }],
    )
  })
  const errors = unknown.slice(0, MAX_FAULTS).map(
    ({ index, field, name }): ProblemDetail => ({
      pointer: `${pointerOf(index)}/${field}`,
      detail: unknownValue(name, like[field]),
    }),
  )
  if (errors.length > 0) throw new Problem(422, 'A figure names what is not held here.', { errors })
  return recordedSources
}

/**
 * Figures just written, each with how it fares, in the order of their ids; and the observations that say so. A
 * correction is written even where its series was too large before for that to be said.
 * @throws Unanswerable where readers would be refused their series
 */
async function written(transaction: Transaction, before: number, ids: readonly number[]) {
  const { version } = await transaction.currentVersion()
  const filter = { version, id: ids }
  const page = { after: null, limit: ids.length + 1 }
  const sources = { store: transaction, series: transactionSeries(transaction), turn: writeTurn(transaction) }
  await requireAnswerable({ transaction, before, turn: sources.turn, series: sources.series })
  const rows = await judgedOrNot()
  const terms = rows.flatMap(({ conflict }) => conflict?.proof.terms ?? [])
  return {
    rows: rows.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id)),
    observations: await observationsInProofs(sources, { version }, terms),
  }

  async function judgedOrNot() {
    try {
      const reconciled = await observationsWithStatus(sources, filter, undefined, page)
      return reconciled.map(({ row, reconciliation }) => ({
        ...row,
        conflict: row.status === 'conflicting' ? conflictOf(row satisfies Observation, reconciliation) : null,
      }))
    } catch (error) {
      if (!(error instanceof QueryTooCostly)) throw error
      const observations = await transaction.observations(filter, page)
      return observations.map((row) => ({ ...row, status: null, conflict: null }))
    }
  }
}
