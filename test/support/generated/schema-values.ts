import fc from 'fast-check'
import { formatDay, toDay } from '../../../src/domain/calendar.ts'
import { NASTY_TEXTS } from '../formats/hostile-strings.ts'
import { SQL_ATTACKS } from '../http/sql-attacks.ts'
import { ATTACKS as MARKUP_ATTACKS } from '../web/attacks.ts'

/** What the document says of a value: as much of JSON Schema as it uses. */
export interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly propertyNames?: Schema
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

const MAX_ITEMS = 4

/** Values that a schema takes. @throws Error where it says what nobody has said how to make */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf))
  switch (schema.type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000_000, max: schema.maximum ?? 1_000_000 })
    case 'string':
      return textsOf(schema)
    case 'array': {
      const { items = {}, minItems = 0, maxItems = MAX_ITEMS } = schema
      return fc.array(valuesOf(items), { minLength: minItems, maxLength: Math.min(maxItems, MAX_ITEMS) })
    }
    case 'object':
      return objectsOf(schema)
  }
  throw new Error(`nobody has said how to make a value of ${JSON.stringify(schema).slice(0, 200)}`)
}

function objectsOf({ properties, required = [], additionalProperties, propertyNames }: Schema) {
  if (properties !== undefined) {
    const model = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, valuesOf(each)]))
    return fc.record(model, { requiredKeys: [...required] })
  }
  if (typeof additionalProperties !== 'object') throw new Error('nobody has said what an object holds')
  return fc.dictionary(textsOf(propertyNames ?? {}), valuesOf(additionalProperties), { maxKeys: 3 })
}

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  date: fc.integer({ min: toDay('0001-01-01'), max: toDay('2026-01-01') }).map(formatDay),
  'date-time': fc.integer({ min: 0, max: Date.UTC(2026, 0) }).map((time) => new Date(time).toISOString()),
  iri: fc.stringMatching(/^[a-z0-9]{1,12}$/).map((name) => `https://example.org/${name}?q=${name}#ż-${name}`),
}

/** Texts of a schema; what it says nothing of is a line that is printable, as every text of the API is. */
function textsOf({ format, pattern, minLength = 0, maxLength = 200 }: Schema): fc.Arbitrary<string> {
  const fits = (text: string) => [...text].length >= minLength && [...text].length <= maxLength
  if (format !== undefined) {
    const texts = FORMATS[format]
    if (texts === undefined) throw new Error(`nobody has said how to make the format ${format}`)
    return texts.filter(fits)
  }
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter(fits)
  const written = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => `x${text}x`)
  const longest = fc.constantFrom('é', '😀', 'x').map((unit) => unit.repeat(maxLength))
  return fc
    .oneof({ weight: 4, arbitrary: written }, fc.constantFrom(...HOSTILE_LINES), longest)
    .filter((text) => fits(text) && isLine(text))
}

/** Lines of text that careless programs take for something else than text. */
export const HOSTILE_LINES: readonly string[] = [...NASTY_TEXTS, ...SQL_ATTACKS, ...MARKUP_ATTACKS].filter(
  isLine,
)

function isLine(text: string): boolean {
  return text.trim() === text && !/\p{Cc}/u.test(text) && /[\p{L}\p{N}\p{P}\p{S}]/u.test(text)
}
