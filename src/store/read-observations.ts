import { and, asc, eq, gt, lte, type SQL, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Filter, Page } from '../domain/filter.ts'
import type { Evidence, Observation } from '../domain/observation.ts'
import type { Source } from '../domain/source.ts'
import { borderStandsAt } from './current.ts'
import {
  borderRevisions,
  borders,
  observations,
  observationRevisions as revisions,
  sourceRevisions as sources,
} from './schema.ts'
import { sourceColumns } from './source-columns.ts'
import { leadOf, whereOf } from './where-observations.ts'

const columns = {
  id: observations.id,
  source: observations.source,
  publisher: sources.publisher,
  origin: sources.origin,
  kind: sources.kind,
  title: sources.title,
  published_on: sources.published_on,
  url: sources.url,
  border: observations.border,
  country: borders.country,
  neighbour: borders.neighbour,
  indicator: observations.indicator,
  period_start: observations.period_start,
  period_end: observations.period_end,
  period_basis: revisions.period_basis,
  count: revisions.count,
  qualifier: revisions.qualifier,
  note: revisions.note,
  version: revisions.version,
} satisfies Record<keyof Observation, SQLiteColumn>

const evidenceColumns = {
  id: columns.id,
  source: columns.source,
  kind: columns.kind,
  published_on: columns.published_on,
  period_start: columns.period_start,
  period_end: columns.period_end,
  period_basis: columns.period_basis,
  count: columns.count,
  qualifier: columns.qualifier,
}

/** The order of every list of observations, as SQL compares it. */
const listOrder = [
  observations.period_start,
  observations.period_end,
  borderRevisions.position,
  observations.border,
  observations.source,
  observations.indicator,
]

function isBehind(
  comparison: '>' | '>=',
  order: readonly SQLiteColumn[],
  place: Readonly<Record<string, unknown>>,
): SQL {
  const values = order.map((column) => sql`${place[column.name]}`)
  return sql`(${sql.join([...order], sql`, `)}) ${sql.raw(comparison)} (${sql.join(values, sql`, `)})`
}

/** How SQLite comes to the observations of a page, whatever else it might think of. */
const BY_ID = sql`NOT INDEXED`
const IN_ORDER = sql`INDEXED BY observations_by_period`

/** Fewer rows than this, or than ten pages hold, are gathered and sorted; more are met in the order of the list. */
const FEW = 2_000

/** How many observations one reading of evidence looks at: about 10 ms. */
const EVIDENCE_ROWS = 2_000

/** Tables are joined in the order written, which CROSS JOIN asks of SQLite: left to itself, it can take a minute for a page of a million rows. */
export function observationReader(
  db: BetterSQLite3Database,
  { few = FEW, evidenceRows = EVIDENCE_ROWS } = {},
) {
  /** Rows behind the one with this id, in the order of the list; also where the id is no longer listed. */
  const isAfter = (id: number, version: number) => {
    const place = Object.fromEntries(listOrder.map((column) => [column.name, column]))
    const after = db
      .select(place)
      .from(observations)
      .innerJoin(borderRevisions, eq(borderRevisions.border, observations.border))
      .where(and(eq(observations.id, id), borderStandsAt(version)))
      .get()
    if (after === undefined) return sql`FALSE`
    // The first two say again what all say, for SQLite finds a place by the columns of one index alone.
    return and(isBehind('>=', listOrder.slice(0, 2), after), isBehind('>', listOrder, after))
  }

  /** The ids among which are all that a filter means, where an index leads to them and they are few, else null. */
  const fewIds = (filter: Filter, { limit }: Page<number>): number[] | null => {
    const lead = leadOf(filter)
    if (lead === undefined) return null
    const many = Math.max(few, 10 * limit)
    const rows = db.select({ id: observations.id }).from(observations).where(lead).limit(many).all()
    return rows.length < many ? rows.map(({ id }) => id) : null
  }

  return {
    /**
     * The observations that a filter means, ordered by period_start, period_end, border and source.
     * All of them, or one page.
     */
    async observations(filter: Filter, page?: Page<number>): Promise<Observation[]> {
      const isOnPage =
        page === undefined || page.after === null ? undefined : isAfter(page.after, filter.version)
      const id = page && fewIds(filter, page)
      const way = id === undefined ? sql`` : id === null ? IN_ORDER : BY_ID
      const where = and(
        eq(borderRevisions.border, observations.border),
        borderStandsAt(filter.version),
        isOnPage,
        whereOf(id ? { ...filter, id } : filter),
        eq(borders.id, observations.border),
      )
      // As SQLite names them: the columns have the names of the fields, and nothing is to be decoded.
      return db.all<Observation>(sql`
        SELECT ${sql.join(Object.values(columns), sql`, `)}
        FROM ${observations} ${way}
          CROSS JOIN ${borderRevisions} CROSS JOIN ${sources} CROSS JOIN ${revisions} CROSS JOIN ${borders}
        WHERE ${where}
        ORDER BY ${sql.join([...listOrder], sql`, `)}
        LIMIT ${page?.limit ?? -1}`)
    },

    /** The publications of the observations that a filter means, ordered by id. */
    async sourcesOf(filter: Filter): Promise<Source[]> {
      return db
        .selectDistinct(sourceColumns)
        .from(observations)
        .crossJoin(sources)
        .crossJoin(revisions)
        .where(whereOf(filter))
        .orderBy(asc(sources.source))
        .all()
    },

    /**
     * Returns some of the observations that a filter means, unordered, with only the columns that reconciliation
     * needs: those behind an id, and the id to go on behind, null where no more follow. One call looks at a few
     * thousand at most, however many there are, so that none holds the event loop for long.
     */
    async evidence(
      filter: Filter,
      after: number | null = null,
    ): Promise<{ rows: Evidence[]; next: number | null }> {
      const isBehind = after === null ? undefined : gt(observations.id, after)
      const last = db
        .select({ id: observations.id })
        .from(observations)
        .where(and(leadOf(filter), isBehind))
        .orderBy(asc(observations.id))
        .limit(1)
        .offset(evidenceRows - 1)
        .get()
      const rows = db
        .select(evidenceColumns)
        .from(observations)
        .crossJoin(sources)
        .crossJoin(revisions)
        .where(and(whereOf(filter), isBehind, last && lte(observations.id, last.id)))
        .all()
      return { rows, next: last?.id ?? null }
    },
  }
}
