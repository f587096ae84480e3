import { and, asc, count, eq, exists, max, min, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { Border } from '../domain/border.ts'
import type { Extent } from '../domain/extent.ts'
import { type World, worldOf } from '../domain/filter.ts'
import type { Indicator } from '../domain/indicator.ts'
import { borderStandsAt, indicatorStandsAt, sourceStandsAt } from './current.ts'
import {
  borderMembers,
  borderRevisions,
  borders,
  events,
  indicatorDefinitions,
  indicatorRevisions,
  indicators,
  observationRevisions,
  observations,
  sourceRevisions,
  sources,
} from './schema.ts'
import { whereOf } from './where-observations.ts'

/** Tables are joined in the order written, as in `observationReader`. */
export function dimensionReader(db: BetterSQLite3Database) {
  const extent = {
    period_start: sql<string>`${min(observations.period_start)}`,
    period_end: sql<string>`${max(observations.period_end)}`,
    observations: count(),
  }
  return {
    /** Every border that stood at a version, groups too, in the order of lists. */
    async borders(version: number): Promise<Border[]> {
      const rows = db
        .select({
          id: borders.id,
          country: borders.country,
          neighbour: borders.neighbour,
          position: borderRevisions.position,
          label: borderRevisions.label,
        })
        .from(borders)
        .innerJoin(borderRevisions, eq(borderRevisions.border, borders.id))
        .where(borderStandsAt(version))
        .orderBy(asc(borderRevisions.position), asc(borders.id))
        .all()
      const memberships = db
        .select({ border: borderMembers.border, member: borderMembers.member })
        .from(borderMembers)
        .innerJoin(
          borderRevisions,
          and(
            eq(borderRevisions.border, borderMembers.border),
            eq(borderRevisions.version, borderMembers.version),
          ),
        )
        .where(borderStandsAt(version))
        .all()
      const isMember = (group: string, member: string) =>
        memberships.some((row) => row.border === group && row.member === member)
      return rows.map((border) => ({
        ...border,
        members: rows.filter(({ id }) => isMember(border.id, id)).map(({ id }) => id),
      }))
    },

    /** Every indicator that stood at a version, in the order of lists. */
    async indicators(version: number): Promise<Indicator[]> {
      const rows = db
        .select({
          id: indicatorRevisions.indicator,
          position: indicatorRevisions.position,
          label: indicatorRevisions.label,
          definition: indicatorRevisions.definition,
        })
        .from(indicatorRevisions)
        .where(indicatorStandsAt(version))
        .orderBy(asc(indicatorRevisions.position), asc(indicatorRevisions.indicator))
        .all()
      const definitions = db
        .select({
          indicator: indicatorDefinitions.indicator,
          country: indicatorDefinitions.country,
          definition: indicatorDefinitions.definition,
        })
        .from(indicatorDefinitions)
        .innerJoin(
          indicatorRevisions,
          and(
            eq(indicatorRevisions.indicator, indicatorDefinitions.indicator),
            eq(indicatorRevisions.version, indicatorDefinitions.version),
          ),
        )
        .where(indicatorStandsAt(version))
        .orderBy(asc(indicatorDefinitions.country))
        .all()
      const byIndicator = Map.groupBy(definitions, ({ indicator }) => indicator)
      return rows.map((indicator) => ({
        ...indicator,
        definitions: Object.fromEntries(
          (byIndicator.get(indicator.id) ?? []).map(({ country, definition }) => [country, definition]),
        ),
      }))
    },

    /** The ids of the borders that an indicator had observations of at a version. */
    async bordersWith(indicator: string, version: number): Promise<string[]> {
      const anyObservation = db
        .select({ found: sql`1` })
        .from(observations)
        .crossJoin(sourceRevisions)
        .crossJoin(observationRevisions)
        .where(
          and(
            eq(observations.indicator, indicator),
            eq(observations.border, borders.id),
            whereOf({ version }),
          ),
        )
      const rows = db.select({ id: borders.id }).from(borders).where(exists(anyObservation)).all()
      return rows.map((row) => row.id)
    },

    /** Returns the origins of the sources that stood at a version. */
    async origins(version: number): Promise<string[]> {
      const rows = db
        .selectDistinct({ name: sourceRevisions.origin })
        .from(sourceRevisions)
        .where(sourceStandsAt(version))
        .all()
      return rows.map(({ name }) => name)
    },

    /** How far the observations of each border and indicator reach in a world. */
    async seriesExtents(world: World): Promise<(Extent & { border: string; indicator: string })[]> {
      return db
        .select({ border: observations.border, indicator: observations.indicator, ...extent })
        .from(observations)
        .crossJoin(sourceRevisions)
        .crossJoin(observationRevisions)
        .where(whereOf(worldOf(world)))
        .groupBy(observations.border, observations.indicator)
        .all()
    },

    /** How far the observations of each of some sources reach in a world. */
    async sourceExtents(world: World, source: readonly string[]): Promise<(Extent & { source: string })[]> {
      return db
        .select({ source: observations.source, ...extent })
        .from(observations)
        .crossJoin(sourceRevisions)
        .crossJoin(observationRevisions)
        .where(whereOf({ ...worldOf(world), source }))
        .groupBy(observations.source)
        .all()
    },

    /** The ids that were ever recorded, of what is retracted too. */
    async idsEverUsed() {
      const ids = (table: typeof indicators | typeof borders | typeof sources | typeof events) =>
        new Set(
          db
            .select({ id: table.id })
            .from(table)
            .all()
            .map(({ id }) => id),
        )
      return {
        indicators: ids(indicators),
        borders: ids(borders),
        sources: ids(sources),
        events: ids(events),
      }
    },

    /**
     * The names by which observations can be asked for, those of retracted ones included: of all versions, so that
     * what was once accepted is never refused. They only decide what is refused, and no answer may show them.
     */
    async codes() {
      const sides = db.select({ country: borders.country, neighbour: borders.neighbour }).from(borders).all()
      const named = (rows: readonly { name: string }[]) => rows.map((row) => row.name)
      return {
        country: [...new Set(sides.map((side) => side.country))],
        neighbour: [...new Set(sides.map((side) => side.neighbour))],
        indicator: named(db.select({ name: indicators.id }).from(indicators).all()),
        origin: named(db.selectDistinct({ name: sourceRevisions.origin }).from(sourceRevisions).all()),
        source: named(db.selectDistinct({ name: sourceRevisions.source }).from(sourceRevisions).all()),
      }
    },
  }
}
