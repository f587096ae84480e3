import { statSync } from 'node:fs'
import { type Connection, LOG_BYTES } from './connection.ts'

/** Empties a log that has grown beyond its size, as far as nobody still reads from it. */
export function checkpointIfLarge(connection: Connection): void {
  const log = statSync(`${connection.name}-wal`, { throwIfNoEntry: false })
  if (log !== undefined && log.size > LOG_BYTES) checkpointWal(connection)
}

/** Moves all of the log to the database, as far as nobody still reads from it, and leaves it empty. */
export function checkpointWal(connection: Connection): void {
  try {
    connection.pragma('wal_checkpoint(TRUNCATE)')
  } catch {
    // What is committed is as safe in the log.
  }
}
