import { and, asc, eq, gt, lte, type SQL, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Filter, Page } from '../../domain/filter.ts'
import type { Evidence, Observation } from '../../domain/observation.ts'
import type { Source } from '../../domain/source.ts'
import { withoutPause } from '../connection/pause.ts'
import {
  borderRevisions,
  borders,
  observations,
  observationRevisions as revisions,
  sourceRevisions as sources,
} from '../schema.ts'
import { indexedCondition, whereFilter } from './observation-conditions.ts'
import { borderAsOf } from './revision-at.ts'
import { sourceColumns } from './source-columns.ts'

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

/** The columns of the list's order that an index has. */
const PERIOD = listOrder.slice(0, 2)

function comesBy(
  comparison: '>' | '>=' | '<=',
  order: readonly SQLiteColumn[],
  place: Readonly<Record<string, unknown>>,
): SQL {
  const values = order.map((column) => sql`${place[column.name]}`)
  return sql`(${sql.join([...order], sql`, `)}) ${sql.raw(comparison)} (${sql.join(values, sql`, `)})`
}

/** The position of a page, as a condition on rows and a weaker one on the index by period. */
interface Place {
  readonly inList: SQL | undefined
  readonly byPeriod: SQL | undefined
}

const START: Place = { inList: undefined, byPeriod: undefined }

function placeBehind(isBehind: SQL): Place {
  return { inList: isBehind, byPeriod: isBehind }
}

/** Index hints: SQLite's planner picks a slow plan here. */
const BY_ID = sql`NOT INDEXED`
const IN_ORDER = sql`INDEXED BY observations_by_period`

/** Fewer rows than this, or than ten pages hold, are gathered and sorted; more are met in the order of the list. */
const FEW = 2_000

/** The rows that one statement returns, and the index entries that it scans: about 50 ms at most. */
const ROWS_PER_STATEMENT = 2_500
const SCANNED_PER_STATEMENT = 5_000

/** A page this long decides by itself how many observations are gathered and sorted for it. */
const LONGEST_GATHERED = 1_000

/** The rows that one read of evidence scans: about 10 ms. */
const EVIDENCE_ROWS = 2_000

/** Tables are joined in the order written, which CROSS JOIN asks of SQLite: left to itself, it can take a minute for a page of a million rows. */
export function observationReader(
  db: BetterSQLite3Database,
  {
    few = FEW,
    evidenceRows = EVIDENCE_ROWS,
    rowsPerStatement = ROWS_PER_STATEMENT,
    scannedPerStatement = SCANNED_PER_STATEMENT,
  } = {},
) {
  /** Returns the condition for rows after the one with this id, which may no longer be listed. */
  const placeAfter = (id: number, version: number): Place => {
    const place = Object.fromEntries(listOrder.map((column) => [column.name, column]))
    const after = db
      .select(place)
      .from(observations)
      .innerJoin(borderRevisions, eq(borderRevisions.border, observations.border))
      .where(and(eq(observations.id, id), borderAsOf(version)))
      .get()
    if (after === undefined) return { inList: sql`FALSE`, byPeriod: sql`FALSE` }
    // The first two say again what all say, for SQLite finds a place by the columns of one index alone.
    const byPeriod = comesBy('>=', PERIOD, after)
    return { inList: and(byPeriod, comesBy('>', listOrder, after)), byPeriod }
  }

  /** The ids among which are all that a filter means, where an index leads to them and they are few, else null. */
  const fewIds = (filter: Filter, { limit }: Page<number>): number[] | null => {
    const lead = indexedCondition(filter)
    if (lead === undefined) return null
    const many = Math.max(few, 10 * Math.min(limit, LONGEST_GATHERED))
    const rows = db.select({ id: observations.id }).from(observations).where(lead).limit(many).all()
    return rows.length < many ? rows.map(({ id }) => id) : null
  }

  /** The observations that a filter means and a condition lets through, in the order of the list. */
  const select = (filter: Filter, way: SQL, isMeant: SQL | undefined, limit: number): Observation[] => {
    const where = and(
      eq(borderRevisions.border, observations.border),
      borderAsOf(filter.version),
      isMeant,
      whereFilter(filter),
      eq(borders.id, observations.border),
    )
    // As SQLite names them: the columns have the names of the fields, and nothing is to be decoded.
    return db.all<Observation>(sql`
      SELECT ${sql.join(Object.values(columns), sql`, `)}
      FROM ${observations} ${way}
        CROSS JOIN ${borderRevisions} CROSS JOIN ${sources} CROSS JOIN ${revisions} CROSS JOIN ${borders}
      WHERE ${where}
      ORDER BY ${sql.join([...listOrder], sql`, `)}
      LIMIT ${limit}`)
  }

  /** The period of the last observation that a statement looks at from some place of the list on, if any follow it. */
  const lastScanned = ({ to }: Filter, isMeant: SQL | undefined) =>
    db
      .select({ period_start: observations.period_start, period_end: observations.period_end })
      .from(observations)
      .where(and(isMeant, to === undefined ? undefined : lte(observations.period_start, to)))
      .orderBy(asc(observations.period_start), asc(observations.period_end))
      .limit(1)
      .offset(scannedPerStatement - 1)
      .get()

  /** Returns the condition of a filter on a batch of ids after one, and the last id of the batch, null where none follow. */
  const evidenceBatch = (filter: Filter, after: number | null) => {
    const isBehind = after === null ? undefined : gt(observations.id, after)
    const last = db
      .select({ id: observations.id })
      .from(observations)
      .where(and(indexedCondition(filter), isBehind))
      .orderBy(asc(observations.id))
      .limit(1)
      .offset(evidenceRows - 1)
      .get()
    const isInBatch = and(isBehind, last && lte(observations.id, last.id))
    return { isMeant: and(whereFilter(filter), isInBatch), next: last?.id ?? null }
  }

  return {
    /**
     * The observations that a filter means, ordered by period_start, period_end, border and source.
     * All of them at once, or one page, with pauses however far it has to look.
     */
    async observations(filter: Filter, page?: Page<number>, pause = withoutPause): Promise<Observation[]> {
      if (page === undefined) return select(filter, sql``, undefined, -1)
      const id = fewIds(filter, page)
      const found: Observation[] = []
      let place: Place = page.after === null ? START : placeAfter(page.after, filter.version)
      for (;;) {
        const limit = Math.min(rowsPerStatement, page.limit - found.length)
        const last = id === null ? lastScanned(filter, place.byPeriod) : undefined
        const isScanned = last && comesBy('<=', PERIOD, last)
        const rows = select(
          id ? { ...filter, id } : filter,
          id === null ? IN_ORDER : BY_ID,
          and(place.inList, isScanned),
          limit,
        )
        found.push(...rows)
        const row = rows.at(-1)
        if (found.length >= page.limit || (rows.length < limit && last === undefined)) return found
        if (rows.length === limit && row !== undefined) place = placeAfter(row.id, filter.version)
        else if (last !== undefined) place = placeBehind(comesBy('>', PERIOD, last))
        await pause()
      }
    },

    /** Returns the publications of the observations that match a filter, ordered by id; reads in batches. */
    async sourcesOf(filter: Filter, pause = withoutPause): Promise<Source[]> {
      const named = new Map<string, Source>()
      for (let after: number | null = null; ; await pause()) {
        const { isMeant, next } = evidenceBatch(filter, after)
        const some = db
          .selectDistinct(sourceColumns)
          .from(observations)
          .crossJoin(sources)
          .crossJoin(revisions)
          .where(isMeant)
          .all()
        for (const source of some) named.set(source.id, source)
        if (next === null) return [...named.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
        after = next
      }
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
      const { isMeant, next } = evidenceBatch(filter, after)
      const rows = db
        .select(evidenceColumns)
        .from(observations)
        .crossJoin(sources)
        .crossJoin(revisions)
        .where(isMeant)
        .all()
      return { rows, next }
    },
  }
}
