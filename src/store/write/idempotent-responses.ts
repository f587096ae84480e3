import { and, eq, lt } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { idempotentAnswers as answers } from '../schema.ts'

/** How long the answer to a request with an Idempotency-Key is kept, in milliseconds. */
const KEPT_MS = 24 * 60 * 60 * 1000

/** Which request an answer is kept for. */
export interface IdempotentRequest {
  readonly api_key: number
  readonly idempotency_key: string
  /** A digest of what was asked, by which another request under the same key is told apart. */
  readonly fingerprint: string
}

export function idempotencyStore(db: BetterSQLite3Database, now: () => string) {
  return {
    /** The answer kept for an API key and Idempotency-Key, and what it answered. */
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
