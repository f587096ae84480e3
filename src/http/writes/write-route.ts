import type { FastifyRequest, HTTPMethods, RouteOptions } from 'fastify'
import { z } from 'zod'
import type { FieldRemark } from '../../domain/slips.ts'
import type { Scope } from '../../store/read/api-keys.ts'
import type { Transaction } from '../../store/write/transaction.ts'
import { versionETag } from '../cache/etag.ts'
import type { Dependencies } from '../dependencies.ts'
import { Problem } from '../problems/problem.ts'
import { parameters } from '../query/parameters.ts'
import { sendJson } from '../responses/json-response.ts'
import { problemResponses } from '../responses/response-schemas.ts'
import { apiKeyOf } from './api-key-auth.ts'
import { type WriteResponse, withIdempotency } from './idempotency.ts'
import { sendQuota } from './row-quota.ts'

/** The parameters of every write. */
export const writeParameters = { dry_run: parameters.dry_run, reason: parameters.reason, _: parameters._ }

/** The `meta` of every response to a write. */
export const writeMetaSchema = z
  .object({
    version: z.int().min(0).describe('The version that the write made; the newest where it changed nothing.'),
    dry_run: z.boolean().describe('Whether this only tells what would happen, and nothing was written.'),
  })
  .meta({ id: 'WriteMeta' })

/** A likely slip in the request, which was recorded nevertheless. */
export interface Warning {
  readonly pointer: string
  readonly detail: string
}

/** An answer lists so many warnings at most. */
export const MAX_WARNINGS = 100

const warningSchema = z
  .object({
    pointer: z.string().describe('The JSON Pointer (RFC 6901) of the field in the body.'),
    detail: z.string().describe('What looks like a slip.'),
  })
  .meta({ id: 'Warning' })

const warningsSchema = z
  .array(warningSchema)
  .describe('What looks like a slip in what was sent, by field; the first 100.')

interface WriteRoute<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  readonly method: HTTPMethods
  readonly url: string
  readonly scope: Scope
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tag: string
  readonly params: Params
  readonly query: Query
  readonly body?: Body
  /** The schema of `data` in the response. */
  readonly data: z.ZodRawShape
  /** The statuses of success, and of the problems that a writer can meet besides those of every write. */
  readonly statuses: readonly number[]
  write(
    transaction: Transaction,
    input: {
      readonly request: FastifyRequest
      readonly params: z.output<Params>
      readonly query: z.output<Query>
      readonly body: z.output<Body>
    },
  ): Promise<{
    readonly status: number
    readonly headers?: Readonly<Record<string, string>>
    readonly body: Readonly<Record<string, unknown>>
    readonly warnings?: readonly Warning[]
  }>
}

/** A route that writes: only for holders of a key, in one transaction, and for a POST at most once. */
export function writeRoute<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  { store }: Dependencies,
  { write, scope, tag, params, query, body, data, statuses, ...route }: WriteRoute<Params, Query, Body>,
): RouteOptions {
  const { method, url, operationId, summary, description } = route
  const answerSchema = z.object({ ...data, warnings: warningsSchema, meta: writeMetaSchema })
  const successes = Object.fromEntries(
    statuses
      .filter((status) => status < 400)
      .map((status) => [
        status,
        { description: summary, content: { 'application/json': { schema: answerSchema } } },
      ]),
  )
  const problems = statuses.filter((status) => status >= 400)
  return {
    method,
    url,
    schema: {
      operationId,
      summary,
      description,
      tags: [tag],
      security: [{ apiKey: [] }],
      params,
      querystring: query,
      ...(body === undefined ? {} : { body }),
      response: { ...successes, ...problemResponses(400, 401, 403, ...problems, 413, 415, 429, 500, 503) },
    },
    config: { scope },
    handler: async (request, reply) => {
      const key = apiKeyOf(request)
      const input = {
        request,
        params: request.params as z.output<Params>,
        query: request.query as z.output<Query>,
        body: request.body as z.output<Body>,
      }
      const { dry_run: dryRun, reason = null } = request.query as { dry_run: boolean; reason?: string }
      const { answer, quota } = await store.write(
        { author: key.name, reason, dryRun, apiKey: key.id },
        async (transaction) => {
          const work = async (): Promise<WriteResponse> => {
            const { status, headers = {}, body, warnings = [] } = await write(transaction, input)
            const { version } = await transaction.currentVersion()
            return {
              status: dryRun ? 200 : status,
              headers: dryRun ? {} : headers,
              body: {
                ...body,
                warnings: warnings.slice(0, MAX_WARNINGS),
                meta: { version, dry_run: dryRun },
              },
            }
          }
          const answer = await (method === 'POST'
            ? withIdempotency(transaction, request, key, JSON.stringify(request.body), work)
            : work())
          return { answer, quota: transaction.rowQuota() }
        },
      )
      const { status, headers, body } = answer
      sendQuota(reply, quota)
      return sendJson(reply.code(status).headers({ ...headers, 'cache-control': 'no-store' }), body)
    },
  }
}

/** Points to the fields of a part of a body; the pointer of the whole body is empty. */
export function pointTo(part: string, remarks: readonly FieldRemark[]): Warning[] {
  return remarks.map(({ field, detail }) => ({ pointer: `${part}/${field}`, detail }))
}

/**
 * Lets a change go on only from the state that the client has seen (RFC 9110, 13.1.1). `version` is that of
 * the newest state, null where there never was one. `*` is a writer's own choice to overwrite whatever stands (RFC
 * 9110 allows it, and every state stays in the history); what is retracted has no state that it could stand for.
 * @throws Problem (428) without `If-Match`, (412) where it names another state
 */
export function requireIfMatch(
  request: FastifyRequest,
  version: number | null,
  { isRequired = true, isRetracted = false } = {},
): void {
  const header = request.headers['if-match']
  if (header === undefined) {
    if (!isRequired) return
    throw new Problem(428, 'Say which state you change: send If-Match with the ETag that you have read.')
  }
  if (version === null) throw new Problem(412, 'There is nothing here that If-Match could name.')
  const named = header.split(',').map((tag) => tag.trim())
  if (named.includes(versionETag(version)) || (header.trim() === '*' && !isRetracted)) return
  throw new Problem(
    412,
    `It was ${isRetracted ? 'retracted' : 'changed'} in version ${version}; read it again, and send If-Match: ${versionETag(version)}.`,
  )
}
