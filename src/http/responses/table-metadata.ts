import type { About, Described, Table } from '../../formats/table.ts'
import type { Pause } from '../../store/connection/pause.ts'
import type { Reader } from '../../store/read/reader.ts'
import type { Asked } from '../query/resolve-query.ts'
import { DATA_LICENCE } from './licence.ts'

/** What stands behind the answer to a question: each part is read only where a format has a place for it. */
export function aboutTable(
  store: Reader,
  { filter }: Pick<Asked, 'filter'>,
  titles: Pick<About, 'title' | 'description' | 'address' | 'next'>,
  pause: Pause,
): Pick<Table, 'described' | 'about'> {
  const { version, indicator } = filter
  async function described(): Promise<Described> {
    const indicators = await store.indicators(version)
    return {
      ...titles,
      version,
      recorded_at: (await store.versionNumbered(version)).recorded_at,
      licence: DATA_LICENCE,
      indicators: indicators.filter(({ id }) => indicator?.includes(id) ?? true),
      borders: await store.borders(version),
    }
  }
  return {
    described,
    about: async () => ({ ...(await described()), sources: await store.sourcesOf(filter, pause) }),
  }
}
