import type { Table, TableDescription, TableMetadata } from '../../formats/table.ts'
import type { Pause } from '../../store/connection/pause.ts'
import type { Reader } from '../../store/read/reader.ts'
import type { ResolvedQuery } from '../query/resolve-query.ts'
import { DATA_LICENCE } from './licence.ts'

/** Returns readers of what describes a table: each part is read only where a format has a place for it. */
export function tableMetadata(
  store: Reader,
  { filter }: Pick<ResolvedQuery, 'filter'>,
  titles: Pick<TableMetadata, 'title' | 'description' | 'address' | 'next'>,
  pause: Pause,
): Pick<Table, 'description' | 'metadata'> {
  const { version, indicator } = filter
  async function description(): Promise<TableDescription> {
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
    description,
    metadata: async () => ({ ...(await description()), sources: await store.sourcesOf(filter, pause) }),
  }
}
