import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { ApiKey } from '../../store/read/api-keys.ts'
import type { Transaction } from '../../store/write/transaction.ts'
import { Problem } from '../problems/problem.ts'
import { originForm } from '../protocol/url.ts'

/** The response to a write; stored for repetitions with the same Idempotency-Key. */
export interface WriteResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/**
 * Returns the stored response of a request that repeats an Idempotency-Key, else runs the work and stores its response
 * (draft-ietf-httpapi-idempotency-key-header). `body` identifies the request. Writes are serialized, so that a concurrent
 * repetition gets the same response. A key and its rotated successor count as one.
 * @throws Problem (422) where the key was used for another request, (400) where it is malformed
 */
export async function withIdempotency(
  transaction: Transaction,
  request: FastifyRequest,
  key: ApiKey,
  body: string,
  work: () => Promise<WriteResponse>,
): Promise<WriteResponse> {
  const idempotency_key = idempotencyKeyOf(request)
  if (idempotency_key === null) return work()
  const asked = { api_key: key.lineage, idempotency_key }
  const target = originForm(request.originalUrl)
  const fingerprint = createHash('sha256').update(`${request.method} ${target}\n${body}`).digest('hex')
  const stored = await transaction.keptAnswer(asked)
  if (stored !== null && stored.fingerprint !== fingerprint) {
    throw new Problem(422, 'This Idempotency-Key was used for another request; use a new one for each.')
  }
  if (stored !== null) return JSON.parse(stored.answer)
  const answer = await work()
  await transaction.keepAnswer({ ...asked, fingerprint }, JSON.stringify(answer))
  return answer
}

/** Returns the Idempotency-Key of a request, without the quotes of a structured field, or null. */
export function idempotencyKeyOf(request: FastifyRequest): string | null {
  const header = request.headers['idempotency-key']
  if (header === undefined) return null
  const [, quoted, plain] =
    /^(?:"([\x21\x23-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255}))$/.exec(String(header)) ?? []
  const text = quoted ?? plain
  if (text !== undefined) return text
  throw new Problem(400, 'The Idempotency-Key is not 1 to 255 printable ASCII characters without spaces.')
}
