import type { Version } from '../../store/read/versions.ts'
import type { Store } from '../../store/store.ts'

/** The state of the data that an answer is made from. */
export interface VersionAsOf extends Version {
  /** True where no later write can change what `as_of` means, so that the answer never changes. */
  readonly isImmutable: boolean
}

/**
 * Resolves `as_of`, a version number or a UTC time, to the version that it means; without it that is the newest.
 * Cache keys and answers are made from what this returns. It is null for a version that does not exist yet.
 */
export async function versionAsOf(
  store: Pick<Store, 'versionAt' | 'versionNumbered'>,
  newest: Version,
  as_of: number | string | undefined,
): Promise<VersionAsOf | null> {
  if (as_of === undefined) return { ...newest, isImmutable: false }
  if (typeof as_of === 'string') {
    return { ...(await store.versionAt(as_of)), isImmutable: as_of < (newest.recorded_at ?? '') }
  }
  return as_of > newest.version ? null : { ...(await store.versionNumbered(as_of)), isImmutable: true }
}
