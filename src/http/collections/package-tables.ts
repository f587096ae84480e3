import type { FastifyRequest } from 'fastify'
import { DEFAULT_INDICATOR } from '../../domain/indicator.ts'
import { writeCsv } from '../../formats/csv/write-csv.ts'
import type { Resource } from '../../formats/data-package.ts'
import { type Chunks, columnsOf } from '../../formats/table.ts'
import type { Keys } from '../../formats/table-schema.ts'
import type { CollectionsByPath } from './collect-collections.ts'

interface Packaged {
  readonly name: string
  readonly url: string
  readonly keys: Keys
}

const SUBJECTS = { border: 'borders', indicator: 'indicators' }

/** The collections of the data package, with default queries. */
const PACKAGE_TABLES: readonly Packaged[] = [
  {
    name: 'observations',
    url: '/v1/observations',
    keys: {
      primaryKey: ['id'],
      uniqueKeys: [['source', 'border', 'indicator', 'period_start', 'period_end']],
      foreignKeys: { source: 'sources', ...SUBJECTS },
    },
  },
  { name: 'sources', url: '/v1/sources', keys: { primaryKey: ['id'] } },
  { name: 'borders', url: '/v1/borders', keys: { primaryKey: ['id'] } },
  { name: 'indicators', url: '/v1/indicators', keys: { primaryKey: ['id'] } },
  {
    name: 'events',
    url: '/v1/events',
    keys: { primaryKey: ['id'], foreignKeys: { source: 'sources' } },
  },
  {
    name: 'series',
    url: '/v1/series',
    keys: { primaryKey: ['period', 'border'], foreignKeys: SUBJECTS },
  },
  {
    name: 'conflicts',
    url: '/v1/conflicts',
    keys: {
      primaryKey: ['id'],
      foreignKeys: { id: 'observations', source: 'sources', ...SUBJECTS },
    },
  },
]

/** A table of the package at one version. */
export interface PackageTable extends Pick<Resource, 'name' | 'title' | 'description' | 'row' | 'keys'> {
  /** The URL of the same CSV, with its whole query. */
  readonly address: string
  written(): Promise<Chunks>
}

/** Returns the tables of the package at a version, without the series where its indicator is unknown. */
export function packageTables(
  lists: CollectionsByPath,
  request: FastifyRequest,
  { version, indicators }: { readonly version: number; readonly indicators: readonly string[] },
): PackageTable[] {
  return PACKAGE_TABLES.flatMap(({ name, url, keys }) => {
    const list = lists.get(url)
    if (list === undefined || (name === 'series' && !indicators.includes(DEFAULT_INDICATOR))) return []
    const { title, description, row, rowsOf } = list
    const written = async () =>
      writeCsv({ columns: columnsOf(row), rows: await rowsOf(request, { as_of: String(version) }) })
    return {
      name,
      title,
      description,
      row,
      keys,
      written,
      address: `${url}?format=csv&limit=all&as_of=${version}`,
    }
  })
}
