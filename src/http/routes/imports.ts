import { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { eventLoopYielder } from '../../concurrency/event-loop-yield.ts'
import { IMPORT_COLUMNS } from '../../domain/import-row.ts'
import { readCsv } from '../../formats/csv/read-csv.ts'
import { requireAnswerable } from '../../results/require-answerable.ts'
import { importRows } from '../../store/write/import-rows.ts'
import type { Transaction } from '../../store/write/transaction.ts'
import type { Dependencies } from '../dependencies.ts'
import { Problem } from '../problems/problem.ts'
import { sendJson } from '../responses/json-response.ts'
import { problemResponses } from '../responses/response-schemas.ts'
import { apiKeyOf } from '../writes/api-key-auth.ts'
import type { WriteResponse } from '../writes/idempotency.ts'
import { withIdempotency } from '../writes/idempotency.ts'
import { rejectConcurrent } from '../writes/idempotency-lock.ts'
import { importProblem } from '../writes/import-problem.ts'
import { sendQuota } from '../writes/row-quota.ts'
import { BodyTooLarge, type Spooled, spool } from '../writes/spool.ts'
import { writeMetaSchema, writeParameters } from '../writes/write-route.ts'
import { writeTurn } from '../writes/write-turn.ts'

const MAX_BYTES = 100 * 1024 * 1024

const importedSchema = z
  .object({
    observations: z.int().min(0).describe('How many figures are new.'),
    unchanged: z.int().min(0).describe('How many were recorded before, just as they are in the file.'),
    sources: z.int().min(0).describe('How many publications are new.'),
  })
  .meta({ id: 'Imported' })

const warningSchema = z
  .object({
    line: z.int().min(1).describe('The line of the table, its header being line 1.'),
    column: z.string().describe('The column of the cell.'),
    detail: z.string().describe('What looks like a slip.'),
  })
  .meta({ id: 'ImportWarning' })

const warnings = z
  .array(warningSchema)
  .describe('What looks like a slip in what is new, by line and column; the first 100.')

const query = z.strictObject(writeParameters)

const content = {
  'application/json': { schema: z.object({ data: importedSchema, warnings, meta: writeMetaSchema }) },
}

const RESPONSES: Readonly<Record<number, unknown>> = {
  200: { description: 'Nothing is new, or it was a dry run.', content },
  201: { description: 'What was recorded.', content },
  ...problemResponses(400, 401, 403, 408, 409, 413, 415, 422, 429, 500, 503),
}

/** `POST /v1/imports`: takes in a table of figures, in the columns in which they are answered as CSV. */
export const importsRoutes: FastifyPluginAsync<Dependencies> = async (app, { store }) => {
  const once = rejectConcurrent()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('text/csv', (_request, body, done) => done(null, body))
  app.route({
    method: 'POST',
    url: '/v1/imports',
    schema: {
      operationId: 'importObservations',
      summary: 'Add a table of figures',
      description:
        'Takes in up to 100 MB of CSV in the columns of `GET /v1/observations?format=csv`: all of it, or nothing where ' +
        'any row has a fault. `id`, `status` and `version` may be there and are not read; `border` may be left out. ' +
        'Publications that are not held yet are added with their columns. A figure that is recorded just as it is counts ' +
        'as `unchanged`; one that is recorded otherwise is a fault, and so is a new one for days to come. Figures with which readers who choose no publications would be ' +
        'refused an answer, because there are too many or they overlap too much, are a 422. New figures and ' +
        'publications count against the quota of the key, where it has one. A problem lists the first 100 faults by line and column.',
      tags: ['Writing'],
      security: [{ apiKey: [] }],
      consumes: ['text/csv'],
      querystring: query,
      body: z
        .unknown()
        .describe('The table as CSV (RFC 4180) in UTF-8, with a header line.')
        .meta({ wire: { type: 'string' } }),
      response: RESPONSES,
    },
    config: { scope: 'write', isLongBody: true },
    handler: async (request, reply) => {
      const body = bodyOf(request)
      try {
        const { answer, quota } = await once(request, () => answerImport(request, body))
        sendQuota(reply, quota)
        return sendJson(reply.code(answer.status).header('cache-control', 'no-store'), answer.body)
      } catch (error) {
        // What is still coming is let in and dropped, because a sender that is cut off reads no answer.
        body.resume()
        throw importProblem(error)
      }
    },
  })

  async function answerImport(request: FastifyRequest, body: Readable) {
    const { dry_run: dryRun, reason = null } = request.query as z.output<typeof query>
    const key = apiKeyOf(request)
    if (Number(request.headers['content-length']) > MAX_BYTES) throw new BodyTooLarge('they say so')
    const table = await spool(body.iterator({ destroyOnReturn: false }), MAX_BYTES)
    try {
      return await store.write({ author: key.name, reason, dryRun, apiKey: key.id }, async (transaction) => {
        const work = () => takeIn(transaction, table, dryRun)
        const answer = await withIdempotency(transaction, request, key, table.digest, work)
        return { answer, quota: transaction.rowQuota() }
      })
    } finally {
      await table.close()
    }
  }
}

async function takeIn(transaction: Transaction, table: Spooled, dryRun: boolean): Promise<WriteResponse> {
  const { version: before } = await transaction.currentVersion()
  const rows = readCsv(table.bytes(), IMPORT_COLUMNS)
  const { version: made, warnings: slips, ...data } = await importRows(transaction, rows, eventLoopYielder())
  await requireAnswerable({ transaction, before, turn: writeTurn(transaction) })
  await transaction.dateNow()
  const { version } = await transaction.currentVersion()
  const warnings = slips.map(({ line, column, reason: detail }) => ({ line, column, detail }))
  const body = { data, warnings, meta: { version, dry_run: dryRun } }
  return { status: made === null || dryRun ? 200 : 201, body }
}

/** Returns the stream of a request's body. @throws Problem (415) without a body */
function bodyOf({ body }: FastifyRequest): Readable {
  if (body instanceof Readable) return body
  throw new Problem(415, 'Send the table as text/csv.')
}
