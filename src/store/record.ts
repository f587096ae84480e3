import { desc, eq } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { Border } from '../domain/border.ts'
import type { Event } from '../domain/event.ts'
import type { Indicator } from '../domain/indicator.ts'
import type { Statement } from '../domain/observation.ts'
import type { Source } from '../domain/source.ts'
import {
  borderMembers,
  borders,
  eventRevisions,
  events,
  indicatorDefinitions,
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
            indicators: records.indicators.filter((indicator) => addIndicator(tx, indicator)).length,
            borders: records.borders.filter((border) => addBorder(tx, border)).length,
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

function addIndicator(tx: Transaction, { definitions, ...indicator }: Indicator): boolean {
  const isNew = tx.insert(indicators).values(indicator).onConflictDoNothing().run().changes > 0
  if (!isNew) return false
  for (const [country, definition] of Object.entries(definitions)) {
    tx.insert(indicatorDefinitions).values({ indicator: indicator.id, country, definition }).run()
  }
  return true
}

function addBorder(tx: Transaction, { members, ...border }: Border): boolean {
  const isNew = tx.insert(borders).values(border).onConflictDoNothing().run().changes > 0
  if (!isNew) return false
  for (const member of members) tx.insert(borderMembers).values({ border: border.id, member }).run()
  return true
}

function addSource(tx: Transaction, { id, ...source }: Source, version: () => number): boolean {
  const isKnown = tx.select().from(sources).where(eq(sources.id, id)).get() !== undefined
  if (isKnown) return false
  tx.insert(sources).values({ id }).run()
  tx.insert(sourceRevisions)
    .values({ source: id, version: version(), ...source })
    .run()
  return true
}

function addObservation(tx: Transaction, figure: Statement, version: () => number): boolean {
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
    .values({ observation: added.id, version: version(), ...state })
    .run()
  return true
}

function addEvent(tx: Transaction, { id, ...event }: Event, version: () => number): boolean {
  const isKnown = tx.select().from(events).where(eq(events.id, id)).get() !== undefined
  if (isKnown) return false
  tx.insert(events).values({ id }).run()
  tx.insert(eventRevisions)
    .values({ event: id, version: version(), ...event })
    .run()
  return true
}
