import type { About } from '../../formats/table.ts'
import type { Reader } from '../../store/read/reader.ts'
import type { Asked } from '../query/resolve-query.ts'
import { DATA_LICENCE } from './licence.ts'

/** What stands behind the answer to a question: read only where a format has a place for it. */
export async function aboutTable(
  store: Reader,
  { filter }: Pick<Asked, 'filter'>,
  described: Pick<About, 'title' | 'description' | 'address' | 'next'>,
): Promise<About> {
  const { version, indicator } = filter
  const indicators = await store.indicators(version)
  return {
    ...described,
    version,
    recorded_at: (await store.versionNumbered(version)).recorded_at,
    licence: DATA_LICENCE,
    indicators: indicators.filter(({ id }) => indicator?.includes(id) ?? true),
    borders: await store.borders(version),
    sources: await store.sourcesOf(filter),
  }
}
