import { drizzle } from 'drizzle-orm/better-sqlite3'
import { type Added, addMissing, type Records } from './add-missing.ts'
import { type Connection, isInMemory, openDatabase, waitBriefly } from './database.ts'
import { migrate } from './migrate.ts'
import { readerOn } from './read.ts'
import { writer } from './write.ts'

export interface StoreOptions {
  /** `file:` and a path, or `file::memory:`, which is gone when the store is closed. */
  readonly url: string
  /** The present, as an RFC 3339 time in UTC with milliseconds. */
  readonly now: () => string
}

/** Everything that can be asked of the data, or written to it. Every verb is awaited. */
export type Store = ReturnType<typeof storeOn>

/** Opens the database, brings it to the newest schema, and stands ready to answer. */
export async function openStore({ url, now }: StoreOptions): Promise<Store> {
  const reading = openDatabase(url)
  try {
    migrate(reading)
    const writing = isInMemory(url) ? reading : openDatabase(url)
    return storeOn(reading, writing, now)
  } catch (error) {
    reading.close()
    throw error
  }
}

function storeOn(reading: Connection, writing: Connection, now: () => string) {
  const db = drizzle({ client: reading })
  const { write } = writer(writing, now)
  return {
    ...readerOn(db),
    write,

    /**
     * Records what has never been recorded before, all of it in one version or nothing at all.
     * Where nothing is new, no version is made.
     */
    addMissing(records: Records): Promise<Added> {
      return write({ author: null, reason: null }, (transaction) => addMissing(transaction, records))
    },

    /** Makes writes try again rather than wait, and so hold up readers: for a store that serves requests. */
    async putReadersFirst() {
      waitBriefly(writing)
    },

    async close() {
      writing.close()
      reading.close()
    },
  }
}
