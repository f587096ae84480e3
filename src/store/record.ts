import { desc } from 'drizzle-orm'
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

/** What a publication run brings: the dimensions and the figures. */
export interface Records {
  readonly indicators: readonly Indicator[]
  readonly borders: readonly Border[]
  readonly sources: readonly Source[]
  readonly observations: readonly Statement[]
  readonly events: readonly Event[]
}

export function recorder(db: BetterSQLite3Database, now: () => string) {
  return {
    /**
     * Records what has never been recorded before, all of it in one version or nothing at all.
     * What is there already, retracted or not, stays as it is; where nothing is new, no version is made.
     * @returns how many of each were new
     */
    async addMissing(records: Records): Promise<{ [Key in keyof Records]: number }> {
      return db.transaction(
        (tx) => {
          const write = writeIn(tx, now)
          return {
            indicators: records.indicators.filter((indicator) => addIndicator(tx, indicator, write)).length,
            borders: records.borders.filter((border) => addBorder(tx, border, write)).length,
            sources: records.sources.filter((source) => addSource(tx, source, write)).length,
            observations: records.observations.filter((figure) => addObservation(tx, figure, write)).length,
            events: records.events.filter((event) => addEvent(tx, event, write)).length,
          }
        },
        { behavior: 'immediate' },
      )
    },
  }
}

type Transaction = Parameters<Parameters<BetterSQLite3Database['transaction']>[0]>[0]

/** The version that a write makes, made when the first thing is written in it. */
function writeIn(tx: Transaction, now: () => string): () => number {
  let version: number | undefined
  return () => {
    if (version !== undefined) return version
    const last = tx.select().from(versions).orderBy(desc(versions.version)).limit(1).get()
    const time = now()
    version = (last?.version ?? 0) + 1
    tx.insert(versions)
      .values({
        version,
        recorded_at: last !== undefined && last.recorded_at > time ? last.recorded_at : time,
      })
      .run()
    return version
  }
}

function addIndicator(
  tx: Transaction,
  { id, definitions, ...state }: Indicator,
  write: () => number,
): boolean {
  const isNew = tx.insert(indicators).values({ id }).onConflictDoNothing().run().changes > 0
  if (!isNew) return false
  const version = write()
  tx.insert(indicatorRevisions)
    .values({ indicator: id, version, ...state })
    .run()
  for (const [country, definition] of Object.entries(definitions)) {
    tx.insert(indicatorDefinitions).values({ indicator: id, version, country, definition }).run()
  }
  return true
}

function addBorder(tx: Transaction, border: Border, write: () => number): boolean {
  const { id, country, neighbour, members, ...state } = border
  const isNew = tx.insert(borders).values({ id, country, neighbour }).onConflictDoNothing().run().changes > 0
  if (!isNew) return false
  const version = write()
  tx.insert(borderRevisions)
    .values({ border: id, version, ...state })
    .run()
  for (const member of members) tx.insert(borderMembers).values({ border: id, version, member }).run()
  return true
}

function addSource(tx: Transaction, { id, ...source }: Source, write: () => number): boolean {
  const isNew = tx.insert(sources).values({ id }).onConflictDoNothing().run().changes > 0
  if (!isNew) return false
  tx.insert(sourceRevisions)
    .values({ source: id, version: write(), ...source })
    .run()
  return true
}

function addObservation(tx: Transaction, figure: Statement, write: () => number): boolean {
  const { source, country, neighbour, indicator, period_start, period_end, ...state } = figure
  const border = `${country}-${neighbour}`
  const added = tx
    .insert(observations)
    .values({ source, border, indicator, period_start, period_end })
    .onConflictDoNothing()
    .returning({ id: observations.id })
    .get()
  if (added === undefined) return false
  tx.insert(observationRevisions)
    .values({ observation: added.id, version: write(), ...state })
    .run()
  return true
}

function addEvent(tx: Transaction, { id, ...event }: Event, write: () => number): boolean {
  const isNew = tx.insert(events).values({ id }).onConflictDoNothing().run().changes > 0
  if (!isNew) return false
  tx.insert(eventRevisions)
    .values({ event: id, version: write(), ...event })
    .run()
  return true
}
