import { auditReader } from './audit-log.ts'
import { dimensionReader } from './read-dimensions.ts'
import { historyReader } from './read-history.ts'
import { keyReader } from './read-keys.ts'
import { observationReader } from './read-observations.ts'
import { publicationReader } from './read-publications.ts'
import { seriesReader } from './read-series.ts'
import { type Connected, versionReader } from './read-versions.ts'

/** Everything that can be asked of the data, on one connection. */
export type Reader = ReturnType<typeof readerOn>

/** Reads on one connection; see `versionReader` for one that only reads. */
export function readerOn(db: Connected, { onlyReads }: { readonly onlyReads: boolean }) {
  return {
    ...versionReader(db, { onlyReads }),
    ...dimensionReader(db),
    ...observationReader(db),
    ...seriesReader(db),
    ...publicationReader(db),
    ...historyReader(db),
    ...keyReader(db),
    ...auditReader(db),
  }
}
