import { and, asc, eq, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { alias } from 'drizzle-orm/sqlite-core'
import { hashOf, isKey } from '../api-key.ts'
import { apiKeyLastUses, apiKeyRows, apiKeys, type SCOPES } from '../schema.ts'

export type Scope = (typeof SCOPES)[number]

/** Who may write what, and until when; times are RFC 3339 in UTC. */
export interface ApiKey {
  readonly id: number
  readonly name: string
  readonly scope: Scope
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
  /** How many rows its lineage may record on a day; null is any number. */
  readonly rows_a_day: number | null
  /** The key that it was made to take over from. */
  readonly replaces: number | null
  /** The first key of its rotations, by which quotas and repeated requests are told apart. */
  readonly lineage: number
}

/** A key with what an operator asks about it. */
export interface KeyReport extends ApiKey {
  /** The hour in which it was last used. */
  readonly last_used_at: string | null
  readonly replaced_by: number | null
  /** How many rows its lineage recorded on the day of the report. */
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

    /** The key that a text is, revoked and expired ones too, or null where it is none. */
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
