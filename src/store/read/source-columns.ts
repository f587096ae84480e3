import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { PUBLICATION_FILTERS } from '../../domain/filter.ts'
import { sourceRevisions as sources } from '../schema.ts'

/** The fields of a publication, as a revision of it holds them. */
export const sourceColumns = {
  id: sources.source,
  publisher: sources.publisher,
  origin: sources.origin,
  kind: sources.kind,
  title: sources.title,
  published_on: sources.published_on,
  url: sources.url,
}

/** The columns that the filters by publication compare with their values. */
export const filterColumns = {
  origin: sources.origin,
  publisher: sources.publisher,
  source: sources.source,
  kind: sources.kind,
} satisfies Record<keyof typeof PUBLICATION_FILTERS, SQLiteColumn>
