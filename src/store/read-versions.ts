import { desc, eq, lte } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { versions } from './schema.ts'

/** A state of the data: how many writes it holds, and when the last of them was recorded. */
export interface Version {
  readonly version: number
  /** RFC 3339 in UTC; null before the first write. */
  readonly recorded_at: string | null
}

const NOTHING: Version = { version: 0, recorded_at: null }

export function versionReader(db: BetterSQLite3Database) {
  const newest = db.select().from(versions).orderBy(desc(versions.version)).limit(1).prepare()
  return {
    /** The newest version. */
    async currentVersion(): Promise<Version> {
      return newest.get() ?? NOTHING
    },

    /** A version by its number. */
    async versionNumbered(version: number): Promise<Version> {
      return db.select().from(versions).where(eq(versions.version, version)).get() ?? NOTHING
    },

    /** The newest version recorded at or before a time, given in RFC 3339 UTC with milliseconds. */
    async versionAt(time: string): Promise<Version> {
      const found = db
        .select()
        .from(versions)
        .where(lte(versions.recorded_at, time))
        .orderBy(desc(versions.recorded_at), desc(versions.version))
        .limit(1)
        .get()
      return found ?? NOTHING
    },
  }
}
