import { getTableColumns, getTableName } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { RESOURCE_TYPES, RESOURCES, type ResourceType } from '../../domain/change.ts'
import type { RevertedWrites } from '../../domain/revert.ts'
import type { Connection } from '../connection/connection.ts'
import { RESOURCE_TABLES } from '../resource-tables.ts'

/** Returns all columns of a table, for SQL, but its owner's, the version and the retraction, which are new in a copy. */
function copiedColumns(table: SQLiteTable, owner: string): string {
  const names = Object.values(getTableColumns(table)).map(({ name }) => name)
  return names.filter((name) => ![owner, 'version', 'retraction'].includes(name)).join(', ')
}

/** A state of a resource: its version, whether that is one of those selected, and why it was withdrawn, or null. */
export interface RevisionOfResource {
  readonly version: number
  readonly isSelected: boolean
  readonly retraction: string | null
}

/** Reads which revisions some versions made, and records former ones anew, on the connection of a write. */
export function revisionCopier(connection: Connection, startVersion: () => number) {
  return {
    /** Selects versions, of those that there are by now. */
    selectVersions(writes: RevertedWrites) {
      const { condition, parameters } = conditionOf(writes)
      const until = Number(connection.prepare('SELECT coalesce(max(version), 0) FROM versions').pluck().get())
      const values = { ...parameters, until }
      const isSelected = `v.version <= @until AND ${condition}`
      const statements = Object.fromEntries(
        RESOURCE_TYPES.map((resource) => [resource, statementsFor(connection, resource, isSelected)]),
      )
      return {
        count: Number(
          connection.prepare(`SELECT count(*) FROM versions v WHERE ${isSelected}`).pluck().get(values),
        ),
        /** Returns the ids of the resources of one type that the versions changed, in order. */
        changed: (resource: ResourceType): (number | string)[] =>
          (statements[resource]?.changed.pluck().all(values) ?? []).map((id) =>
            typeof id === 'number' ? id : String(id),
          ),
        /** Returns the states of a resource, newest first. */
        revisionsOf: (resource: ResourceType, id: number | string): RevisionOfResource[] =>
          (statements[resource]?.revisions.all({ ...values, id }) ?? []).map((row) => {
            const { version, selected, retraction } = row as Row
            return { version, isSelected: selected === 1, retraction }
          }),
      }
    },

    /** Records a former state of a resource anew, withdrawn for a reason, or not; of a border without its members. */
    copyRevision(resource: ResourceType, id: number | string, from: number, retraction: string | null): void {
      const columns = copiedColumns(RESOURCE_TABLES[resource].revisions, resource)
      const own = RESOURCES[resource].canBeRetracted ? ', retraction' : ''
      const values = { id, from, version: startVersion(), retraction }
      connection
        .prepare(
          `INSERT INTO ${resource}_revisions (${resource}, version, ${columns}${own})
            SELECT ${resource}, @version, ${columns}${own === '' ? '' : ', @retraction'}
            FROM ${resource}_revisions WHERE ${resource} = @id AND version = @from`,
        )
        .run(values)
      if (resource === 'indicator') copyParts(connection, resource, values)
    },

    /** Records the members that a border formerly had, once its state and those of its members are recorded. */
    copyMembers(border: string, from: number): void {
      copyParts(connection, 'border', { id: border, from, version: startVersion() })
    },

    /** The members that a border had in a version that changed it. */
    membersIn: (border: string, version: number): string[] =>
      connection
        .prepare('SELECT member FROM border_members WHERE border = ? AND version = ?')
        .pluck()
        .all(border, version)
        .map(String),

    /** The source that an observation has, or an event had in a version that changed it. */
    sourceNamedBy(resource: 'observation' | 'event', id: number | string, version: number): string {
      const sql =
        resource === 'observation'
          ? 'SELECT source FROM observations WHERE id = @id'
          : 'SELECT source FROM event_revisions WHERE event = @id AND version = @version'
      return String(connection.prepare(sql).pluck().get({ id, version }))
    },

    /** Tells whether a figure or an event that is not retracted names a source. */
    isSourceInUse: (source: string): boolean =>
      connection
        .prepare(
          `SELECT 1 FROM observations o WHERE o.source = @source AND (SELECT r.retraction IS NULL
            FROM observation_revisions r WHERE r.observation = o.id ORDER BY r.version DESC LIMIT 1)
          UNION ALL
          SELECT 1 FROM event_revisions r WHERE r.source = @source AND r.retraction IS NULL AND r.version =
            (SELECT max(n.version) FROM event_revisions n WHERE n.event = r.event) LIMIT 1`,
        )
        .get({ source }) !== undefined,
  }
}

interface Row {
  readonly version: number
  readonly selected: number
  readonly retraction: string | null
}

function conditionOf({ version, author, since }: RevertedWrites) {
  if (version !== undefined) return { condition: 'v.version = @reverted', parameters: { reverted: version } }
  if (since === undefined) return { condition: 'v.author = @author', parameters: { author } }
  return typeof since === 'number'
    ? { condition: 'v.author = @author AND v.version >= @since', parameters: { author, since } }
    : {
        condition: 'v.author = @author AND v.recorded_at >= @since',
        parameters: { author, since: new Date(since).toISOString() },
      }
}

function statementsFor(connection: Connection, resource: ResourceType, isSelected: string) {
  return {
    changed: connection.prepare(
      `SELECT DISTINCT r.${resource} FROM versions v CROSS JOIN ${resource}_revisions r ON r.version = v.version
        WHERE ${isSelected} ORDER BY 1`,
    ),
    revisions: connection.prepare(
      `SELECT r.version, ${isSelected} AS selected, ${RESOURCES[resource].canBeRetracted ? 'r.retraction' : 'NULL'} AS retraction
        FROM ${resource}_revisions r JOIN versions v ON v.version = r.version
        WHERE r.${resource} = @id AND r.version <= @until ORDER BY r.version DESC`,
    ),
  }
}

/** Copies the list in a former state of a resource. */
function copyParts(
  connection: Connection,
  resource: 'indicator' | 'border',
  values: { readonly id: number | string; readonly from: number; readonly version: number },
): void {
  const { parts } = RESOURCE_TABLES[resource]
  const table = getTableName(parts)
  const columns = copiedColumns(parts, resource)
  connection
    .prepare(
      `INSERT INTO ${table} (${resource}, version, ${columns}) SELECT ${resource}, @version, ${columns}
        FROM ${table} WHERE ${resource} = @id AND version = @from`,
    )
    .run({ ...values })
}
