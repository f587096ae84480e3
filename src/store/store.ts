import { accessSync, constants } from 'node:fs'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import {
  assertUndamaged,
  type Connection,
  databasePathOf,
  isInMemory,
  openDatabase,
  openReadOnly,
  refusing,
} from './connection/connection.ts'
import { type FileSizes, fileSizes } from './connection/file-sizes.ts'
import { migrate } from './connection/migrate.ts'
import { checkpointWal } from './connection/wal-checkpoint.ts'
import { createReader } from './read/reader.ts'
import { type Added, addMissing, type Records } from './write/add-missing.ts'
import { keyActivity } from './write/key-activity.ts'
import { writer } from './write/transaction.ts'

export interface StoreOptions {
  /** `file:` and a path, or `file::memory:`, which is gone when the store is closed. */
  readonly url: string
  /** The present, as an RFC 3339 time in UTC with milliseconds. */
  readonly now: () => string
}

/** The longest that a read may block all others, in milliseconds. */
const READ_PATIENCE_MS = 100

/** The page cache in KiB: a page of a list reads rows from all over a large database. */
const READ_CACHE_KIB = 65_536

/** The pause after a failed write before another is probed, in milliseconds. */
const RETRY_AFTER_MS = 2_000

/** All reads and writes of the data. Every method is async. */
export type Store = ReturnType<typeof storeOn>

/** Opens the database, brings it to the newest schema, checks it, and stands ready to answer. */
export async function openStore({ url, now }: StoreOptions): Promise<Store> {
  const reading = openMigrated(url)
  const writing = isInMemory(url) ? reading : openBeside(reading, url)
  // A write that finds the database held tries again by itself: waiting in SQLite would hold up every reader.
  reading.pragma(`busy_timeout = ${READ_PATIENCE_MS}`)
  reading.pragma(`cache_size = -${READ_CACHE_KIB}`)
  writing.pragma('busy_timeout = 0')
  return storeOn(reading, writing, now)
}

/** Stands ready to answer from a database as it is, and writes nothing to it. */
export function openReadOnlyStore(path: string, now: () => string): Store {
  const connection = openReadOnly(path)
  connection.pragma('query_only = ON')
  return storeOn(connection, connection, now)
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
 * @throws DatabaseRejected where it is damaged, or its schema is not one that this program knows
 */
function openMigrated(url: string): Connection {
  const connection = openDatabase(url)
  try {
    return refusing(databasePathOf(url), () => {
      assertUndamaged(connection)
      migrate(connection)
      return connection
    })
  } catch (error) {
    connection.close()
    throw error
  }
}

const NOBODY = { author: null, reason: null }

function storeOn(reading: Connection, writing: Connection, now: () => string) {
  const db = drizzle({ client: reading })
  const { write, stop, sinceFailure } = writer(writing, now)
  const activity = keyActivity((work) => write(NOBODY, async (transaction) => work(transaction)), now)
  return {
    ...createReader(db, { onlyReads: reading !== writing }),
    write,
    ...activity,

    /** Tells whether reads may see uncommitted data: in memory, where writes share the connection. */
    isUncommitted: reading === writing ? () => reading.inTransaction : () => false,

    /**
     * Records what has never been recorded before, all of it in one version or nothing at all.
     * Where nothing is new, no version is made.
     */
    addMissing(records: Records): Promise<Added> {
      return write(NOBODY, (transaction) => addMissing(transaction, records))
    },

    /** Tells whether writes can be accepted: some time after one failed because of the machine, it tries one that changes nothing. */
    async canWrite(): Promise<boolean> {
      try {
        if (!writing.memory) accessSync(writing.name, constants.W_OK)
        const failedForMs = sinceFailure()
        if (failedForMs === null) return true
        if (failedForMs < RETRY_AFTER_MS) return false
        await write(NOBODY, async (transaction) => transaction.touch())
        return true
      } catch {
        return false
      }
    },

    /** The sizes of the database and its WAL on disk, in bytes; 0 in memory. */
    async fileSizes(): Promise<FileSizes> {
      return fileSizes(reading.name)
    },

    /** Ends writes that take long, such as imports; those that do not are done to their end. */
    stopWriting: stop,

    async close() {
      await stop()
      await activity.recordActivity()
      checkpointWal(writing)
      writing.close()
      reading.close()
    },
  }
}
