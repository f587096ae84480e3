import { sql } from 'drizzle-orm'
import {
  type AnySQLiteColumn,
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  unique,
} from 'drizzle-orm/sqlite-core'
import { EVENT_PRECISIONS } from '../domain/event.ts'
import { MAX_COUNT } from '../domain/fields.ts'
import { PERIOD_BASES, QUALIFIERS } from '../domain/observation.ts'
import { KINDS } from '../domain/source.ts'

const isDay = (column: AnySQLiteColumn) => sql`${column} >= '0001-01-01' AND date(${column}) IS ${column}`
const isOneOf = (column: AnySQLiteColumn, values: readonly string[]) =>
  sql`${column} IN (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`
const isText = (column: AnySQLiteColumn) => sql`length(${column}) > 0`

/** The writes committed: when (a time that never runs backwards), by whom, and why. */
export const versions = sqliteTable(
  'versions',
  {
    version: integer().primaryKey(),
    recorded_at: text().notNull(),
    author: text(),
    reason: text(),
  },
  (table) => [index('versions_by_time').on(table.recorded_at, table.version)],
)

export const indicators = sqliteTable('indicators', { id: text().primaryKey() }, (table) => [
  check('indicator_id', isText(table.id)),
])

/** Every state an indicator has had. */
export const indicatorRevisions = sqliteTable(
  'indicator_revisions',
  {
    indicator: text()
      .notNull()
      .references(() => indicators.id),
    version: integer()
      .notNull()
      .references(() => versions.version),
    position: integer().notNull(),
    label: text().notNull(),
    definition: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.indicator, table.version] }),
    index('indicator_revisions_by_version').on(table.version, table.indicator),
    check('indicator_position', sql`${table.position} > 0`),
    check('indicator_label', isText(table.label)),
    check('indicator_definition', isText(table.definition)),
  ],
)

/** The definitions of the reporting countries, for each state of an indicator. */
export const indicatorDefinitions = sqliteTable(
  'indicator_definitions',
  {
    indicator: text().notNull(),
    version: integer().notNull(),
    country: text().notNull(),
    definition: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.indicator, table.version, table.country] }),
    foreignKey({
      columns: [table.indicator, table.version],
      foreignColumns: [indicatorRevisions.indicator, indicatorRevisions.version],
    }),
    check('definition_country', sql`${table.country} GLOB '[A-Z][A-Z]'`),
    check('definition_definition', isText(table.definition)),
  ],
)

export const borders = sqliteTable(
  'borders',
  {
    id: text().primaryKey(),
    country: text().notNull(),
    neighbour: text().notNull(),
  },
  (table) => [
    check('border_id', sql`${table.id} = ${table.country} || '-' || ${table.neighbour}`),
    check('border_country', sql`${table.country} GLOB '[A-Z][A-Z]'`),
    check('border_neighbour', sql`${table.neighbour} GLOB '[A-Z][A-Z]'`),
  ],
)

/** Every state a border has had. */
export const borderRevisions = sqliteTable(
  'border_revisions',
  {
    border: text()
      .notNull()
      .references(() => borders.id),
    version: integer()
      .notNull()
      .references(() => versions.version),
    position: integer().notNull(),
    label: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.border, table.version] }),
    index('border_revisions_by_version').on(table.version, table.border),
    check('border_position', sql`${table.position} > 0`),
    check('border_label', isText(table.label)),
  ],
)

/** Which borders a group stands for together, for each of its states. */
export const borderMembers = sqliteTable(
  'border_members',
  {
    border: text().notNull(),
    version: integer().notNull(),
    member: text()
      .notNull()
      .references(() => borders.id),
  },
  (table) => [
    primaryKey({ columns: [table.border, table.version, table.member] }),
    foreignKey({
      columns: [table.border, table.version],
      foreignColumns: [borderRevisions.border, borderRevisions.version],
    }),
    index('border_members_by_member').on(table.member),
    check('member_is_another', sql`${table.border} <> ${table.member}`),
  ],
)

export const sources = sqliteTable('sources', { id: text().primaryKey() }, (table) => [
  check('source_id', isText(table.id)),
])

/** Every state a source has had; `retraction` says why it was withdrawn. */
export const sourceRevisions = sqliteTable(
  'source_revisions',
  {
    source: text()
      .notNull()
      .references(() => sources.id),
    version: integer()
      .notNull()
      .references(() => versions.version),
    publisher: text().notNull(),
    origin: text().notNull(),
    kind: text({ enum: KINDS }).notNull(),
    title: text(),
    published_on: text(),
    url: text(),
    retraction: text(),
  },
  (table) => [
    primaryKey({ columns: [table.source, table.version] }),
    index('source_revisions_by_version').on(table.version, table.source),
    check('source_publisher', isText(table.publisher)),
    check('source_origin', sql`${isText(table.origin)} AND instr(${table.origin}, ',') = 0`),
    check('source_title', sql`${table.title} IS NULL OR ${isText(table.title)}`),
    check('source_kind', isOneOf(table.kind, KINDS)),
    check('source_published_on', sql`${table.published_on} IS NULL OR ${isDay(table.published_on)}`),
    check(
      'source_url',
      sql`${table.url} IS NULL OR ${table.url} LIKE 'http://_%' OR ${table.url} LIKE 'https://_%'`,
    ),
    check('source_retraction', sql`${table.retraction} IS NULL OR ${isText(table.retraction)}`),
  ],
)

/** The natural key of each figure ever recorded; it never changes. */
export const observations = sqliteTable(
  'observations',
  {
    id: integer().primaryKey(),
    source: text()
      .notNull()
      .references(() => sources.id),
    border: text()
      .notNull()
      .references(() => borders.id),
    indicator: text()
      .notNull()
      .references(() => indicators.id),
    period_start: text().notNull(),
    period_end: text().notNull(),
  },
  (table) => [
    unique('observation_natural_key').on(
      table.source,
      table.border,
      table.indicator,
      table.period_start,
      table.period_end,
    ),
    index('observations_by_series').on(table.indicator, table.border),
    index('observations_by_border').on(table.border),
    index('observations_by_period').on(
      table.period_start,
      table.period_end,
      table.border,
      table.source,
      table.indicator,
    ),
    check('observation_id', sql`${table.id} > 0`),
    check('observation_period_start', isDay(table.period_start)),
    check('observation_period_end', isDay(table.period_end)),
    check('observation_period', sql`${table.period_start} <= ${table.period_end}`),
  ],
)

/** Every state a figure has had; `retraction` says why it was withdrawn. */
export const observationRevisions = sqliteTable(
  'observation_revisions',
  {
    observation: integer().notNull(),
    version: integer()
      .notNull()
      .references(() => versions.version),
    period_basis: text({ enum: PERIOD_BASES }).notNull(),
    count: integer().notNull(),
    qualifier: text({ enum: QUALIFIERS }).notNull(),
    note: text(),
    retraction: text(),
  },
  (table) => [
    primaryKey({ columns: [table.observation, table.version] }),
    index('observation_revisions_by_version').on(table.version, table.observation),
    foreignKey({ columns: [table.observation], foreignColumns: [observations.id] }),
    check('observation_period_basis', isOneOf(table.period_basis, PERIOD_BASES)),
    check('observation_count', sql`${table.count} BETWEEN 0 AND ${sql.raw(String(MAX_COUNT))}`),
    check('observation_note', sql`${table.note} IS NULL OR ${isText(table.note)}`),
    check('observation_qualifier', isOneOf(table.qualifier, QUALIFIERS)),
    check('observation_retraction', sql`${table.retraction} IS NULL OR ${isText(table.retraction)}`),
  ],
)

export const events = sqliteTable('events', { id: text().primaryKey() }, (table) => [
  check('event_id', isText(table.id)),
])

/** Every state an event has had; `retraction` says why it was withdrawn. */
export const eventRevisions = sqliteTable(
  'event_revisions',
  {
    event: text()
      .notNull()
      .references(() => events.id),
    version: integer()
      .notNull()
      .references(() => versions.version),
    period_start: text().notNull(),
    period_end: text().notNull(),
    precision: text({ enum: EVENT_PRECISIONS }).notNull(),
    title: text().notNull(),
    source: text()
      .notNull()
      .references(() => sources.id),
    retraction: text(),
  },
  (table) => [
    primaryKey({ columns: [table.event, table.version] }),
    index('event_revisions_by_version').on(table.version, table.event),
    check('event_period_start', isDay(table.period_start)),
    check('event_period_end', isDay(table.period_end)),
    check('event_period', sql`${table.period_start} <= ${table.period_end}`),
    check('event_precision', isOneOf(table.precision, EVENT_PRECISIONS)),
    check('event_title', isText(table.title)),
    check('event_retraction', sql`${table.retraction} IS NULL OR ${isText(table.retraction)}`),
  ],
)

export const SCOPES = ['write', 'admin'] as const

/** API keys, of which only the SHA-256 is stored. Keys that were rotated into one another share a lineage. */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: integer().primaryKey(),
    name: text().notNull(),
    scope: text({ enum: SCOPES }).notNull(),
    hash: text().notNull().unique(),
    created_at: text().notNull(),
    expires_at: text(),
    revoked_at: text(),
    /** The rows that the lineage may record a day (UTC); null sets no limit. */
    rows_a_day: integer(),
    /** The key that it was made to take over from. */
    replaces: integer()
      .unique('api_key_replaces')
      .references((): AnySQLiteColumn => apiKeys.id),
    /** The first key of its rotations: its own id where it replaces none. */
    lineage: integer()
      .notNull()
      .references((): AnySQLiteColumn => apiKeys.id),
  },
  (table) => [
    check('api_key_name', isText(table.name)),
    check('api_key_scope', isOneOf(table.scope, SCOPES)),
    check('api_key_hash', sql`length(${table.hash}) = 64`),
    check('api_key_rows_a_day', sql`${table.rows_a_day} IS NULL OR ${table.rows_a_day} > 0`),
    check('api_key_lineage', sql`(${table.replaces} IS NULL) = (${table.lineage} = ${table.id})`),
  ],
)

/** The hour in which a key was last used. */
export const apiKeyLastUses = sqliteTable('api_key_last_uses', {
  api_key: integer()
    .primaryKey()
    .references(() => apiKeys.id),
  used_at: text().notNull(),
})

/** The rows that the keys of a lineage recorded on a day (UTC). */
export const apiKeyRows = sqliteTable(
  'api_key_rows',
  {
    lineage: integer()
      .notNull()
      .references(() => apiKeys.id),
    day: text().notNull(),
    rows: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.lineage, table.day] }),
    check('api_key_rows_day', isDay(table.day)),
    check('api_key_rows_rows', sql`${table.rows} > 0`),
  ],
)

export const AUDIT_ACTIONS = ['created', 'rotated', 'revoked', 'quota_changed', 'refused'] as const

/** Changes of keys, and refused writes: equal ones of up to an hour are one entry with their count. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: integer().primaryKey(),
    action: text({ enum: AUDIT_ACTIONS }).notNull(),
    /** Null where a write was refused without a key that was ever made. */
    api_key: integer().references(() => apiKeys.id),
    /** The command that changed the key, or the method and route that refused. */
    via: text(),
    /** The HTTP status of a refusal. */
    status: integer(),
    detail: text(),
    count: integer().notNull(),
    began_at: text().notNull(),
    recorded_at: text().notNull(),
  },
  (table) => [
    index('audit_log_by_key').on(table.api_key, table.id),
    check('audit_action', isOneOf(table.action, AUDIT_ACTIONS)),
    check('audit_key', sql`${table.api_key} IS NOT NULL OR ${table.action} = 'refused'`),
    check('audit_via', sql`${table.via} IS NULL OR ${isText(table.via)}`),
    check('audit_status', sql`(${table.status} IS NOT NULL) = (${table.action} = 'refused')`),
    check('audit_detail', sql`${table.detail} IS NULL OR ${isText(table.detail)}`),
    check('audit_count', sql`${table.count} > 0`),
  ],
)

/** The answers to requests that carried an Idempotency-Key, to be given again to a repetition. */
export const idempotentAnswers = sqliteTable(
  'idempotent_answers',
  {
    api_key: integer()
      .notNull()
      .references(() => apiKeys.id),
    idempotency_key: text().notNull(),
    fingerprint: text().notNull(),
    answer: text().notNull(),
    recorded_at: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.api_key, table.idempotency_key] }),
    index('idempotent_answers_by_time').on(table.recorded_at),
  ],
)
