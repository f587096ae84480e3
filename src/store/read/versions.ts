import { desc, eq, lte, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { Connection } from '../connection/connection.ts'
import { versions } from '../schema.ts'

/** A database with the connection that it is read on. */
export type Connected = BetterSQLite3Database & { readonly $client: Connection }

/** A state of the data: how many writes it holds, and when the last of them was recorded. */
export interface Version {
  readonly version: number
  /** RFC 3339 in UTC; null before the first write. */
  readonly recorded_at: string | null
}

const NOTHING: Version = { version: 0, recorded_at: null }

/**
 * Reads versions on one connection; one that only reads need not look for the newest again until another
 * has written.
 */
export function versionReader(db: Connected, { onlyReads }: { readonly onlyReads: boolean }) {
  const newest = db.select().from(versions).orderBy(desc(versions.version)).limit(1).prepare()
  const numbered = db
    .select()
    .from(versions)
    .where(eq(versions.version, sql.placeholder('version')))
    .prepare()
  const readNewest = () => newest.get() ?? NOTHING
  const current = onlyReads ? whileUnchanged(db, readNewest) : readNewest
  return {
    /** The newest version. */
    async currentVersion(): Promise<Version> {
      return current()
    },

    /** A version by its number. */
    async versionNumbered(version: number): Promise<Version> {
      return numbered.get({ version }) ?? NOTHING
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

/** A cached read, valid until another connection, of any process, changes the database. */
function whileUnchanged<Value>({ $client }: Connected, read: () => Value): () => Value {
  const dataVersion = $client.prepare('PRAGMA data_version').pluck()
  let known: { readonly at: unknown; readonly value: Value } | undefined
  return () => {
    const at = dataVersion.get()
    if (known === undefined || known.at !== at) known = { at, value: read() }
    return known.value
  }
}
