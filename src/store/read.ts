import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { dimensionReader } from './read-dimensions.ts'
import { historyReader } from './read-history.ts'
import { keyReader } from './read-keys.ts'
import { observationReader } from './read-observations.ts'
import { publicationReader } from './read-publications.ts'
import { seriesReader } from './read-series.ts'
import { versionReader } from './read-versions.ts'

/** Everything that can be asked of the data, on one connection. */
export type Reader = ReturnType<typeof readerOn>

export function readerOn(db: BetterSQLite3Database) {
  return {
    ...versionReader(db),
    ...dimensionReader(db),
    ...observationReader(db),
    ...seriesReader(db),
    ...publicationReader(db),
    ...historyReader(db),
    ...keyReader(db),
  }
}
