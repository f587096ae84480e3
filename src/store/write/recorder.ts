import { and, desc, eq, lt } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { Border } from '../../domain/border.ts'
import type { Event } from '../../domain/event.ts'
import type { Indicator } from '../../domain/indicator.ts'
import type { Statement } from '../../domain/observation.ts'
import type { Source } from '../../domain/source.ts'
import {
  borderMembers,
  borderRevisions,
  borders,
  eventRevisions,
  events,
  indicatorDefinitions,
  indicatorRevisions,
  indicators,
  versions,
} from '../schema.ts'
import { createStatements } from './statements.ts'

/** The author and the reason of a write; null where unknown. */
export interface Attribution {
  readonly author: string | null
  readonly reason: string | null
}

/** The fields of a figure that can be revised: all but its natural key. */
export type StatementState = Pick<Statement, 'period_basis' | 'count' | 'qualifier' | 'note'>

/** The newest state of a figure, and why it was withdrawn; null where it was not. */
export interface RecordedFigure {
  readonly id: number
  readonly state: StatementState
  readonly retraction: string | null
}

/**
 * Records states of resources, each as a revision of the one version that a write makes.
 * @param countRow called for each of them before it is recorded; may refuse it
 */
export function recorder(
  db: BetterSQLite3Database,
  now: () => string,
  { author, reason }: Attribution,
  countRow: () => void,
) {
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

  const prepared = createStatements(db)

  function recordState(observation: number, state: StatementState, retraction: string | null): void {
    countRow()
    const { period_basis, count, qualifier, note } = state
    const row = { observation, version: writing(), period_basis, count, qualifier, note, retraction }
    prepared.addFigureState().run(row)
  }

  return {
    /** The version that this write makes; null as long as it has recorded nothing. */
    versionMade: () => version ?? null,

    /** Returns the version that this write makes, and makes it where nothing was recorded yet. */
    startVersion: writing,

    /** Dates the version that this write makes at the present, once all that takes long is done. */
    async dateNow(): Promise<void> {
      const time = now()
      if (version === undefined) return
      db.update(versions)
        .set({ recorded_at: time })
        .where(and(eq(versions.version, version), lt(versions.recorded_at, time)))
        .run()
    },

    async putIndicator({ id, definitions, ...state }: Indicator): Promise<void> {
      countRow()
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
      countRow()
      db.insert(borders).values({ id, country, neighbour }).onConflictDoNothing().run()
      db.insert(borderRevisions)
        .values({ border: id, version: writing(), ...state })
        .run()
      for (const member of members) {
        db.insert(borderMembers).values({ border: id, version: writing(), member }).run()
      }
    },

    async putSource({ id, ...state }: Source): Promise<void> {
      countRow()
      prepared.addSourceId().run({ id })
      prepared.addSourceState().run({ source: id, version: writing(), ...state })
    },

    async putEvent({ id, ...state }: Event, retraction: string | null = null): Promise<void> {
      countRow()
      db.insert(events).values({ id }).onConflictDoNothing().run()
      db.insert(eventRevisions)
        .values({ event: id, version: writing(), ...state, retraction })
        .run()
    },

    /** Returns the recorded state of a source; null where there is none, or it is retracted. */
    async recordedSource(id: string): Promise<Source | null> {
      const { retraction, ...source } = prepared.findSource().get({ id }) ?? { retraction: null }
      return retraction === null && 'id' in source ? source : null
    },

    /** Returns the recorded figure with a natural key; null where there never was one. */
    async recordedFigure(figure: Statement): Promise<RecordedFigure | null> {
      const id = prepared.findFigureId().get(naturalKeyOf(figure))?.id
      const found = id === undefined ? undefined : prepared.findFigureState().get({ observation: id })
      if (id === undefined || found === undefined) return null
      const { retraction, ...state } = found
      return { id, state, retraction }
    },

    /** Records a figure and answers its id, or null where its natural key was recorded before. */
    async addObservation(figure: Statement): Promise<number | null> {
      const { changes, lastInsertRowid } = prepared.addFigureId().run(naturalKeyOf(figure))
      if (changes === 0) return null
      const id = Number(lastInsertRowid)
      recordState(id, figure, null)
      return id
    },

    /** Records a new state of a figure, or with a reason that it is withdrawn. */
    async reviseObservation(
      id: number,
      state: StatementState,
      retraction: string | null = null,
    ): Promise<void> {
      recordState(id, state, retraction)
    },
  }
}

function naturalKeyOf({ source, country, neighbour, indicator, period_start, period_end }: Statement) {
  return { source, border: `${country}-${neighbour}`, indicator, period_start, period_end }
}
