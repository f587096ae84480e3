import { sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'

/** That a write changed what a series is drawn from: an observation of it, or a source of one. */
export interface SeriesChange {
  readonly border: string
  readonly indicator: string
  readonly version: number
}

export function seriesReader(db: BetterSQLite3Database) {
  return {
    /** The versions up to one that changed a series, in order. */
    async versionsOfSeries(border: string, indicator: string, until: number): Promise<number[]> {
      const isOfSeries = sql`o.border = ${border} AND o.indicator = ${indicator}`
      const rows = db.all<{ version: number }>(sql`
        SELECT r.version FROM observations o JOIN observation_revisions r ON r.observation = o.id
          WHERE ${isOfSeries} AND r.version <= ${until}
        UNION
        SELECT r.version FROM (SELECT DISTINCT o.source FROM observations o WHERE ${isOfSeries}) s
          JOIN source_revisions r ON r.source = s.source WHERE r.version <= ${until}
        ORDER BY 1`)
      return rows.map(({ version }) => version)
    },

    /** Which series the versions after one changed, up to another, in the order of versions. */
    async seriesChanges(after: number, until: number): Promise<SeriesChange[]> {
      const isBetween = sql`r.version > ${after} AND r.version <= ${until}`
      return db.all<SeriesChange>(sql`
        SELECT o.border, o.indicator, r.version
          FROM observation_revisions r CROSS JOIN observations o ON o.id = r.observation WHERE ${isBetween}
        UNION
        SELECT o.border, o.indicator, r.version
          FROM source_revisions r CROSS JOIN observations o ON o.source = r.source WHERE ${isBetween}
        ORDER BY 3`)
    },
  }
}
