import { drizzle } from 'drizzle-orm/better-sqlite3'
import { openReadOnly } from '../connection/connection.ts'
import { type KeyReport, reportKeys } from './api-keys.ts'

/**
 * Reads the reports on the keys of a database file over a connection of its own, which is closed at once.
 * @throws DatabaseRejected where it cannot be read
 */
export function readKeyReports(path: string, day: string): KeyReport[] {
  const connection = openReadOnly(path)
  try {
    return reportKeys(drizzle({ client: connection }), day)
  } finally {
    connection.close()
  }
}
