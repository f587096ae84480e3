import { drizzle } from 'drizzle-orm/better-sqlite3'
import { type Connection, openDatabase, waitBriefly } from './database.ts'
import { migrate } from './migrate.ts'
import { dimensionReader } from './read-dimensions.ts'
import { observationReader } from './read-observations.ts'
import { publicationReader } from './read-publications.ts'
import { versionReader } from './read-versions.ts'
import { recorder } from './record.ts'

export interface StoreOptions {
  /** `file:` and a path, or `file::memory:`. */
  readonly url: string
  /** The present, as an RFC 3339 time in UTC. */
  readonly now: () => string
}

/** Everything that can be asked of the data, or written to it. Every verb is awaited. */
export type Store = ReturnType<typeof storeOn>

/** Opens the database, brings it to the newest schema, and stands ready to answer. */
export async function openStore({ url, now }: StoreOptions): Promise<Store> {
  const connection = openDatabase(url)
  try {
    migrate(connection)
  } catch (error) {
    connection.close()
    throw error
  }
  return storeOn(connection, now)
}

function storeOn(connection: Connection, now: () => string) {
  const db = drizzle({ client: connection })
  return {
    ...versionReader(db),
    ...dimensionReader(db),
    ...observationReader(db),
    ...publicationReader(db),
    ...recorder(db, now),
    /** Makes writes give up soon rather than hold up readers: for a store that serves requests. */
    async putReadersFirst() {
      waitBriefly(connection)
    },

    async close() {
      connection.close()
    },
  }
}
