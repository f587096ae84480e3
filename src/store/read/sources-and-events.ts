import { and, asc, eq, gt, gte, inArray, lte, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { Event } from '../../domain/event.ts'
import type { Filter, Page } from '../../domain/filter.ts'
import type { Source } from '../../domain/source.ts'
import { eventRevisions as events, sourceRevisions as sources } from '../schema.ts'
import { wherePublication } from './observation-conditions.ts'
import { eventAsOf } from './revision-at.ts'
import { sourceColumns } from './source-columns.ts'

export function publicationReader(db: BetterSQLite3Database) {
  return {
    /** The sources that a filter means, ordered by id; all of them, or one page. */
    async sources(filter: Filter, page?: Page<string>): Promise<Source[]> {
      const query = db
        .select(sourceColumns)
        .from(sources)
        .where(and(wherePublication(filter), page?.after ? gt(sources.source, page.after) : undefined))
        .orderBy(asc(sources.source))
      return page === undefined ? query.all() : query.limit(page.limit).all()
    },

    /** The events that a filter means, ordered by period_start and id; all of them, or one page. */
    async events(filter: Filter, page?: Page<string>): Promise<Event[]> {
      const { version, source, from, to } = filter
      const query = db
        .select({
          id: events.event,
          period_start: events.period_start,
          period_end: events.period_end,
          precision: events.precision,
          title: events.title,
          source: events.source,
        })
        .from(events)
        .where(
          and(
            eventAsOf(version),
            source && inArray(events.source, [...source]),
            from === undefined ? undefined : gte(events.period_end, from),
            to === undefined ? undefined : lte(events.period_start, to),
            page?.after ? sql`(${events.period_start}, ${events.event}) > ${keyOf(page.after)}` : undefined,
          ),
        )
        .orderBy(asc(events.period_start), asc(events.event))
      return page === undefined ? query.all() : query.limit(page.limit).all()

      function keyOf(id: string) {
        const key = db
          .select({ period_start: events.period_start, event: events.event })
          .from(events)
          .where(and(eventAsOf(version), eq(events.event, id)))
        return key
      }
    },
  }
}
