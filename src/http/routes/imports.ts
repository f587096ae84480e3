import { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { IMPORT_COLUMNS } from '../../domain/import-row.ts'
import { BadCsv } from '../../formats/bad-csv.ts'
import { readCsv } from '../../formats/read-csv.ts'
import { ImportRefused } from '../../store/import-refused.ts'
import { importRows } from '../../store/import-rows.ts'
import type { Transaction } from '../../store/write.ts'
import { sendJson } from '../answer.ts'
import type { Dependencies } from '../ask.ts'
import { keyOf } from '../auth.ts'
import { breather } from '../breather.ts'
import { idempotencyKeyOf, idempotently } from '../idempotency.ts'
import { Problem } from '../problem.ts'
import { problemResponses } from '../response.ts'
import { type Spooled, spool, TooManyBytes } from '../spool.ts'
import { type WriteAnswer, writeMetaSchema, writeParameters } from '../writing.ts'

const MAX_BYTES = 100 * 1024 * 1024

const importedSchema = z
  .object({
    observations: z.int().min(0).describe('How many figures are new.'),
    unchanged: z.int().min(0).describe('How many were recorded before, just as they are in the file.'),
    sources: z.int().min(0).describe('How many publications are new.'),
  })
  .meta({ id: 'Imported' })

const query = z.strictObject(writeParameters)

/** `POST /v1/imports`: takes in a table of figures, in the columns in which they are answered as CSV. */
export const importsRoutes: FastifyPluginAsync<Dependencies> = async (app, { store }) => {
  const underWay = new Set<string>()
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
        'as `unchanged`; one that is recorded otherwise is a fault. A problem lists the first 100 faults by line and column.',
      tags: ['Writing'],
      security: [{ apiKey: [] }],
      consumes: ['text/csv'],
      querystring: query,
      body: z
        .unknown()
        .describe('The table as CSV (RFC 4180) in UTF-8, with a header line.')
        .meta({ wire: { type: 'string' } }),
      response: {
        ...Object.fromEntries(
          [200, 201].map((status) => [
            status,
            {
              description: status === 201 ? 'What was recorded.' : 'Nothing is new, or it was a dry run.',
              content: {
                'application/json': { schema: z.object({ data: importedSchema, meta: writeMetaSchema }) },
              },
            },
          ]),
        ),
        ...problemResponses(400, 401, 403, 408, 409, 413, 415, 422, 500, 503),
      },
    },
    config: { scope: 'write' },
    handler: async (request, reply) => {
      const body = requireCsv(request)
      const { status, body: answer } = await onceAtATime(underWay, request, async () => {
        const table = await spool(body.iterator({ destroyOnReturn: false }), MAX_BYTES)
        try {
          return await answerImport(request, table)
        } finally {
          await table.close()
        }
      }).catch((error: unknown) => {
        body.resume()
        throw problemOf(error)
      })
      return sendJson(reply.code(status).header('cache-control', 'no-store'), answer)
    },
  })

  function answerImport(request: FastifyRequest, table: Spooled): Promise<WriteAnswer> {
    const { dry_run: dryRun, reason = null } = request.query as z.output<typeof query>
    const key = keyOf(request)
    return store.write({ author: key.name, reason, dryRun }, (transaction) =>
      idempotently(transaction, request, key, table.digest, () => takeIn(transaction, table, dryRun)),
    )
  }
}

async function takeIn(transaction: Transaction, table: Spooled, dryRun: boolean): Promise<WriteAnswer> {
  const rows = readCsv(table.bytes(), IMPORT_COLUMNS)
  const { version: made, ...data } = await importRows(transaction, rows, breather())
  const { version } = await transaction.currentVersion()
  return { status: made === null || dryRun ? 200 : 201, body: { data, meta: { version, dry_run: dryRun } } }
}

/** The body of a request as it comes in. @throws Problem (415) where it is no CSV in UTF-8 */
function requireCsv({ body, headers }: FastifyRequest): Readable {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers
  const [, charset = 'utf-8'] = /;\s*charset="?([^";\s]*)/i.exec(type) ?? []
  if (!(body instanceof Readable)) throw new Problem(415, 'Send the table as text/csv.')
  if (!/^utf-?8$/i.test(charset)) throw new Problem(415, 'The table is read in UTF-8 only.')
  if (encoding !== 'identity') throw new Problem(415, 'The table is read as it is, not compressed.')
  return body
}

/**
 * Does the work of a request with an Idempotency-Key unless it is under way already: the answer comes with
 * the first, and waiting for it here would keep as many copies of a table.
 * @throws Problem (409) where it is
 */
async function onceAtATime<Result>(
  underWay: Set<string>,
  request: FastifyRequest,
  work: () => Promise<Result>,
): Promise<Result> {
  const idempotencyKey = idempotencyKeyOf(request)
  if (idempotencyKey === null) return work()
  const name = `${keyOf(request).id} ${idempotencyKey}`
  if (underWay.has(name)) {
    throw new Problem(409, 'The request with this Idempotency-Key is still under way.', {
      headers: { 'retry-after': '5' },
    })
  }
  underWay.add(name)
  try {
    return await work()
  } finally {
    underWay.delete(name)
  }
}

function problemOf(error: unknown): unknown {
  if (error instanceof TooManyBytes) return new Problem(413, 'A table may have 100 MB; send it in parts.')
  if (error instanceof BadCsv) {
    const { line, message: detail } = error
    return new Problem(400, `The body cannot be read as CSV: line ${line} ${detail}.`, {
      errors: [{ line, detail }],
    })
  }
  if (error instanceof ImportRefused) {
    const errors = error.faults.map(({ column, reason: detail, ...fault }) =>
      column === null ? { ...fault, detail } : { ...fault, column, detail },
    )
    return new Problem(
      422,
      `Nothing was recorded: ${error.count} of the table’s cells or rows are at fault.`,
      {
        errors,
        errorCount: error.count,
      },
    )
  }
  if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') {
    return new Problem(400, 'The body ended before it was whole.')
  }
  return error
}
