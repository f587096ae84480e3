import { and, desc, eq, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { observationRevisions, observations, sourceRevisions, sources } from '../schema.ts'

const named = sql.placeholder

/** The statements that a write may repeat for thousands of rows, each prepared when it is first needed. */
export function createStatements(db: BetterSQLite3Database) {
  return {
    addFigureId: once(() =>
      db
        .insert(observations)
        .values({
          source: named('source'),
          border: named('border'),
          indicator: named('indicator'),
          period_start: named('period_start'),
          period_end: named('period_end'),
        })
        .onConflictDoNothing()
        .prepare(),
    ),

    addFigureState: once(() =>
      db
        .insert(observationRevisions)
        .values({
          observation: named('observation'),
          version: named('version'),
          period_basis: named('period_basis'),
          count: named('count'),
          qualifier: named('qualifier'),
          note: named('note'),
          retraction: named('retraction'),
        })
        .prepare(),
    ),

    findFigureId: once(() =>
      db
        .select({ id: observations.id })
        .from(observations)
        .where(
          and(
            eq(observations.source, named('source')),
            eq(observations.border, named('border')),
            eq(observations.indicator, named('indicator')),
            eq(observations.period_start, named('period_start')),
            eq(observations.period_end, named('period_end')),
          ),
        )
        .prepare(),
    ),

    findFigureState: once(() =>
      db
        .select({
          period_basis: observationRevisions.period_basis,
          count: observationRevisions.count,
          qualifier: observationRevisions.qualifier,
          note: observationRevisions.note,
          retraction: observationRevisions.retraction,
        })
        .from(observationRevisions)
        .where(eq(observationRevisions.observation, named('observation')))
        .orderBy(desc(observationRevisions.version))
        .limit(1)
        .prepare(),
    ),

    addSourceId: once(() =>
      db
        .insert(sources)
        .values({ id: named('id') })
        .onConflictDoNothing()
        .prepare(),
    ),

    addSourceState: once(() =>
      db
        .insert(sourceRevisions)
        .values({
          source: named('source'),
          version: named('version'),
          publisher: named('publisher'),
          origin: named('origin'),
          kind: named('kind'),
          title: named('title'),
          published_on: named('published_on'),
          url: named('url'),
        })
        .prepare(),
    ),

    findSource: once(() =>
      db
        .select({
          id: sourceRevisions.source,
          publisher: sourceRevisions.publisher,
          origin: sourceRevisions.origin,
          kind: sourceRevisions.kind,
          title: sourceRevisions.title,
          published_on: sourceRevisions.published_on,
          url: sourceRevisions.url,
          retraction: sourceRevisions.retraction,
        })
        .from(sourceRevisions)
        .where(eq(sourceRevisions.source, named('id')))
        .orderBy(desc(sourceRevisions.version))
        .limit(1)
        .prepare(),
    ),
  }
}

/** Memoizes a function without arguments. */
function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined
  return () => {
    made ??= make()
    return made
  }
}
