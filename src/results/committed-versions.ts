import type { Store } from '../store/store.ts'

/**
 * Tells whether a version is committed for good. Where the store has one connection for all, a version can be
 * seen that is then taken back, and another recorded under its number.
 */
export function committedVersions(
  store: Pick<Store, 'currentVersion' | 'isUncommitted'>,
): (version: number) => Promise<boolean> {
  let newest = 0
  return async (version) => {
    if (version <= newest) return true
    if (store.isUncommitted()) return false
    newest = (await store.currentVersion()).version
    return version <= newest
  }
}
