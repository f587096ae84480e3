import { and, eq, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { apiKeyRows, apiKeys } from '../schema.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** The rows that a key may still record on the present day (UTC). */
export interface RowQuota {
  readonly rowsADay: number
  readonly left: number
  /** In how many seconds the next day begins. */
  readonly resetS: number
}

/** Thrown where the quota of a key is exceeded. */
export class QuotaExceeded extends Error {
  readonly quota: RowQuota

  constructor(quota: RowQuota) {
    super(`more than the ${quota.left} rows that are left of ${quota.rowsADay} a day`)
    this.quota = quota
  }
}

interface Metered {
  /** The key that a write is made with; none for those of the operator, which are not counted. */
  readonly apiKey?: number | undefined
  readonly dryRun: boolean
}

/**
 * Counts the rows that one transaction records against the quota of the key's lineage. The transaction holds the
 * lock for writing, so that no other process can count at the same time. A dry run is neither counted nor refused.
 */
export function rowMeter(db: BetterSQLite3Database, now: () => string, { apiKey, dryRun }: Metered) {
  let account: ReturnType<typeof readAccount> | undefined
  let recorded = 0

  function readAccount(id: number) {
    const day = now().slice(0, 10)
    const found = db
      .select({ lineage: apiKeys.lineage, rowsADay: apiKeys.rows_a_day, rows: apiKeyRows.rows })
      .from(apiKeys)
      .leftJoin(apiKeyRows, and(eq(apiKeyRows.lineage, apiKeys.lineage), eq(apiKeyRows.day, day)))
      .where(eq(apiKeys.id, id))
      .get()
    if (found === undefined) throw new RangeError(`there is no API key ${id}`)
    return { ...found, day, rows: found.rows ?? 0 }
  }

  function quotaAfter(rows: number): RowQuota | null {
    if (apiKey === undefined) return null
    account ??= readAccount(apiKey)
    const { rowsADay, day } = account
    if (rowsADay === null) return null
    const resetMs = Date.parse(day) + DAY_MS - Date.parse(now())
    const left = Math.max(0, rowsADay - account.rows - rows)
    return { rowsADay, left, resetS: Math.max(1, Math.ceil(resetMs / 1000)) }
  }

  return {
    /** Counts a row that is about to be recorded. @throws QuotaExceeded */
    countRow(): void {
      recorded += 1
      if (apiKey === undefined || dryRun) return
      account ??= readAccount(apiKey)
      const { rowsADay, rows } = account
      if (rowsADay === null || rows + recorded <= rowsADay) return
      const quota = quotaAfter(0)
      if (quota !== null) throw new QuotaExceeded(quota)
    },

    /** Returns what is left of a key's quota; null where it has none. */
    rowQuota: (): RowQuota | null => quotaAfter(dryRun ? 0 : recorded),

    /** Adds what was recorded to the day's count; called once, before the commit. */
    settle(): void {
      if (apiKey === undefined || dryRun || recorded === 0) return
      account ??= readAccount(apiKey)
      db.insert(apiKeyRows)
        .values({ lineage: account.lineage, day: account.day, rows: recorded })
        .onConflictDoUpdate({
          target: [apiKeyRows.lineage, apiKeyRows.day],
          set: { rows: sql`${apiKeyRows.rows} + excluded.rows` },
        })
        .run()
    },
  }
}
