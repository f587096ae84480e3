import { eventLoopYielder } from '../concurrency/event-loop-yield.ts'
import type { Extent } from '../domain/extent.ts'
import type { Vintage } from '../domain/filter.ts'
import type { SeriesExtent } from '../store/read/dimensions.ts'
import type { Store } from '../store/store.ts'
import { committedVersions } from './committed-versions.ts'
import { seriesVersions } from './series-versions.ts'
import { weighedCache } from './weighed-cache.ts'

/** In entries. */
const MAX_KEPT = 64

/** In extents of series, each of a version. */
const MAX_EXTENTS = 20_000

/** Returns a store that reads each dimension once a version; its results are shared and must not be modified. */
export function cacheDimensions(store: Store, history = seriesVersions(store)): Store {
  const isSettled = committedVersions(store)

  function once<Rows>(read: (version: number, name: string) => Promise<Rows>) {
    const cache = weighedCache<{ readonly rows: Rows; readonly cost: number }>(MAX_KEPT)
    return async (version: number, name = ''): Promise<Rows> => {
      if (!(await isSettled(version))) return await read(version, name)
      const { rows } = await cache.get(`${version} ${name}`, async () => ({
        rows: await read(version, name),
        cost: 1,
      }))
      return rows
    }
  }

  const bordersWith = once((version, indicator) => store.bordersWith(indicator, version))
  const extents = weighedCache<{ readonly extent: Extent; readonly cost: number }>(MAX_EXTENTS)

  /** Returns the extent of a series, read again only after a write has changed it. */
  async function extentOf(vintage: Vintage, series: Omit<SeriesExtent, keyof Extent>): Promise<Extent> {
    const { border, indicator } = series
    const read = () => store.seriesExtent(vintage, series, eventLoopYielder())
    const changed = await history.lastChangedAt(border, indicator, vintage.version)
    if (changed === null) return await read()
    const key = JSON.stringify([border, indicator, changed, vintage.published_until])
    return (await extents.get(key, async () => ({ extent: await read(), cost: 1 }))).extent
  }

  return {
    ...store,
    async seriesExtents(vintage, pause = eventLoopYielder()) {
      const found: SeriesExtent[] = []
      for (const series of await store.seriesEverUsed()) {
        const extent = await extentOf(vintage, series)
        if (extent.observations > 0) found.push({ ...series, ...extent })
        await pause()
      }
      return found
    },
    borders: once(store.borders),
    indicators: once(store.indicators),
    origins: once(store.origins),
    bordersWith: (indicator, version) => bordersWith(version, indicator),
    codes: once(store.codes),
  }
}
