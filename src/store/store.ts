import { drizzle } from 'drizzle-orm/better-sqlite3'
import { type Added, addMissing, type Records } from './add-missing.ts'
import { type Connection, isInMemory, openDatabase, pathOf, refusing } from './database.ts'
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

/** Opens the database, brings it to the newest schema, checks it, and stands ready to answer. */
export async function openStore({ url, now }: StoreOptions): Promise<Store> {
  const reading = openMigrated(url)
  const writing = isInMemory(url) ? reading : openBeside(reading, url)
  // A write that finds the database held tries again by itself: waiting in SQLite would hold up every reader.
  writing.pragma('busy_timeout = 0')
  return storeOn(reading, writing, now)
}

function openBeside(reading: Connection, url: string): Connection {
  try {
    return openDatabase(url)
  } catch (error) {
    reading.close()
    throw error
  }
}

/**
 * Opens the database, and brings it to the newest schema.
 * @throws DatabaseRefused where it is damaged, or its schema is not one that this program knows
 */
function openMigrated(url: string): Connection {
  const connection = openDatabase(url)
  try {
    return refusing(pathOf(url), () => {
      const [fault] = connection.pragma('quick_check(1)', { simple: false }) as { quick_check: string }[]
      if (fault?.quick_check !== 'ok')
        throw new Error(`it is damaged (${fault?.quick_check}); restore a backup`)
      migrate(connection)
      return connection
    })
  } catch (error) {
    connection.close()
    throw error
  }
}

function storeOn(reading: Connection, writing: Connection, now: () => string) {
  const db = drizzle({ client: reading })
  const { write, stop } = writer(writing, now)
  return {
    ...readerOn(db),
    write,

    /** Whether what is read now may yet be taken back: in memory, where a write has no connection of its own. */
    isUncommitted: () => reading.inTransaction,

    /**
     * Records what has never been recorded before, all of it in one version or nothing at all.
     * Where nothing is new, no version is made.
     */
    addMissing(records: Records): Promise<Added> {
      return write({ author: null, reason: null }, (transaction) => addMissing(transaction, records))
    },

    /** Ends writes that take long, such as imports; those that do not are done to their end. */
    stopWriting: stop,

    async close() {
      await stop()
      writing.close()
      reading.close()
    },
  }
}
