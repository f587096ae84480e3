import { sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { z } from 'zod'
import {
  type Change,
  changeSchema,
  RESOURCE_TYPES,
  RESOURCES,
  type ResourceType,
  type Revision,
  revisionSchema,
} from '../../domain/change.ts'
import { withoutPause } from '../connection/pause.ts'
import { STATE_SQL } from '../resource-tables.ts'

/** A place in the log: behind one change, of one version. */
export interface ChangePlace {
  readonly version: number
  /** The position of its kind in {@link RESOURCE_TYPES}. */
  readonly rank: number
  /** The id of an observation, or of anything else. */
  readonly id: number | string
}

/** One place before all changes of the versions after one. */
export function afterVersion(version: number): ChangePlace {
  return { version, rank: RESOURCE_TYPES.length, id: '' }
}

/** The place of a change. */
export function placeOfChange({ version, resource, id }: Change): ChangePlace {
  return { version, rank: RESOURCE_TYPES.indexOf(resource), id }
}

/** The revisions of one kind of resource as changes. */
const revisionsOf = (resource: ResourceType) => {
  const retraction = RESOURCES[resource].canBeRetracted ? 'r.retraction' : 'NULL'
  return sql`SELECT r.version, v.recorded_at, v.author, coalesce(${sql.raw(retraction)}, v.reason) AS reason,
    CASE WHEN ${sql.raw(retraction)} IS NOT NULL THEN 'retracted'
      WHEN EXISTS (SELECT 1 FROM ${sql.raw(`${resource}_revisions`)} e
        WHERE e.${sql.raw(resource)} = r.${sql.raw(resource)} AND e.version < r.version) THEN 'revised'
      ELSE 'created' END AS change,
    ${sql.raw(`'${resource}'`)} AS resource, ${sql.raw(String(RESOURCE_TYPES.indexOf(resource)))} AS rank,
    r.${sql.raw(resource)} AS id, ${sql.raw(STATE_SQL[resource])} AS state
    FROM ${sql.raw(`${resource}_revisions`)} r JOIN versions v ON v.version = r.version`
}

/** The rows of one statement: a few milliseconds. */
const CHANGES_PER_STATEMENT = 150

const loggedSchema = z.object({ state: z.string().transform((text): unknown => JSON.parse(text)) }).loose()

export function historyReader(
  db: BetterSQLite3Database,
  { changesPerStatement = CHANGES_PER_STATEMENT } = {},
) {
  function someChanges(after: ChangePlace, until: number, limit: number): Change[] {
    const parts = RESOURCE_TYPES.map((resource, rank) => {
      const behind =
        rank > after.rank
          ? sql`r.version >= ${after.version}`
          : rank === after.rank
            ? sql`(r.version, r.${sql.raw(resource)}) > (${after.version}, ${after.id})`
            : sql`r.version > ${after.version}`
      return sql`SELECT * FROM (${revisionsOf(resource)} WHERE ${behind} AND r.version <= ${until}
        ORDER BY r.version, r.${sql.raw(resource)} LIMIT ${limit})`
    })
    const rows = db.all(sql`${sql.join(parts, sql` UNION ALL `)} ORDER BY version, rank, id LIMIT ${limit}`)
    return rows.map((row) => {
      const { rank: _, ...logged } = loggedSchema.parse(row)
      return changeSchema.parse(logged)
    })
  }

  return {
    /**
     * The log of all changes behind a place, in order: by version, then kind of resource, then id. At most `limit` of
     * them, and none of a version after `until`, with pauses between the statements that many of them take.
     */
    async changes(after: ChangePlace, until: number, limit: number, pause = withoutPause): Promise<Change[]> {
      const found: Change[] = []
      for (let place = after; ; await pause()) {
        const wanted = Math.min(changesPerStatement, limit - found.length)
        const some = someChanges(place, until, wanted)
        found.push(...some)
        const last = some.at(-1)
        if (last === undefined || some.length < wanted || found.length === limit) return found
        place = placeOfChange(last)
      }
    },

    /** Returns the version of a resource's newest state, and whether that retracts it; null where there is none. */
    async newestState(
      resource: ResourceType,
      id: number | string,
      asOf: number = Number.MAX_SAFE_INTEGER,
    ): Promise<{ version: number; isRetracted: boolean } | null> {
      const retraction = sql.raw(RESOURCES[resource].canBeRetracted ? 'retraction IS NOT NULL' : 'FALSE')
      const row = db.get<{ version: number; retracted: number } | undefined>(
        sql`SELECT version, ${retraction} AS retracted FROM ${sql.raw(`${resource}_revisions`)}
          WHERE ${sql.raw(resource)} = ${id} AND version <= ${asOf} ORDER BY version DESC LIMIT 1`,
      )
      return row === undefined ? null : { version: row.version, isRetracted: row.retracted === 1 }
    },

    /** Returns all states of an observation, oldest first; none where there is no such observation. */
    async revisions(observation: number, version: number): Promise<Revision[]> {
      const rows = db.all(
        sql`${revisionsOf('observation')} WHERE r.observation = ${observation} AND r.version <= ${version} ORDER BY r.version`,
      )
      return rows.map((row) => {
        const { state, ...logged } = loggedSchema.parse(row)
        return revisionSchema.parse({ ...logged, ...z.object({}).loose().parse(state) })
      })
    },
  }
}
