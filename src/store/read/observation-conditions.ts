import { and, eq, gte, inArray, lte, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { QueryBuilder } from 'drizzle-orm/sqlite-core'
import type { Filter, PUBLICATION_FILTERS } from '../../domain/filter.ts'
import {
  borders,
  observations,
  observationRevisions as revisions,
  sourceRevisions as sources,
} from '../schema.ts'
import { observationAsOf, sourceAsOf } from './revision-at.ts'
import { filterColumns } from './source-columns.ts'

type Conditions<Fields> = {
  [Key in keyof Fields]-?: (value: NonNullable<Fields[Key]>) => SQL | undefined
}

/** The condition that each filter by publication puts on a publication. */
const ofPublication = Object.fromEntries(
  Object.entries(filterColumns).map(([field, column]) => [
    field,
    (values: readonly string[]) => inArray(column, [...values]),
  ]),
) as Conditions<Pick<Filter, keyof typeof PUBLICATION_FILTERS>>

/** The condition that each field of a filter puts on a row. */
const conditions: Conditions<Filter> = {
  ...ofPublication,
  version: (version) => and(observationAsOf(version), sourceAsOf(version)),
  published_until: (day) => lte(sources.published_on, day),
  id: (values) => sql`${observations.id} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`,
  indicator: (values) => inArray(observations.indicator, [...values]),
  border: (values) => inArray(observations.border, [...values]),
  country: (values) => inArray(observations.border, bordersWhere(inArray(borders.country, [...values]))),
  neighbour: (values) => inArray(observations.border, bordersWhere(inArray(borders.neighbour, [...values]))),
  source: (values) => inArray(observations.source, [...values]),
  period_basis: (values) => inArray(revisions.period_basis, [...values]),
  qualifier: (values) => inArray(revisions.qualifier, [...values]),
  from: (day) => gte(observations.period_end, day),
  to: (day) => lte(observations.period_start, day),
}

function bordersWhere(condition: SQL): SQLWrapper {
  return new QueryBuilder().select({ id: borders.id }).from(borders).where(condition)
}

/** The condition that some parts of a filter put on a row, where it has any of them. */
function combine(filter: Filter, keys: readonly string[]): SQL | undefined {
  const entries = Object.entries(conditions) as [keyof Filter, (value: unknown) => SQL | undefined][]
  const asked = entries.filter(([key]) => keys.includes(key) && filter[key] !== undefined)
  return and(...asked.map(([key, condition]) => condition(filter[key])))
}

/** The condition that a filter puts on observations cross-joined with sources and revisions. */
export function whereFilter(filter: Filter): SQL | undefined {
  return and(
    eq(sources.source, observations.source),
    eq(revisions.observation, observations.id),
    combine(filter, Object.keys(conditions)),
  )
}

/**
 * Returns the part of a filter that an index can serve, on observations alone: it lets through all matches, and perhaps
 * more. It uses publications only where nothing else narrows the search, because many share a kind.
 */
export function indexedCondition(filter: Filter): SQL | undefined {
  const { source: _, ...facts } = ofPublication
  const ofSources = combine(filter, Object.keys(facts))
  const own = combine(filter, ['id', 'indicator', 'border', 'country', 'neighbour', 'source'])
  return own ?? (ofSources && inArray(observations.source, sourcesWhere(ofSources)))
}

/** The condition that a filter puts on publications, whether observations come from them or not. */
export function wherePublication(filter: Filter): SQL | undefined {
  const { version, published_until, ...rest } = filter
  const stated = Object.entries(ofPublication) as [keyof typeof ofPublication, (values: unknown) => SQL][]
  return and(
    sourceAsOf(version),
    published_until === undefined ? undefined : conditions.published_until(published_until),
    ...stated.map(([field, condition]) => rest[field] && condition(rest[field])),
  )
}

function sourcesWhere(condition: SQL): SQLWrapper {
  return new QueryBuilder().select({ source: sources.source }).from(sources).where(condition)
}
