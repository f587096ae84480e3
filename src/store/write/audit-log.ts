import { and, desc, eq, gte } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { type AUDIT_ACTIONS, apiKeys, auditLog } from '../schema.ts'

/** Writes that were refused alike: by the same key, in the same way, on the same route. */
export interface Refusal {
  /** Null where there was no key that was ever made. */
  readonly api_key: number | null
  /** The method and the pattern of the route. */
  readonly via: string | null
  /** The HTTP status. */
  readonly status: number
  readonly detail: string | null
}

/** A change of a key, or refusals counted together. */
export interface AuditEntry extends Omit<Refusal, 'status'> {
  readonly action: (typeof AUDIT_ACTIONS)[number]
  readonly status: number | null
  readonly count: number
  /** When the first of those counted was refused. */
  readonly began_at: string
  readonly recorded_at: string
}

/** An entry as it is read, with the name of its key. */
export interface NamedAuditEntry extends AuditEntry {
  readonly id: number
  readonly name: string | null
}

interface AuditFilter {
  readonly api_key?: number | undefined
  /** A day (UTC). */
  readonly since?: string | undefined
  readonly limit: number
}

export function auditReader(db: BetterSQLite3Database) {
  return {
    /** The newest entries of the audit log, oldest first. */
    async auditEntries({ api_key, since, limit }: AuditFilter): Promise<NamedAuditEntry[]> {
      const { api_key: key, id, action, via, status, detail, count, began_at, recorded_at } = auditLog
      const newest = db
        .select({
          id,
          action,
          api_key: key,
          name: apiKeys.name,
          via,
          status,
          detail,
          count,
          began_at,
          recorded_at,
        })
        .from(auditLog)
        .leftJoin(apiKeys, eq(apiKeys.id, auditLog.api_key))
        .where(
          and(
            api_key === undefined ? undefined : eq(auditLog.api_key, api_key),
            since === undefined ? undefined : gte(auditLog.recorded_at, since),
          ),
        )
        .orderBy(desc(auditLog.id))
        .limit(limit)
        .all()
      return newest.toReversed()
    },
  }
}

export function auditWriter(db: BetterSQLite3Database) {
  return {
    /** Appends an entry to the audit log, for good. */
    audit(entry: AuditEntry): void {
      db.insert(auditLog).values(entry).run()
    },
  }
}
