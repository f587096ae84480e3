import { and, asc, count, eq, exists, gt, inArray, lte, max, min, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { z } from 'zod'
import type { Border } from '../../domain/border.ts'
import type { ResourceType } from '../../domain/change.ts'
import { type Extent, extentOf } from '../../domain/extent.ts'
import { PUBLICATION_FILTERS, type Vintage, vintageOf } from '../../domain/filter.ts'
import type { Indicator } from '../../domain/indicator.ts'
import { withoutPause } from '../connection/pause.ts'
import { RESOURCE_TABLES } from '../resource-tables.ts'
import {
  borderMembers,
  borderRevisions,
  borders,
  indicatorDefinitions,
  indicatorRevisions,
  indicators,
  observationRevisions,
  observations,
  sourceRevisions,
} from '../schema.ts'
import { whereFilter } from './observation-conditions.ts'
import { borderAsOf, indicatorAsOf, sourceAsOf } from './revision-at.ts'
import { filterColumns } from './source-columns.ts'

/** The extent of the observations of a border and an indicator. */
export type SeriesExtent = Extent & Series

interface Series {
  readonly border: string
  readonly indicator: string
}

type PublicationFilter = keyof typeof PUBLICATION_FILTERS

/** A filter by publication whose values are names, not those of a fixed list. */
type NamedFilter = {
  [Name in PublicationFilter]: (typeof PUBLICATION_FILTERS)[Name] extends z.ZodEnum ? never : Name
}[PublicationFilter]

const NAMED_FILTERS = (Object.keys(PUBLICATION_FILTERS) as PublicationFilter[]).filter(
  (name): name is NamedFilter => !(PUBLICATION_FILTERS[name] instanceof z.ZodEnum),
)

/** The rows that one statement scans: about 10 ms. */
const ROWS_PER_STATEMENT = 5_000

/** Tables are joined in the order written, as in `observationReader`. */
export function dimensionReader(db: BetterSQLite3Database, { rowsPerStatement = ROWS_PER_STATEMENT } = {}) {
  const extent = {
    period_start: sql<string>`${min(observations.period_start)}`,
    period_end: sql<string>`${max(observations.period_end)}`,
    observations: count(),
  }

  function seriesEverUsed(): Series[] {
    const isUsed = db
      .select({ found: sql`1` })
      .from(observations)
      .where(and(eq(observations.indicator, indicators.id), eq(observations.border, borders.id)))
    return db
      .select({ border: borders.id, indicator: indicators.id })
      .from(indicators)
      .crossJoin(borders)
      .where(exists(isUsed))
      .all()
  }

  /** Returns the extent of one series in a vintage, read in batches. */
  async function seriesExtent(
    vintage: Vintage,
    { border, indicator }: Series,
    pause = withoutPause,
  ): Promise<Extent> {
    const isOfSeries = and(eq(observations.indicator, indicator), eq(observations.border, border))
    const parts: Extent[] = []
    for (let after = 0; ; await pause()) {
      const isMeant = and(isOfSeries, gt(observations.id, after))
      const last = db
        .select({ id: observations.id })
        .from(observations)
        .where(isMeant)
        .orderBy(asc(observations.id))
        .limit(1)
        .offset(rowsPerStatement - 1)
        .get()
      parts.push(
        ...db
          .select(extent)
          .from(observations)
          .crossJoin(sourceRevisions)
          .crossJoin(observationRevisions)
          .where(and(isMeant, last && lte(observations.id, last.id), whereFilter(vintageOf(vintage))))
          .all(),
      )
      if (last === undefined) return extentOf(parts)
      after = last.id
    }
  }

  /** Counts the observations of some sources, retracted ones included. */
  function numbersOf(source: readonly string[]): ReadonlyMap<string, number> {
    const rows = db
      .select({ source: observations.source, number: count() })
      .from(observations)
      .where(inArray(observations.source, [...source]))
      .groupBy(observations.source)
      .all()
    return new Map(rows.map((row) => [row.source, row.number]))
  }

  /** Cuts a list of sources into lots of about as many observations as one statement takes. */
  function* inLots(source: readonly string[], numbers: ReadonlyMap<string, number>): Generator<string[]> {
    let lot: string[] = []
    let size = 0
    for (const id of source) {
      const number = numbers.get(id) ?? 0
      if (lot.length > 0 && size + number > rowsPerStatement) {
        yield lot
        lot = []
        size = 0
      }
      lot.push(id)
      size += number
    }
    if (lot.length > 0) yield lot
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
        .where(borderAsOf(version))
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
        .where(borderAsOf(version))
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
        .where(indicatorAsOf(version))
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
        .where(indicatorAsOf(version))
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
            whereFilter({ version }),
          ),
        )
      const rows = db.select({ id: borders.id }).from(borders).where(exists(anyObservation)).all()
      return rows.map((row) => row.id)
    },

    /** The series that any observation was ever recorded of. */
    async seriesEverUsed(): Promise<Series[]> {
      return seriesEverUsed()
    },

    seriesExtent,

    /** Returns the origins of the sources that stood at a version. */
    async origins(version: number): Promise<string[]> {
      const rows = db
        .selectDistinct({ name: sourceRevisions.origin })
        .from(sourceRevisions)
        .where(sourceAsOf(version))
        .all()
      return rows.map(({ name }) => name)
    },

    /** Returns the extents of all series in a vintage. */
    async seriesExtents(vintage: Vintage, pause = withoutPause): Promise<SeriesExtent[]> {
      const extents: SeriesExtent[] = []
      for (const series of seriesEverUsed()) {
        const reach = await seriesExtent(vintage, series, pause)
        if (reach.observations > 0) extents.push({ ...series, ...reach })
        await pause()
      }
      return extents
    },

    /** Returns the extents of some sources in a vintage. */
    async sourceExtents(
      vintage: Vintage,
      source: readonly string[],
      pause = withoutPause,
    ): Promise<(Extent & { source: string })[]> {
      const extents: (Extent & { source: string })[] = []
      for (const some of inLots(source, numbersOf(source))) {
        const rows = db
          .select({ source: observations.source, ...extent })
          .from(observations)
          .crossJoin(sourceRevisions)
          .crossJoin(observationRevisions)
          .where(whereFilter({ ...vintageOf(vintage), source: some }))
          .groupBy(observations.source)
          .all()
        extents.push(...rows)
        await pause()
      }
      return extents
    },

    /** Returns the ids of one type of resource that were ever recorded, those of retracted ones too. */
    async idsEverUsed(resource: Exclude<ResourceType, 'observation'>): Promise<Set<string>> {
      const { ids } = RESOURCE_TABLES[resource]
      return new Set(
        db
          .select({ id: ids.id })
          .from(ids)
          .all()
          .map(({ id }) => id),
      )
    },

    /**
     * Returns the values that filters know, of all versions up to one and of retracted observations too, so that a value
     * that was once accepted is never rejected. They only validate queries; no response may show them.
     */
    async codes(upTo: number) {
      const bordersUpTo = db
        .select({ id: borderRevisions.border })
        .from(borderRevisions)
        .where(lte(borderRevisions.version, upTo))
      const indicatorsUpTo = db
        .select({ id: indicatorRevisions.indicator })
        .from(indicatorRevisions)
        .where(lte(indicatorRevisions.version, upTo))
      const sides = db
        .select({ country: borders.country, neighbour: borders.neighbour })
        .from(borders)
        .where(inArray(borders.id, bordersUpTo))
        .orderBy(sql`${borders}.rowid`)
        .all()
      const named = (rows: readonly { name: string }[]) => rows.map((row) => row.name)
      const ofPublications = NAMED_FILTERS.map((field) => {
        const names = db
          .selectDistinct({ name: filterColumns[field] })
          .from(sourceRevisions)
          .where(lte(sourceRevisions.version, upTo))
          .all()
        return [field, named(names)]
      })
      return {
        country: [...new Set(sides.map((side) => side.country))],
        neighbour: [...new Set(sides.map((side) => side.neighbour))],
        indicator: named(
          db
            .select({ name: indicators.id })
            .from(indicators)
            .where(inArray(indicators.id, indicatorsUpTo))
            .all(),
        ),
        ...(Object.fromEntries(ofPublications) as Record<NamedFilter, string[]>),
      }
    },
  }
}
