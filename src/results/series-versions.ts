import type { Store } from '../store/store.ts'

type Read = Pick<Store, 'currentVersion' | 'isUncommitted' | 'versionsOfSeries' | 'seriesChanges'>

export interface SeriesVersions {
  /**
   * The last version, of those up to one, that changed a series; 0 where none did. Null while nobody can say,
   * because that version may yet be taken back.
   */
  lastChangedAt(border: string, indicator: string, version: number): Promise<number | null>
}

/** Returns when series changed: reads the changes of a series once, and then only new ones. */
export function seriesVersions(store: Read): SeriesVersions {
  const versionsOf = new Map<string, number[]>()
  /** All changes of the cached series are known up to this version. */
  let known: number | null = null
  let last: Promise<unknown> = Promise.resolve()

  async function catchUp(version: number): Promise<boolean> {
    if (known !== null && version <= known) return true
    if (store.isUncommitted()) return false
    const { version: newest } = await store.currentVersion()
    if (version > newest) return false
    const changes = known === null ? [] : await store.seriesChanges(known, newest)
    for (const { border, indicator, version } of changes)
      versionsOf.get(nameOf(border, indicator))?.push(version)
    known = newest
    return true
  }

  async function find(border: string, indicator: string, version: number): Promise<number | null> {
    if (!(await catchUp(version)) || known === null) return null
    const name = nameOf(border, indicator)
    const versions = versionsOf.get(name) ?? (await store.versionsOfSeries(border, indicator, known))
    versionsOf.set(name, versions)
    return lastUntil(versions, version)
  }

  return {
    lastChangedAt(border, indicator, version) {
      const versions = known !== null && version <= known ? versionsOf.get(nameOf(border, indicator)) : null
      if (versions) return Promise.resolve(lastUntil(versions, version))
      const turn = last.then(() => find(border, indicator, version))
      last = turn.catch(() => undefined)
      return turn
    },
  }
}

function nameOf(border: string, indicator: string): string {
  return `${border} ${indicator}`
}

function lastUntil(versions: readonly number[], version: number): number {
  return versions.findLast((each) => each <= version) ?? 0
}
