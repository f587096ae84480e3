import { asc, eq } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { hashOf, isKey } from './api-key.ts'
import { apiKeys, type SCOPES } from './schema.ts'

export type Scope = (typeof SCOPES)[number]

/** Who may write what, and until when; times are RFC 3339 in UTC. */
export interface ApiKey {
  readonly id: number
  readonly name: string
  readonly scope: Scope
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
}

export function keyReader(db: BetterSQLite3Database) {
  const columns = {
    id: apiKeys.id,
    name: apiKeys.name,
    scope: apiKeys.scope,
    created_at: apiKeys.created_at,
    expires_at: apiKeys.expires_at,
    revoked_at: apiKeys.revoked_at,
  }
  return {
    /** Every key ever made, oldest first. */
    async keys(): Promise<ApiKey[]> {
      return db.select(columns).from(apiKeys).orderBy(asc(apiKeys.id)).all()
    },

    /** The key that a text is, revoked and expired ones too, or null where it is none. */
    async keyOf(text: string): Promise<ApiKey | null> {
      if (!isKey(text)) return null
      return (
        db
          .select(columns)
          .from(apiKeys)
          .where(eq(apiKeys.hash, hashOf(text)))
          .get() ?? null
      )
    },
  }
}
