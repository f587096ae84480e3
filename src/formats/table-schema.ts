import { z } from 'zod'
import { type Column, columnsOf } from './table.ts'

/** The primary and foreign keys of a table. */
export interface Keys {
  readonly primaryKey: readonly string[]
  readonly uniqueKeys?: readonly (readonly string[])[]
  /** For a column, the table whose `id` it holds. */
  readonly foreignKeys?: Readonly<Record<string, string>>
}

type JsonSchema = Readonly<Record<string, unknown>>

/** A table's schema as Frictionless Table Schema 2.0 says it: what CSV alone cannot tell. */
export function tableSchemaOf(row: z.ZodObject, { primaryKey, uniqueKeys, foreignKeys = {} }: Keys) {
  const fields: Record<string, z.ZodType> = row.shape
  const references = Object.entries(foreignKeys).map(([field, resource]) => ({
    fields: [field],
    reference: { resource, fields: ['id'] },
  }))
  return {
    fields: columnsOf(row).map((column) => fieldOf(column, fields[column.name])),
    missingValues: [''],
    primaryKey,
    ...(uniqueKeys && { uniqueKeys }),
    ...(references.length > 0 && { foreignKeys: references }),
  }
}

function fieldOf({ name, title, description, isNullable }: Column, field: z.ZodType | undefined) {
  const kind = field === undefined ? {} : kindOf(field)
  const type = typeOf(kind)
  const isAlwaysThere = !isNullable && type !== 'list'
  const constraints = { ...(isAlwaysThere && { required: true }), ...constraintsOf(kind, type) }
  return {
    name,
    title,
    description,
    type,
    ...(type === 'list' && { delimiter: ',', itemType: 'string' }),
    ...(Object.keys(constraints).length > 0 && { constraints }),
  }
}

/** The JSON Schema of a field, null aside. */
function kindOf(field: z.ZodType): JsonSchema {
  const { anyOf, ...schema } = z.toJSONSchema(field)
  return (anyOf ?? []).find(({ type }) => type !== 'null') ?? schema
}

function typeOf({ type, format }: JsonSchema): string {
  if (type === 'array') return 'list'
  if (format === 'date') return 'date'
  if (format === 'date-time') return 'datetime'
  return type === 'integer' || type === 'boolean' || type === 'object' ? type : 'string'
}

function constraintsOf(kind: JsonSchema, type: string): Record<string, unknown> {
  const { minimum, maximum, minLength, maxLength, pattern, enum: values } = kind
  if (type === 'integer') {
    return {
      ...(isMeant(minimum) && { minimum }),
      ...(isMeant(maximum) && { maximum }),
    }
  }
  if (type !== 'string') return {}
  return {
    ...(values === undefined ? {} : { enum: values }),
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(typeof pattern === 'string' && { pattern: unanchored(pattern) }),
  }
}

/** Tells whether a bound is one of the field, and not only of what JSON can hold. */
function isMeant(bound: unknown): boolean {
  return typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER
}

/** A pattern as XML Schema writes it: of the whole text, and without groups that capture nothing. */
function unanchored(pattern: string): string {
  return pattern.replace(/^\^|\$$/g, '').replaceAll('(?:', '(')
}
