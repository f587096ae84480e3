import { and, asc, count, eq, exists, max, min, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { type Border, compareBorders } from '../domain/border.ts'
import type { Extent } from '../domain/extent.ts'
import { type World, worldOf } from '../domain/filter.ts'
import type { Indicator } from '../domain/indicator.ts'
import { observationStandsAt } from './current.ts'
import { whereOf } from './read-observations.ts'
import {
  borderMembers,
  borders,
  indicatorDefinitions,
  indicators,
  observationRevisions,
  observations,
  sourceRevisions,
} from './schema.ts'

export function dimensionReader(db: BetterSQLite3Database) {
  const extent = {
    period_start: sql<string>`${min(observations.period_start)}`,
    period_end: sql<string>`${max(observations.period_end)}`,
    observations: count(),
  }
  return {
    /** Every border, groups too, in the order of lists. */
    async borders(): Promise<Border[]> {
      const members = db
        .select({ border: borderMembers.border, member: borderMembers.member })
        .from(borderMembers)
        .innerJoin(borders, eq(borders.id, borderMembers.member))
        .orderBy(asc(borders.position), asc(borders.id))
        .all()
      const membersOf = (id: string) => members.filter((row) => row.border === id).map((row) => row.member)
      const rows = db.select().from(borders).all()
      return rows.map((border) => ({ ...border, members: membersOf(border.id) })).sort(compareBorders)
    },

    /** Every indicator, in the order of lists. */
    async indicators(): Promise<Indicator[]> {
      const rows = db.select().from(indicators).orderBy(asc(indicators.position), asc(indicators.id)).all()
      const definitions = db
        .select()
        .from(indicatorDefinitions)
        .orderBy(asc(indicatorDefinitions.country))
        .all()
      return rows.map((indicator) => ({
        ...indicator,
        definitions: Object.fromEntries(
          definitions
            .filter((row) => row.indicator === indicator.id)
            .map((row) => [row.country, row.definition]),
        ),
      }))
    },

    /** The ids of the borders that an indicator had observations of at a version. */
    async bordersWith(indicator: string, version: number): Promise<string[]> {
      const anyObservation = db
        .select({ found: sql`1` })
        .from(observations)
        .innerJoin(observationRevisions, eq(observationRevisions.observation, observations.id))
        .where(
          and(
            eq(observations.indicator, indicator),
            eq(observations.border, borders.id),
            observationStandsAt(version),
          ),
        )
      const rows = db.select({ id: borders.id }).from(borders).where(exists(anyObservation)).all()
      return rows.map((row) => row.id)
    },

    /** How far the observations of each border and indicator reach in a world. */
    async seriesExtents(world: World): Promise<(Extent & { border: string; indicator: string })[]> {
      return db
        .select({ border: observations.border, indicator: observations.indicator, ...extent })
        .from(observations)
        .innerJoin(observationRevisions, eq(observationRevisions.observation, observations.id))
        .innerJoin(sourceRevisions, eq(sourceRevisions.source, observations.source))
        .where(whereOf(worldOf(world)))
        .groupBy(observations.border, observations.indicator)
        .all()
    },

    /** How far the observations of each of some sources reach in a world. */
    async sourceExtents(world: World, source: readonly string[]): Promise<(Extent & { source: string })[]> {
      return db
        .select({ source: observations.source, ...extent })
        .from(observations)
        .innerJoin(observationRevisions, eq(observationRevisions.observation, observations.id))
        .innerJoin(sourceRevisions, eq(sourceRevisions.source, observations.source))
        .where(whereOf({ ...worldOf(world), source }))
        .groupBy(observations.source)
        .all()
    },

    /** The names by which observations can be asked for, those of retracted ones included. */
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
