import fc from 'fast-check'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { FLOWS } from '../../../src/formats/sdmx/dataflows.ts'
import { cells, tableOf } from '../formats/import-tables.ts'
import type { Question } from '../http/questions.ts'
import { acceptedValues, questionsOf } from '../http/valid-questions.ts'
import type { Headers } from '../http/writers.ts'
import { type Described, hasStatus, parametersIn } from './operations-of.ts'
import type { Planned } from './planned-request.ts'
import { valuesOf } from './schema-values.ts'

/** What a request may name that is there. */
export interface Held {
  /** The ids that the last parameter of the path may have; none where they are not the names of rows. */
  readonly ids: readonly string[]
  readonly key: string
}

type Fields = Readonly<Record<string, unknown>>

const seeds = readSeeds()
const PLAIN_BORDERS = seeds.borders.filter(({ members }) => members.length === 0)

/** Requests that an operation accepts, by what the document says of it. @throws Error where that does not suffice to make any */
export function validRequests(described: Described, held: Held): fc.Arbitrary<Planned> {
  const { method, needsKey } = described
  return fc
    .record({
      path: pathValues(described, held),
      question: questionsOf(described.parameters),
      headers: acceptedHeaders(described),
      border: fc.constantFrom(...PLAIN_BORDERS),
      source: fc.constantFrom(...seeds.sources),
      indicator: fc.constantFrom(...seeds.indicators),
      body: bodyValues(described),
    })
    .map(({ path, question, headers, body: made, ...named }) => {
      const isRevert = described.template === '/v1/reverts'
      // A rehearsed revert of the seeds: there is no other version that is sure to be there, and they must stay.
      const body = isRevert ? { version: 1 } : made
      const isHeld = held.ids.includes(path.id ?? '')
      return {
        method,
        path: filled(described.template, path),
        query: queryOf({
          ...fitting(described, question, path.resourceID),
          ...(isRevert ? { dry_run: 'true' } : {}),
        }),
        headers: {
          ...headers,
          ...(needsKey ? { authorization: `Bearer ${held.key}` } : {}),
          ...(method === 'PUT' && isHeld && hasStatus(described, 412) ? { 'if-match': '*' } : {}),
          ...(described.body && { 'content-type': described.body.type }),
        },
        ...(typeof body === 'string' ? { body } : {}),
        ...(typeof body === 'object'
          ? { body: JSON.stringify(isRevert ? body : coherent(body, { id: path.id, ...named })) }
          : {}),
      }
    })
}

function pathValues(described: Described, { ids }: Held): fc.Arbitrary<Readonly<Record<string, string>>> {
  const inPath = parametersIn(described, 'path')
  const model = Object.fromEntries(
    inPath.map((each) => {
      const isName = each.name === 'id' && ids.length > 0
      const mayBeNew = described.method === 'PUT' && hasStatus(described, 201)
      const known = isName ? fc.constantFrom(...ids) : acceptedValues(each)
      return [each.name, isName && mayBeNew ? fc.oneof(known, valuesOf(each.schema).map(String)) : known]
    }),
  )
  return fc.record(model)
}

/** The path of a template with the values of its parameters. */
function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
}

function queryOf(question: Question): string[] {
  return Object.entries(question).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  )
}

/** A question without what goes beyond what is asked: components that data of SDMX do not have, more days than a chart shows. */
function fitting({ parameters }: Described, question: Question, resourceID: string | undefined): Question {
  const flow = FLOWS.find(({ id, structureId }) => [id, structureId].includes(resourceID ?? '')) ?? FLOWS[0]
  const components = [flow?.dimensions, flow?.measures, flow?.attributes].flatMap((all) => all ?? [])
  const isDrawn = parameters.some(({ name }) => name === 'layout')
  const isTooMuch = (name: string, value: string | undefined) =>
    (name.startsWith('c[') && !components.some(({ id }) => name === `c[${id}]`)) ||
    (isDrawn && question.period === undefined && name === 'interval' && value === 'day')
  return Object.fromEntries(Object.entries(question).filter(([name, value]) => !isTooMuch(name, value)))
}

/** What a client may say it wants of an answer. */
function acceptedHeaders({ operation, parameters }: Described): fc.Arbitrary<Headers> {
  const types = Object.keys(operation.responses[200]?.content ?? {})
  const hasFormat = parameters.some(({ name }) => name === 'format')
  const accepted =
    hasFormat || types.length === 0
      ? fc.constant('*/*')
      : fc.constantFrom('*/*', ...types, ...types.map((type) => `${type}, */*;q=0.1`))
  return fc.record(
    {
      accept: accepted,
      'accept-language': fc.constantFrom('pl', 'be-BY, ru;q=0.5', 'xx', '*'),
      'if-none-match': fc.constantFrom('"x"', 'W/"1", "y"'),
      'user-agent': fc.constantFrom('x', 'Mozilla/5.0'),
    },
    { requiredKeys: [] },
  )
}

const TABLES = fc
  .record({
    source: fc.stringMatching(/^made-[a-z0-9]{1,8}$/),
    kind: fc.constantFrom('official', 'analysis', 'claim'),
    days: fc.uniqueArray(fc.integer({ min: 1, max: 28 }), { minLength: 1, maxLength: 6 }),
    count: fc.nat({ max: 1_000_000_000 }),
    month: fc.integer({ min: 1, max: 12 }),
    note: valuesOf({ type: 'string', minLength: 1, maxLength: 200 }),
  })
  .map(({ source, kind, days, count, month, note }) =>
    tableOf(
      days.map((day) => {
        const date = `2011-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
        return cells({
          source: `${source}-${kind}`,
          kind,
          period_start: date,
          period_end: date,
          count: String(count),
          note: String(note),
        })
      }),
    ),
  )

/** A body as an operation takes it: text where it is no JSON. */
function bodyValues({ body }: Described): fc.Arbitrary<unknown> {
  if (body === undefined) return fc.constant(undefined)
  if (body.type === 'text/csv') return TABLES
  if (body.type !== 'application/json') throw new Error(`nobody has said how to make ${body.type}`)
  return valuesOf(body.schema)
}

interface Named {
  readonly id: string | undefined
  readonly border: { readonly country: string; readonly neighbour: string }
  readonly source: { readonly id: string }
  readonly indicator: { readonly id: string }
}

/** A body that says of itself what no schema can ask for: which things are there, and that they go together. */
function coherent(body: unknown, named: Named): unknown {
  if (Array.isArray(body)) {
    const rows = new Map(
      body
        .map((each) => coherent(each, named) as Fields)
        .map((row) => [String(row.id ?? row.period_start), row]),
    )
    return [...rows.values()]
  }
  const { id, border, source, indicator } = named
  const fields = { ...(body as Fields) }
  const replace = (facts: Fields) => {
    for (const [name, value] of Object.entries(facts)) if (name in fields) fields[name] = value
  }
  const { period_start: start, period_end: end } = fields
  if (typeof start === 'string' && typeof end === 'string' && start > end)
    replace({ period_start: end, period_end: start })
  if (typeof fields.origin === 'string') replace({ origin: fields.origin.replaceAll(',', ';') })
  if ('members' in fields) {
    const [country = '', neighbour = ''] = (id ?? '').split('-')
    replace({ country, neighbour, members: [] })
  } else {
    replace({ country: border.country, neighbour: border.neighbour })
  }
  replace({ source: source.id, indicator: indicator.id, ...(id === undefined ? {} : { id }) })
  // The natural key of a figure stays as it is, and need not be said.
  if ('count' in fields && id !== undefined)
    for (const name of ['source', 'country', 'neighbour', 'indicator', 'period_start', 'period_end'])
      delete fields[name]
  return fields
}
