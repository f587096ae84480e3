import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { borderSchema } from '../../src/domain/border.ts'
import { parseDay } from '../../src/domain/calendar.ts'
import { changeSchema, revisionSchema } from '../../src/domain/change.ts'
import { conflictSchema } from '../../src/domain/conflict.ts'
import { eventSchema } from '../../src/domain/event.ts'
import { extentSchema } from '../../src/domain/extent.ts'
import { figureSchema } from '../../src/domain/figure.ts'
import { indicatorSchema } from '../../src/domain/indicator.ts'
import {
  observationSchema,
  observationWithStatusSchema,
  statementSchema,
} from '../../src/domain/observation.ts'
import { seriesRowSchema } from '../../src/domain/series.ts'
import { sourceSchema } from '../../src/domain/source.ts'
import { grandTotalSchema, totalSchema } from '../../src/domain/totals.ts'

/** The nouns that go by a name of their own wherever they are answered. */
const NAMED = {
  Change: changeSchema,
  Conflict: conflictSchema,
  GrandTotal: grandTotalSchema,
  Observation: observationWithStatusSchema,
  Revision: revisionSchema,
  SeriesRow: seriesRowSchema,
  Total: totalSchema,
}
const NOUNS = {
  ...NAMED,
  border: borderSchema,
  event: eventSchema,
  extent: extentSchema,
  figure: figureSchema,
  indicator: indicatorSchema,
  'observation as it is held': observationSchema,
  source: sourceSchema,
  statement: statementSchema,
}

/** A JSON Schema, as far as these tests look into it. */
interface Form {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Form>>
  readonly properties?: Readonly<Record<string, Form>>
  readonly anyOf?: readonly Form[]
  readonly items?: Form
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly type?: unknown
  readonly format?: string
  readonly pattern?: string
}

const formOf = (schema: z.ZodType) => z.toJSONSchema(schema) as Form

/** A form and all that stand in it, each with the name of the field that it is the form of. */
function within(form: Form, name = ''): { name: string; form: Form }[] {
  const { $defs = {}, properties = {}, anyOf = [], items } = form
  const named = Object.entries({ ...$defs, ...properties }).map(([name, inner]) => ({ name, inner }))
  const unnamed = [...anyOf, ...(items === undefined ? [] : [items])].map((inner) => ({ name, inner }))
  return [{ name, form }, ...[...named, ...unnamed].flatMap(({ name, inner }) => within(inner, name))]
}

/** Fields that show what goes into them wherever they stand, because their form is not plain from their name. */
const SHOWN = [
  'border',
  'country',
  'indicator',
  'neighbour',
  'origin',
  'period',
  'period_end',
  'period_start',
  'published_on',
  'publisher',
]
const DATES = ['period_end', 'period_start', 'published_on']

describe.for(Object.entries(NOUNS))('%s:', ([, schema]) => {
  const all = within(formOf(schema))
  const texts = all.filter(({ form }) => form.type === 'string')

  test('each field is described by a sentence, save the number of an observation in a change', () => {
    const fields = all.flatMap(({ form }) => Object.entries(form.properties ?? {}))
    expect(fields.length).toBeGreaterThan(2)
    const wordless = fields.filter(([, { description = '' }]) => !/^[A-Z`].+\.$/s.test(description))
    expect(wordless.map(([name]) => name)).toEqual(schema === changeSchema ? ['id'] : [])
  })

  test('a field whose form is not plain shows an example of it', () => {
    const shown = texts.filter(({ name }) => SHOWN.includes(name))
    expect(shown.filter(({ form }) => !form.examples?.length)).toEqual([])
  })

  test('an example is of the form that it shows', () => {
    for (const { form } of texts) {
      for (const example of form.examples ?? []) {
        expect(example).toMatch(new RegExp(form.pattern ?? '.'))
        if (form.format === 'date') expect(parseDay(String(example))).not.toBeNull()
      }
    }
  })

  test('days and addresses say that they are', () => {
    const formatsOf = (names: readonly string[]) =>
      texts.filter(({ name }) => names.includes(name)).map(({ form }) => form.format)
    expect(formatsOf(DATES).filter((format) => format !== 'date')).toEqual([])
    expect(formatsOf(['url']).filter((format) => format !== 'iri')).toEqual([])
  })
})

test.for([
  ['border', borderSchema.shape.id],
  ['event', eventSchema.shape.id],
  ['indicator', indicatorSchema.shape.id],
  ['observation', observationSchema.shape.id],
  ['source', sourceSchema.shape.id],
  ['statement', statementSchema.shape.count],
] as const)('a %s shows what identifies or counts it', ([, schema]) => {
  const { description, examples = [] } = formOf(schema)
  expect(description).toMatch(/\.$/)
  expect(examples).toHaveLength(1)
  expect(examples.filter((example) => !schema.safeParse(example).success)).toEqual([])
})

test('what has a name of its own is answered under it, its parts too', () => {
  const names = Object.values(NAMED).map((schema) => Object.keys(formOf(schema).$defs ?? {}))
  expect(Object.keys(NAMED).filter((name, index) => !names[index]?.includes(name))).toEqual([])
  expect(Object.keys(formOf(figureSchema).$defs ?? {}).toSorted()).toEqual(['Proof', 'RangeProof', 'Term'])
  expect(formOf(figureSchema).$defs?.Proof?.description).toMatch(/\.$/)
})
