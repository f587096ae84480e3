import { and, eq, lt } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { idempotentAnswers as answers } from '../schema.ts'

/** The time for which responses to requests with an Idempotency-Key are stored, in milliseconds. */
const KEPT_MS = 24 * 60 * 60 * 1000

/** The request that a response is stored for. */
export interface IdempotentRequest {
  readonly api_key: number
  readonly idempotency_key: string
  /** A digest of the request, to detect another request with the same key. */
  readonly fingerprint: string
}

export function idempotencyStore(db: BetterSQLite3Database, now: () => string) {
  return {
    /** Returns the stored response of an API key and an Idempotency-Key, with the digest of its request. */
    async keptAnswer({ api_key, idempotency_key }: Omit<IdempotentRequest, 'fingerprint'>) {
      const oldest = new Date(Date.parse(now()) - KEPT_MS).toISOString()
      db.delete(answers).where(lt(answers.recorded_at, oldest)).run()
      const isSame = and(eq(answers.api_key, api_key), eq(answers.idempotency_key, idempotency_key))
      return (
        db
          .select({ fingerprint: answers.fingerprint, answer: answers.answer })
          .from(answers)
          .where(isSame)
          .get() ?? null
      )
    },

    /** Keeps an answer, in the same transaction as what it tells of. */
    async keepAnswer(request: IdempotentRequest, answer: string): Promise<void> {
      db.insert(answers)
        .values({ ...request, answer, recorded_at: now() })
        .run()
    },
  }
}
