import { auditReader } from '../write/audit-log.ts'
import { apiKeyReader } from './api-keys.ts'
import { historyReader } from './changes.ts'
import { dimensionReader } from './dimensions.ts'
import { observationReader } from './observations.ts'
import { seriesReader } from './series-changes.ts'
import { publicationReader } from './sources-and-events.ts'
import { type Connected, versionReader } from './versions.ts'

/** All reads of the data, on one connection. */
export type Reader = ReturnType<typeof createReader>

/** Reads on one connection; see `versionReader` for one that only reads. */
export function createReader(db: Connected, { onlyReads }: { readonly onlyReads: boolean }) {
  return {
    ...versionReader(db, { onlyReads }),
    ...dimensionReader(db),
    ...observationReader(db),
    ...seriesReader(db),
    ...publicationReader(db),
    ...historyReader(db),
    ...apiKeyReader(db),
    ...auditReader(db),
  }
}
