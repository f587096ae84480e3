import type { Store } from '../store/store.ts'
import { keeper } from './keeper.ts'
import { settledVersions } from './settled-versions.ts'

/** The answers to so many questions are kept. */
const MAX_KEPT = 64

/** A store that reads what there are figures of once for each version; what it answers is shared, so not to be changed. */
export function keepDimensions(store: Store): Store {
  const isSettled = settledVersions(store)

  function once<Rows>(read: (version: number, name: string) => Promise<Rows>) {
    const kept = keeper<{ readonly rows: Rows; readonly cost: number }>(MAX_KEPT)
    return async (version: number, name = ''): Promise<Rows> => {
      if (!(await isSettled(version))) return await read(version, name)
      const { rows } = await kept.get(`${version} ${name}`, async () => ({
        rows: await read(version, name),
        cost: 1,
      }))
      return rows
    }
  }

  const codes = once(() => store.codes())
  const bordersWith = once((version, indicator) => store.bordersWith(indicator, version))
  return {
    ...store,
    borders: once(store.borders),
    indicators: once(store.indicators),
    origins: once(store.origins),
    bordersWith: (indicator, version) => bordersWith(version, indicator),
    codes: async () => await codes((await store.currentVersion()).version),
  }
}
