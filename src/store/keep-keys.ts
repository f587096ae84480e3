import { and, eq, isNull } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { hashOf, newKey } from './api-key.ts'
import type { Scope } from './read-keys.ts'
import { apiKeys } from './schema.ts'

export function keyKeeper(db: BetterSQLite3Database, now: () => string) {
  return {
    /** Makes a key, and answers it for the only time: what is kept is its hash. */
    async addKey(key: { name: string; scope: Scope; expires_at: string | null }): Promise<string> {
      const secret = newKey()
      db.insert(apiKeys)
        .values({ ...key, hash: hashOf(secret), created_at: now() })
        .run()
      return secret
    },

    /** Ends a key for good. @returns whether there was such a key that was not revoked yet */
    async revokeKey(id: number): Promise<boolean> {
      const revoked = db
        .update(apiKeys)
        .set({ revoked_at: now() })
        .where(and(eq(apiKeys.id, id), isNull(apiKeys.revoked_at)))
        .run()
      return revoked.changes > 0
    },
  }
}
