import { z } from 'zod'
import { borderSchema } from '../../domain/border.ts'
import { RESOURCE_TYPES, type ResourceType } from '../../domain/change.ts'
import { eventSchema } from '../../domain/event.ts'
import { singleLine } from '../../domain/fields.ts'
import { indicatorSchema } from '../../domain/indicator.ts'
import { statementSchema } from '../../domain/observation.ts'
import { sourceSchema } from '../../domain/source.ts'
import type { Connection } from '../connection/connection.ts'
import { STATE_SQL } from '../resource-tables.ts'
import { AUDIT_ACTIONS, SCOPES } from '../schema.ts'

const time = z.iso.datetime({ precision: 3 })
const retraction = singleLine(500).nullable()
const json = z.string().transform((text): unknown => JSON.parse(text))

/** The schema of each kind of row: the columns that `sql` names, besides `place`, which locates a fault. */
const KINDS: Readonly<Record<string, { readonly sql: string; readonly row: z.ZodType }>> = {
  versions: {
    sql: `SELECT 'version ' || version AS place, version, recorded_at, author, reason,
      version - lag(version, 1, 0) OVER (ORDER BY version) AS step,
      recorded_at >= lag(recorded_at, 1, '') OVER (ORDER BY version) AS is_later FROM versions ORDER BY version`,
    row: z.strictObject({
      version: z.int().min(1),
      recorded_at: time,
      author: singleLine(100).nullable(),
      reason: singleLine(500).nullable(),
      step: z.literal(1, 'leaves a gap before it'),
      is_later: z.literal(1, 'is recorded before the one before it'),
    }),
  },
  indicators: {
    sql: `SELECT 'indicator ' || r.indicator || ' of version ' || r.version AS place,
      ${STATE_SQL.indicator} AS state FROM indicator_revisions r`,
    row: z.strictObject({ state: json.pipe(indicatorSchema) }),
  },
  borders: {
    sql: `SELECT 'border ' || r.border || ' of version ' || r.version AS place,
      ${STATE_SQL.border} AS state FROM border_revisions r`,
    row: z.strictObject({ state: json.pipe(borderSchema) }),
  },
  sources: {
    sql: `SELECT 'source ' || source || ' of version ' || version AS place, source AS id, publisher, origin, kind,
      title, published_on, url, retraction FROM source_revisions`,
    row: sourceSchema.extend({ retraction }),
  },
  observations: {
    sql: `SELECT 'observation ' || o.id || ' of version ' || r.version AS place, o.source, b.country, b.neighbour,
      o.indicator, o.period_start, o.period_end, r.period_basis, r.count, r.qualifier, r.note, r.retraction
      FROM observation_revisions r JOIN observations o ON o.id = r.observation JOIN borders b ON b.id = o.border`,
    row: withRetraction(statementSchema),
  },
  events: {
    sql: `SELECT 'event ' || event || ' of version ' || version AS place, event AS id, period_start, period_end,
      precision, title, source, retraction FROM event_revisions`,
    row: withRetraction(eventSchema),
  },
  'API keys': {
    sql: `SELECT 'API key ' || k.id AS place, k.name, k.scope, k.hash, k.created_at, k.expires_at, k.revoked_at,
      k.rows_a_day, u.used_at, k.lineage IS coalesce(r.lineage, k.id) AS is_of_lineage
      FROM api_keys k LEFT JOIN api_keys r ON r.id = k.replaces LEFT JOIN api_key_last_uses u ON u.api_key = k.id`,
    row: z.strictObject({
      name: singleLine(100),
      scope: z.enum(SCOPES),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      created_at: time,
      expires_at: time.nullable(),
      revoked_at: time.nullable(),
      rows_a_day: z.int().min(1).nullable(),
      used_at: time.nullable(),
      is_of_lineage: z.literal(1, 'is not of the lineage of the key that it replaces'),
    }),
  },
  'rows of a day': {
    sql: "SELECT 'rows of API key ' || lineage || ' on ' || day AS place, day, rows FROM api_key_rows",
    row: z.strictObject({ day: z.iso.date(), rows: z.int().min(1) }),
  },
  'audit entries': {
    sql: `SELECT 'audit entry ' || id AS place, action, via, status, detail, count, began_at, recorded_at,
      id - lag(id, 1, 0) OVER (ORDER BY id) AS step FROM audit_log ORDER BY id`,
    row: z.strictObject({
      action: z.enum(AUDIT_ACTIONS),
      via: singleLine(200).nullable(),
      status: z.int().min(400).max(599).nullable(),
      detail: singleLine(500).nullable(),
      count: z.int().min(1),
      began_at: time,
      recorded_at: time,
      step: z.literal(1, 'leaves a gap before it'),
    }),
  },
  'kept answers': {
    sql: `SELECT 'answer ' || idempotency_key || ' of API key ' || api_key AS place, fingerprint, answer, recorded_at
      FROM idempotent_answers`,
    row: z.strictObject({
      fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
      answer: json.pipe(z.object({ status: z.int(), body: z.unknown() })),
      recorded_at: time,
    }),
  },
}

/** Returns the number of rows of each kind in a database, and their faults; calls `watch` for each row. */
export function checkRows(
  connection: Connection,
  watch: () => void,
): { counts: ReadonlyMap<string, number>; faults: string[] } {
  const counts = new Map<string, number>()
  const faults: string[] = []
  for (const [kind, { sql, row }] of Object.entries(KINDS)) {
    let count = 0
    for (const read of connection.prepare(sql).iterate()) {
      const { place, ...columns } = read as { place: string }
      const { error } = row.safeParse(columns)
      for (const issue of error?.issues ?? [])
        faults.push(`${place}: ${issue.path.join('.')} ${issue.message}`)
      count += 1
      watch()
    }
    counts.set(kind, count)
  }
  return {
    counts,
    faults: [
      ...faults,
      ...RESOURCE_TYPES.flatMap((resource) => stateless(connection, resource)),
      ...gaps(connection),
    ],
  }
}

/** Observations are numbered without a gap, because none is ever deleted. */
function gaps(connection: Connection): string[] {
  const behind = 'SELECT id FROM observations WHERE id > 1 AND id - 1 NOT IN (SELECT id FROM observations)'
  const ids = connection.prepare(behind).pluck().all()
  return ids.map((id) => `observation ${id} follows none that is numbered one less`)
}

/** Returns the faults of resources that have an id and never had a state. */
function stateless(connection: Connection, resource: ResourceType): string[] {
  const ids = connection
    .prepare(`SELECT id FROM ${resource}s WHERE id NOT IN (SELECT ${resource} FROM ${resource}_revisions)`)
    .pluck()
    .all()
  return ids.map((id) => `${resource} ${id} never had a state`)
}

/** A schema that also takes why the state was withdrawn. */
function withRetraction(schema: z.ZodType): z.ZodType {
  const withdrawn = z.object({ retraction })
  return z.looseObject({}).superRefine(({ retraction: reason, ...state }, context) => {
    const results = [schema.safeParse(state), withdrawn.safeParse({ retraction: reason })]
    for (const { error } of results) {
      for (const { path, message } of error?.issues ?? []) context.addIssue({ code: 'custom', path, message })
    }
  })
}
