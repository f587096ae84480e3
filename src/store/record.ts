import { and, desc, eq, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { Border } from '../domain/border.ts'
import type { Event } from '../domain/event.ts'
import type { Indicator } from '../domain/indicator.ts'
import type { Statement } from '../domain/observation.ts'
import type { Source } from '../domain/source.ts'
import {
  borderMembers,
  borderRevisions,
  borders,
  eventRevisions,
  events,
  indicatorDefinitions,
  indicatorRevisions,
  indicators,
  observationRevisions,
  observations,
  sourceRevisions,
  sources,
  versions,
} from './schema.ts'
import type { Attribution } from './write.ts'

/** What of a figure can be revised: all but its natural key. */
export type StatementState = Pick<Statement, 'period_basis' | 'count' | 'qualifier' | 'note'>

/** Records states of things, each as a revision of the one version that a write makes. */
export function recorder(db: BetterSQLite3Database, now: () => string, { author, reason }: Attribution) {
  let version: number | undefined

  /** The version that this write makes, made when the first thing is recorded in it. */
  function writing(): number {
    if (version !== undefined) return version
    const last = db.select().from(versions).orderBy(desc(versions.version)).limit(1).get()
    const time = now()
    version = (last?.version ?? 0) + 1
    const recorded_at = last !== undefined && last.recorded_at > time ? last.recorded_at : time
    db.insert(versions).values({ version, recorded_at, author, reason }).run()
    return version
  }

  const addId = db
    .insert(observations)
    .values({
      source: sql.placeholder('source'),
      border: sql.placeholder('border'),
      indicator: sql.placeholder('indicator'),
      period_start: sql.placeholder('period_start'),
      period_end: sql.placeholder('period_end'),
    })
    .onConflictDoNothing()
    .returning({ id: observations.id })
    .prepare()

  const findId = db
    .select({ id: observations.id })
    .from(observations)
    .where(
      and(
        eq(observations.source, sql.placeholder('source')),
        eq(observations.border, sql.placeholder('border')),
        eq(observations.indicator, sql.placeholder('indicator')),
        eq(observations.period_start, sql.placeholder('period_start')),
        eq(observations.period_end, sql.placeholder('period_end')),
      ),
    )
    .prepare()

  return {
    /** The version that this write makes; null as long as it has recorded nothing. */
    versionMade: () => version ?? null,

    async putIndicator({ id, definitions, ...state }: Indicator): Promise<void> {
      db.insert(indicators).values({ id }).onConflictDoNothing().run()
      db.insert(indicatorRevisions)
        .values({ indicator: id, version: writing(), ...state })
        .run()
      for (const [country, definition] of Object.entries(definitions)) {
        db.insert(indicatorDefinitions)
          .values({ indicator: id, version: writing(), country, definition })
          .run()
      }
    },

    async putBorder({ id, country, neighbour, members, ...state }: Border): Promise<void> {
      db.insert(borders).values({ id, country, neighbour }).onConflictDoNothing().run()
      db.insert(borderRevisions)
        .values({ border: id, version: writing(), ...state })
        .run()
      for (const member of members) {
        db.insert(borderMembers).values({ border: id, version: writing(), member }).run()
      }
    },

    async putSource({ id, ...state }: Source): Promise<void> {
      db.insert(sources).values({ id }).onConflictDoNothing().run()
      db.insert(sourceRevisions)
        .values({ source: id, version: writing(), ...state })
        .run()
    },

    async putEvent({ id, ...state }: Event, retraction: string | null = null): Promise<void> {
      db.insert(events).values({ id }).onConflictDoNothing().run()
      db.insert(eventRevisions)
        .values({ event: id, version: writing(), ...state, retraction })
        .run()
    },

    /** The id under which the natural key of a figure was recorded, retracted or not; null where it never was. */
    async findObservation(figure: Statement): Promise<number | null> {
      const { source, country, neighbour, indicator, period_start, period_end } = figure
      const found = findId.get({
        source,
        border: `${country}-${neighbour}`,
        indicator,
        period_start,
        period_end,
      })
      return found?.id ?? null
    },

    /** Records a figure and answers its id, or null where its natural key was recorded before. */
    async addObservation(figure: Statement): Promise<number | null> {
      const { source, country, neighbour, indicator, period_start, period_end, ...state } = figure
      const border = `${country}-${neighbour}`
      const added = addId.get({ source, border, indicator, period_start, period_end })
      if (added === undefined) return null
      db.insert(observationRevisions)
        .values({ observation: added.id, version: writing(), ...state })
        .run()
      return added.id
    },

    /** Records a new state of a figure, or with a reason that it is withdrawn. */
    async reviseObservation(
      id: number,
      state: StatementState,
      retraction: string | null = null,
    ): Promise<void> {
      db.insert(observationRevisions)
        .values({ observation: id, version: writing(), ...state, retraction })
        .run()
    },
  }
}
