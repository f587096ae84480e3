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
