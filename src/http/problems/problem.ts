import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import { ClientGone, ComputationsStopped, WaitTimeout } from '../../concurrency/task.ts'
import { QueryTooCostly } from '../../results/query-too-costly.ts'
import { Unanswerable } from '../../results/require-answerable.ts'
import { whyUnavailable } from '../../store/connection/unavailable.ts'
import { QuotaExceeded, type RowQuota } from '../../store/write/row-quota.ts'
import { StoreBusy, StoreClosing } from '../../store/write/transaction.ts'

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

const faultSchema = z.object({
  parameter: z.string().optional().describe('The query or path parameter at fault.'),
  pointer: z.string().optional().describe('The part of the body at fault, as a JSON Pointer (RFC 6901).'),
  line: z.int().min(1).optional().describe('In a table, the line on which the row at fault begins.'),
  column: z.string().optional().describe('In a table, the column at fault.'),
  detail: z.string().describe('What is wrong with it, and what would be right.'),
})

/** Every error, the framework's own included: RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string().describe('What kind of problem it is: the address of a page that explains it.'),
    title: z.string().describe('The kind of problem in words.'),
    status: z.int().min(400).max(599).describe('The HTTP status.'),
    detail: z.string().describe('What went wrong this time.'),
    errors: z.array(faultSchema).optional().describe('For bad input, each fault in it.'),
    error_count: z
      .int()
      .min(1)
      .optional()
      .describe('For a table, how many faults there are, of which `errors` holds the first 100.'),
    request_id: z
      .string()
      .optional()
      .describe('For a fault of the server, what it has been logged under; tell the operator.'),
  })
  .meta({ id: 'Problem' })

export type ProblemBody = z.infer<typeof problemSchema>
export type ProblemDetail = z.infer<typeof faultSchema>

interface ProblemKind {
  readonly name: string
  readonly title: string
  /** The meaning of every problem of this type. */
  readonly meaning: string
}

/** The kinds of problem, by status. */
export const PROBLEM_KINDS: Readonly<Record<number, ProblemKind>> = {
  400: kind('bad-request', 'Bad request', 'The request is invalid; `errors` names what to change.'),
  401: kind('unauthorized', 'Unauthorized', 'A valid API key is needed.'),
  403: kind('forbidden', 'Forbidden', 'This is not allowed here, or not with this API key.'),
  404: kind('not-found', 'Not found', 'There is no such resource. Paths have no trailing slash.'),
  405: kind('method-not-allowed', 'Method not allowed', 'The `Allow` header lists what the address accepts.'),
  406: kind(
    'not-acceptable',
    'Not acceptable',
    'The `Accept` header asks for a format that is not served here.',
  ),
  408: kind('request-timeout', 'Request timeout', 'The request did not arrive in time.'),
  409: kind('conflict', 'Conflict', 'The request contradicts what is already recorded.'),
  412: kind('precondition-failed', 'Precondition failed', 'It has changed since it was read; read it again.'),
  413: kind('content-too-large', 'Content too large', 'The body is larger than is accepted.'),
  414: kind('uri-too-long', 'URI too long', 'The address is longer than is accepted.'),
  415: kind(
    'unsupported-media-type',
    'Unsupported media type',
    'The body is in a format that is not read here.',
  ),
  417: kind('expectation-failed', 'Expectation failed', 'The server does not do what `Expect` asks for.'),
  422: kind(
    'unprocessable-content',
    'Unprocessable content',
    'The body is understood but cannot be followed.',
  ),
  428: kind('precondition-required', 'Precondition required', 'The request must say which state it changes.'),
  429: kind('too-many-requests', 'Too many requests', 'Wait as long as `Retry-After` says.'),
  431: kind('header-fields-too-large', 'Header fields too large', 'The headers or the address are too long.'),
  500: kind('internal-server-error', 'Internal server error', 'A fault of the server; it has been logged.'),
  501: kind(
    'not-implemented',
    'Not implemented',
    'The SDMX REST API describes this, but it is not done here; `errors` names what to leave out.',
  ),
  503: kind('service-unavailable', 'Service unavailable', 'The server cannot answer now; try again later.'),
}

function kind(name: string, title: string, meaning: string): ProblemKind {
  return { name, title, meaning }
}

/** Thrown wherever a request cannot be answered; it becomes the response. */
export class Problem extends Error {
  readonly status: number
  readonly errors: readonly ProblemDetail[] | undefined
  readonly errorCount: number | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    detail: string,
    {
      errors,
      errorCount,
      headers = {},
    }: { errors?: readonly ProblemDetail[]; errorCount?: number; headers?: Record<string, string> } = {},
  ) {
    super(detail)
    this.status = status
    this.errors = errors
    this.errorCount = errorCount
    this.headers = headers
  }
}

/** A 503 under overload; not logged, because there would be one a request. */
export class Overloaded extends Problem {
  constructor() {
    super(503, 'The server is overloaded; retry shortly.', { headers: { 'retry-after': '1' } })
  }
}

/** A 503 at the end of the process; not logged, because it is nobody's fault. */
export class ServerStopping extends Problem {
  constructor() {
    super(503, 'The server is stopping.', { headers: { 'retry-after': '1' } })
  }
}

/** More errors are not listed: nobody wrote such a request by hand. */
export const MAX_ERRORS = 20

/** Creates a 400 that names the parameters, or the fields of the body, at fault. */
export function badRequest(all: readonly ProblemDetail[]): Problem {
  const errors = all.slice(0, MAX_ERRORS)
  const names = [...new Set(errors.map((error) => error.parameter ?? (error.pointer || 'the body')))].join(
    ', ',
  )
  return new Problem(400, `Invalid request: see ${names}.`, { errors })
}

/** A 501 that names what of a standard is not done here, each with what is. */
export function notImplemented(errors: readonly ProblemDetail[]): Problem {
  const names = errors.map(({ parameter }) => parameter).join(', ')
  return new Problem(501, `This is not done here: see ${names}.`, { errors })
}

/** The body of a problem response. */
export function problemBody({ status, message, errors, errorCount }: Problem): ProblemBody {
  const { name, title } = PROBLEM_KINDS[status] ?? {
    name: String(status),
    title: STATUS_CODES[status] ?? 'Error',
  }
  return {
    type: `/problems/${name}`,
    title,
    status,
    detail: message,
    ...(errors === undefined ? {} : { errors: [...errors] }),
    ...(errorCount === undefined ? {} : { error_count: errorCount }),
  }
}

/** Maps any other error to a problem that reveals nothing about the server. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof QueryTooCostly) {
    const { message, parameter, detail } = error
    return new Problem(400, message, { errors: [{ parameter, detail }] })
  }
  if (error instanceof Unanswerable) {
    const { message, detail } = error
    return new Problem(422, `${message} Nothing was recorded.`, { errors: [{ detail }] })
  }
  if (error instanceof ComputationsStopped || error instanceof StoreClosing) return new ServerStopping()
  if (error instanceof StoreBusy) {
    return new Problem(503, 'Another write takes too long; try again.', { headers: { 'retry-after': '5' } })
  }
  if (error instanceof WaitTimeout || error instanceof ClientGone) return new Overloaded()
  if (error instanceof QuotaExceeded) return quotaProblem(error.quota)
  const why = whyUnavailable(error)
  if (why !== null) {
    return new Problem(503, `The database cannot be used now: ${why}.`, { headers: { 'retry-after': '10' } })
  }
  const status = statusOf(error)
  if (error instanceof Error && 'code' in error && error.code === 'FST_ERR_BAD_URL')
    return new Problem(400, 'The address is not percent-encoded UTF-8 (RFC 3986, 2.1).')
  if (status === 400) return new Problem(400, 'The body cannot be read as what its Content-Type says it is.')
  const { meaning } = PROBLEM_KINDS[status] ?? { meaning: 'The request cannot be answered.' }
  return new Problem(status, meaning, status === 503 ? { headers: { 'retry-after': '1' } } : {})
}

/** The 429 for a write that would record more than the quota of its key leaves. */
function quotaProblem({ rowsADay, left, resetS }: RowQuota): Problem {
  const remedy =
    left === rowsADay
      ? 'Send it in parts, or ask the operator for a larger quota.'
      : `Try again in ${resetS} s, when the next day begins (UTC).`
  return new Problem(
    429,
    `This API key may record ${rowsADay} rows a day, of which ${left} are left; this would be more, so nothing was recorded. ${remedy}`,
    { headers: { 'retry-after': String(resetS) } },
  )
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  return status >= 400 && status < 600 ? status : 500
}
