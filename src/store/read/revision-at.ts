import { and, eq, isNull, lte, max, type SQL, sql } from 'drizzle-orm'
import { alias, QueryBuilder, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import {
  borderRevisions,
  eventRevisions,
  indicatorRevisions,
  observationRevisions,
  sourceRevisions,
} from '../schema.ts'

/** Keeps of a table's revisions those that stood at a version: the newest of each owner up to then. */
function isNewest(version: SQLiteColumn, earlier: SQLiteColumn, isSameOwner: SQL, asOf: number): SQL {
  const newest = new QueryBuilder()
    .select({ version: max(earlier) })
    .from(earlier.table)
    .where(and(isSameOwner, lte(earlier, asOf)))
  return eq(version, sql`(${newest})`)
}

const otherBorders = alias(borderRevisions, 'other_border_revisions')
const otherIndicators = alias(indicatorRevisions, 'other_indicator_revisions')
const otherObservations = alias(observationRevisions, 'other_observation_revisions')
const otherSources = alias(sourceRevisions, 'other_source_revisions')
const otherEvents = alias(eventRevisions, 'other_event_revisions')

export function borderAsOf(asOf: number): SQL {
  const isSame = eq(otherBorders.border, borderRevisions.border)
  return isNewest(borderRevisions.version, otherBorders.version, isSame, asOf)
}

export function indicatorAsOf(asOf: number): SQL {
  const isSame = eq(otherIndicators.indicator, indicatorRevisions.indicator)
  return isNewest(indicatorRevisions.version, otherIndicators.version, isSame, asOf)
}

export function observationAsOf(asOf: number): SQL | undefined {
  const isSame = eq(otherObservations.observation, observationRevisions.observation)
  return and(
    isNewest(observationRevisions.version, otherObservations.version, isSame, asOf),
    isNull(observationRevisions.retraction),
  )
}

export function sourceAsOf(asOf: number): SQL | undefined {
  const isSame = eq(otherSources.source, sourceRevisions.source)
  return and(
    isNewest(sourceRevisions.version, otherSources.version, isSame, asOf),
    isNull(sourceRevisions.retraction),
  )
}

export function eventAsOf(asOf: number): SQL | undefined {
  const isSame = eq(otherEvents.event, eventRevisions.event)
  return and(
    isNewest(eventRevisions.version, otherEvents.version, isSame, asOf),
    isNull(eventRevisions.retraction),
  )
}
