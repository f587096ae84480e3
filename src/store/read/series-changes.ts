import { sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'

/** That a write changed what a series is drawn from: an observation of it, or a source of one. */
export interface SeriesChange {
  readonly border: string
  readonly indicator: string
  readonly version: number
}

/** The series of some borders, of one indicator. */
interface SeriesOfBorders {
  readonly indicator: string
  readonly borders: readonly string[]
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

    /** Tells whether a figure of a series, as of a version, counts a day between two days, both included. */
    async hasFigureBetween(
      { border, indicator }: Omit<SeriesChange, 'version'>,
      { from, to }: { readonly from: string; readonly to: string },
      version: number,
    ): Promise<boolean> {
      const found = db.get<{ found: number } | undefined>(sql`
        SELECT 1 AS found FROM observations o WHERE o.border = ${border} AND o.indicator = ${indicator}
          AND o.period_start <= ${to} AND o.period_end >= ${from} AND (
            SELECT r.retraction IS NULL FROM observation_revisions r
              WHERE r.observation = o.id AND r.version <= ${version} ORDER BY r.version DESC LIMIT 1
          ) LIMIT 1`)
      return found !== undefined
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

    /** Returns by how many figures some series have grown in the versions after one, up to another. */
    async growthOf(
      { indicator, borders }: SeriesOfBorders,
      { after, until }: { readonly after: number; readonly until: number },
    ): Promise<number> {
      const isHeld = (
        version: number,
      ) => sql`coalesce((SELECT r.retraction IS NULL FROM observation_revisions r
        WHERE r.observation = o.id AND r.version <= ${version} ORDER BY r.version DESC LIMIT 1), 0)`
      const { growth } = db.get<{ growth: number }>(sql`
        SELECT coalesce(sum(${isHeld(until)} - ${isHeld(after)}), 0) AS growth
          FROM (SELECT DISTINCT r.observation FROM observation_revisions r
            WHERE r.version > ${after} AND r.version <= ${until}) c
          CROSS JOIN observations o ON o.id = c.observation
          WHERE o.indicator = ${indicator} AND o.border IN (SELECT value FROM json_each(${JSON.stringify(borders)}))`)
      return growth
    },
  }
}
