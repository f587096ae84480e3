import { and, eq, gte, inArray, lte, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { QueryBuilder, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Filter } from '../domain/filter.ts'
import { observationStandsAt, sourceStandsAt } from './current.ts'
import {
  borders,
  observations,
  observationRevisions as revisions,
  sourceRevisions as sources,
} from './schema.ts'

type AskOf<Key extends keyof Filter, Asked> = {
  readonly [Each in Key]-?: (value: NonNullable<Filter[Each]>) => Asked
}

/** A column of an observation, and the values or the query of values that it is among. */
type Among = readonly [column: SQLiteColumn, values: readonly unknown[] | SQLWrapper]

/** What a filter asks of what stood of them, and of their periods. */
const standing: AskOf<
  'version' | 'published_until' | 'origin' | 'kind' | 'period_basis' | 'qualifier' | 'from' | 'to',
  SQL | undefined
> = {
  version: (version) =>
    and(
      eq(sources.source, observations.source),
      sourceStandsAt(version),
      eq(revisions.observation, observations.id),
      observationStandsAt(version),
    ),
  published_until: (day) => lte(sources.published_on, day),
  origin: (values) => inArray(sources.origin, [...values]),
  kind: (values) => inArray(sources.kind, [...values]),
  period_basis: (values) => inArray(revisions.period_basis, [...values]),
  qualifier: (values) => inArray(revisions.qualifier, [...values]),
  from: (day) => gte(observations.period_end, day),
  to: (day) => lte(observations.period_start, day),
}

/**
 * What a filter asks of observations themselves, which never change, so that an index can lead to them. Of a
 * source it asks less here than it means: that it was so in some version.
 */
const own: AskOf<
  'id' | 'indicator' | 'border' | 'country' | 'neighbour' | 'source' | 'origin' | 'kind',
  Among
> = {
  id: (values) => [observations.id, sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`],
  indicator: (values) => [observations.indicator, values],
  border: (values) => [observations.border, values],
  country: (values) => [observations.border, bordersWhere(inArray(borders.country, [...values]))],
  neighbour: (values) => [observations.border, bordersWhere(inArray(borders.neighbour, [...values]))],
  source: (values) => [observations.source, values],
  origin: (values) => [observations.source, sourcesWhere(standing.origin(values))],
  kind: (values) => [observations.source, sourcesWhere(standing.kind(values))],
}

function bordersWhere(condition: SQL): SQLWrapper {
  return new QueryBuilder().select({ id: borders.id }).from(borders).where(condition)
}

function sourcesWhere(condition: SQL | undefined): SQLWrapper {
  return new QueryBuilder().select({ source: sources.source }).from(sources).where(condition)
}

/** What is asked by the parts that a filter has. */
function asked<Asked>(asks: AskOf<never, Asked>, filter: Filter): Asked[] {
  const entries = Object.entries(asks) as [keyof Filter, (value: unknown) => Asked][]
  return entries.flatMap(([key, ask]) => (filter[key] === undefined ? [] : [ask(filter[key])]))
}

/** What a filter asks of observations themselves, for which an index is looked up. */
export function ownConditions(filter: Filter): SQL | undefined {
  return and(...asked(own, filter).map(([column, values]) => sql`${column} IN ${values}`))
}

/**
 * The condition that a filter puts on observations joined with their sources and revisions. An index leads to what
 * it means, or it is tested as the list is read in its order: SQLite looks up no column that has a sign.
 */
export function whereOf(filter: Filter, { inOrder = false } = {}): SQL | undefined {
  const tested = () => and(...asked(own, filter).map(([column, values]) => sql`+${column} IN ${values}`))
  return and(inOrder ? tested() : ownConditions(filter), ...asked(standing, filter))
}
