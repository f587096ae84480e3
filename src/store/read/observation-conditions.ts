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

/** The conditions of the filters by publication, on publications. */
const ofPublication = Object.fromEntries(
  Object.entries(filterColumns).map(([field, column]) => [
    field,
    (values: readonly string[]) => inArray(column, [...values]),
  ]),
) as Conditions<Pick<Filter, keyof typeof PUBLICATION_FILTERS>>

/** The conditions of all fields of a filter, on observations cross-joined with publications and revisions. */
const conditions: Conditions<Filter> = {
  ...ofPublication,
  version: (version) => and(observationAsOf(version), sourceAsOf(version)),
  published_until: (day) => lte(sources.published_on, day),
  id: (values) => sql`${observations.id} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`,
  indicator: (values) => inArray(observations.indicator, [...values]),
  border: (values) => inArray(observations.border, [...values]),
  country: (values) => inArray(observations.border, bordersWhere(inArray(borders.country, [...values]))),
  neighbour: (values) => inArray(observations.border, bordersWhere(inArray(borders.neighbour, [...values]))),
  // Overrides that of `ofPublication`: the own column leads the natural key, so an index finds the rows without a join.
  source: (values) => inArray(observations.source, [...values]),
  period_basis: (values) => inArray(revisions.period_basis, [...values]),
  qualifier: (values) => inArray(revisions.qualifier, [...values]),
  from: (day) => gte(observations.period_end, day),
  to: (day) => lte(observations.period_start, day),
}

function bordersWhere(condition: SQL): SQLWrapper {
  return new QueryBuilder().select({ id: borders.id }).from(borders).where(condition)
}

/** Combines the conditions of those fields that a filter has; undefined where it has none of them. */
function combine(filter: Filter, of: Partial<Conditions<Filter>>): SQL | undefined {
  const entries = Object.entries(of) as [keyof Filter, (value: unknown) => SQL | undefined][]
  const given = entries.filter(([field]) => filter[field] !== undefined)
  return and(...given.map(([field, condition]) => condition(filter[field])))
}

/** Returns the condition of a filter on observations cross-joined with publications and revisions. */
export function whereFilter(filter: Filter): SQL | undefined {
  return and(
    eq(sources.source, observations.source),
    eq(revisions.observation, observations.id),
    combine(filter, conditions),
  )
}

/**
 * Returns the part of a filter that an index can serve, on observations alone: it lets through all matches, and perhaps
 * more. It uses publications only where nothing else narrows the search, because many share a kind.
 */
export function indexedCondition(filter: Filter): SQL | undefined {
  const { id, indicator, border, country, neighbour, source } = conditions
  const { source: _, ...byPublication } = ofPublication
  const ofSources = combine(filter, byPublication)
  const own = combine(filter, { id, indicator, border, country, neighbour, source })
  return own ?? (ofSources && inArray(observations.source, sourcesWhere(ofSources)))
}

/** Returns the condition of a filter on publications, whether observations come from them or not. */
export function wherePublication(filter: Filter): SQL | undefined {
  const { published_until } = conditions
  return and(sourceAsOf(filter.version), combine(filter, { ...ofPublication, published_until }))
}

function sourcesWhere(condition: SQL): SQLWrapper {
  return new QueryBuilder().select({ source: sources.source }).from(sources).where(condition)
}
