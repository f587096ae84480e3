import { and, asc, eq, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { alias } from 'drizzle-orm/sqlite-core'
import { hashOf, isKey } from '../api-key.ts'
import { apiKeyLastUses, apiKeyRows, apiKeys, type SCOPES } from '../schema.ts'

export type Scope = (typeof SCOPES)[number]

/** An API key with its scope and expiry; times are RFC 3339 in UTC. */
export interface ApiKey {
  readonly id: number
  readonly name: string
  readonly scope: Scope
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
  /** The rows that its lineage may record a day; null sets no limit. */
  readonly rows_a_day: number | null
  /** The key that it was made to take over from. */
  readonly replaces: number | null
  /** The first key of its rotations, to which quotas and idempotency keys belong. */
  readonly lineage: number
}

/** A key with what an operator asks about it. */
export interface KeyReport extends ApiKey {
  /** The hour in which it was last used. */
  readonly last_used_at: string | null
  readonly replaced_by: number | null
  /** The rows that its lineage recorded on the day of the report. */
  readonly rows: number
}

const COLUMNS = {
  id: apiKeys.id,
  name: apiKeys.name,
  scope: apiKeys.scope,
  created_at: apiKeys.created_at,
  expires_at: apiKeys.expires_at,
  revoked_at: apiKeys.revoked_at,
  rows_a_day: apiKeys.rows_a_day,
  replaces: apiKeys.replaces,
  lineage: apiKeys.lineage,
}

export function apiKeyReader(db: BetterSQLite3Database) {
  return {
    /** Every key ever made, oldest first. */
    async keys(): Promise<ApiKey[]> {
      return db.select(COLUMNS).from(apiKeys).orderBy(asc(apiKeys.id)).all()
    },

    /** Reports on every key ever made, oldest first, with the rows recorded on a day (UTC). */
    async keyReports(day: string): Promise<KeyReport[]> {
      return reportKeys(db, day)
    },

    /** Returns the key with this secret, also a revoked or expired one, or null. */
    async keyOf(text: string): Promise<ApiKey | null> {
      if (!isKey(text)) return null
      return (
        db
          .select(COLUMNS)
          .from(apiKeys)
          .where(eq(apiKeys.hash, hashOf(text)))
          .get() ?? null
      )
    },
  }
}

/** Reports on every key ever made, oldest first, with the rows recorded on a day (UTC). */
export function reportKeys(db: BetterSQLite3Database, day: string): KeyReport[] {
  const successors = alias(apiKeys, 'successors')
  return db
    .select({
      ...COLUMNS,
      last_used_at: apiKeyLastUses.used_at,
      replaced_by: successors.id,
      rows: sql<number>`coalesce(${apiKeyRows.rows}, 0)`,
    })
    .from(apiKeys)
    .leftJoin(apiKeyLastUses, eq(apiKeyLastUses.api_key, apiKeys.id))
    .leftJoin(successors, eq(successors.replaces, apiKeys.id))
    .leftJoin(apiKeyRows, and(eq(apiKeyRows.lineage, apiKeys.lineage), eq(apiKeyRows.day, day)))
    .orderBy(asc(apiKeys.id))
    .all()
}
