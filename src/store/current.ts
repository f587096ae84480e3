import { and, eq, isNull, lte, max, type SQL, sql } from 'drizzle-orm'
import { alias, QueryBuilder, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { eventRevisions, observationRevisions, sourceRevisions } from './schema.ts'

/** Keeps of a table's revisions those that stood at a version: the newest of each owner, unless it retracts. */
function standsAt<Table extends { version: SQLiteColumn; retraction: SQLiteColumn }>(
  table: Table,
  earlier: { version: SQLiteColumn },
  isSameOwner: SQL,
  version: number,
): SQL | undefined {
  const newest = new QueryBuilder()
    .select({ version: max(earlier.version) })
    .from(earlier.version.table)
    .where(and(isSameOwner, lte(earlier.version, version)))
  return and(eq(table.version, sql`(${newest})`), isNull(table.retraction))
}

const otherObservations = alias(observationRevisions, 'other_observation_revisions')
const otherSources = alias(sourceRevisions, 'other_source_revisions')
const otherEvents = alias(eventRevisions, 'other_event_revisions')

export function observationStandsAt(version: number): SQL | undefined {
  const isSame = eq(otherObservations.observation, observationRevisions.observation)
  return standsAt(observationRevisions, otherObservations, isSame, version)
}

export function sourceStandsAt(version: number): SQL | undefined {
  return standsAt(sourceRevisions, otherSources, eq(otherSources.source, sourceRevisions.source), version)
}

export function eventStandsAt(version: number): SQL | undefined {
  return standsAt(eventRevisions, otherEvents, eq(otherEvents.event, eventRevisions.event), version)
}
