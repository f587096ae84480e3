import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatDay, toDay } from '../../src/domain/calendar.ts'
import { parsePeriod } from '../../src/domain/period.ts'
import { BAD_VALUES } from './bad-values.ts'
import type { Document, Parameter } from './conformance.ts'
import { type Harness, type List, startApp, withQuery } from './harness.ts'
import { type Reading, readingsOf } from './operations.ts'
import { addressOf, CODES, period, type Question, someOf } from './questions.ts'

/** Give this seed again to see the same requests again: `FUZZ_SEED=… npx vitest run test/http/app.test.ts`. */
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))

const VALID_REQUESTS = 150
const INVALID_REQUESTS = 150
const WILD_REQUESTS = 60

const anyDay = fc.integer({ min: toDay('2020-01-01'), max: toDay('2026-12-31') }).map(formatDay)
const anyText = fc.string({ unit: 'binary', maxLength: 40 })

const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  indicator: fc.constantFrom(...CODES.indicators),
  country: someOf([...CODES.countries, 'POL', 'LVA']),
  neighbour: someOf([...CODES.neighbours, 'BLR']),
  origin: someOf(CODES.origins),
  source: someOf(CODES.sources, 20),
  from: period,
  to: period,
  period,
  published_until: anyDay,
  as_of: fc.constantFrom(
    '0',
    '1',
    '2026-06-01T12:00:00Z',
    '2020-02-29T23:59:59.5+02:00',
    '0001-01-01T00:00:00Z',
  ),
  limit: fc.integer({ min: 1, max: 60 }).map(String),
  _: anyText,
  after: fc.constant('0'),
}

/** Values that a parameter takes, by what the document says of it, else by its name. */
function valuesOf({ name, schema, example, ...parameter }: Parameter): fc.Arbitrary<string> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.items?.enum !== undefined) return someOf(schema.items.enum)
  if (schema.type === 'boolean') return fc.constantFrom('true', 'false')
  if (parameter.in === 'path' && schema.type === 'integer')
    return fc.integer({ min: 1, max: 400 }).map(String)
  if (parameter.in === 'path') return fc.constant(String(example))
  const values = VALUES[name]
  if (values === undefined) throw new Error(`nobody said which values ${name} takes`)
  return values
}

/** Queries that an operation accepts. */
function validQuestions({ parameters }: Reading): fc.Arbitrary<Question> {
  const query = parameters.filter((each) => each.in === 'query' && each.name !== 'cursor')
  const model = Object.fromEntries(query.map((each) => [each.name, valuesOf(each)]))
  return fc.record(model, { requiredKeys: 'limit' in model ? ['limit'] : [] }).map(consistent)
}

/** The same question without what excludes itself. */
function consistent(question: Question): Question {
  const { from, to, explain, header, sep, decimal, ...others } = question
  const isBackwards =
    from !== undefined && to !== undefined && (parsePeriod(from)?.start ?? 0) > (parsePeriod(to)?.end ?? 0)
  const window = question.period !== undefined ? {} : isBackwards ? { from: to, to: from } : { from, to }
  const { format = 'json' } = question
  return {
    ...others,
    ...window,
    ...(format === 'json' ? { explain } : {}),
    ...(format === 'csv' ? { header, sep, decimal } : {}),
  }
}

/** Paths of an operation, with any of the values that its path parameters take. */
function pathsOf({ template, parameters }: Reading): fc.Arbitrary<string> {
  const inPath = parameters.filter((each) => each.in === 'path')
  const model = Object.fromEntries(inPath.map((each) => [each.name, valuesOf(each)]))
  return fc
    .record(model)
    .map((values) => template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''))
}

/** Something that no operation, or none with these parameters, accepts in a query. */
function spoilers({ parameters }: Reading): fc.Arbitrary<string> {
  const query = parameters.filter((each) => each.in === 'query' && each.name !== '_')
  const unknown = fc.stringMatching(/^[a-z]{1,12}x$/).map((name) => `${name}=1`)
  const spoiled = query.flatMap(({ name }) => [
    fc.constantFrom(...(BAD_VALUES[name] ?? [])).map((value) => `${name}=${value}`),
    fc.constantFrom(`${name}=`, name, `${name}=1&${name}=1`, `${name}[]=1`),
  ])
  const windowed = query.some(({ name }) => name === 'period')
  const backwards = fc.constantFrom('from=2024-02&to=2024-01', 'period=2024&to=2024', 'from=2024&period=2024')
  return fc.oneof(unknown, ...spoiled, ...(windowed ? [backwards] : []))
}

let api: Harness
let document: Document
beforeAll(async () => {
  process.stdout.write(`fuzzed with FUZZ_SEED=${SEED}\n`)
  api = await startApp()
  document = api.document
})
afterAll(async () => {
  await api.close()
})

const options = (numRuns: number) => ({ seed: SEED, numRuns, endOnFailure: true })
const eachReading = async (check: (reading: Reading) => Promise<void>) => {
  const readings = readingsOf(document)
  expect(readings.length).toBeGreaterThan(12)
  for (const reading of readings) await check(reading)
}

describe('every operation of the document', () => {
  test('answers what it accepts as it promises, and so does the page after', async () => {
    await eachReading(async (reading) => {
      await fc.assert(
        fc.asyncProperty(pathsOf(reading), validQuestions(reading), async (path, question) => {
          const target = addressOf(path, question)
          const { status, headers, text } = await api.get(target)
          const mayLack = reading.template.includes('{') ? [404] : []
          expect([200, ...mayLack], target).toContain(status)
          if (status !== 200 || !headers['content-type']?.startsWith('application/json')) return
          const { meta }: Partial<List<unknown>> = JSON.parse(text)
          if (meta?.next == null) return
          expect((await api.get(withQuery(target, { cursor: meta.next }))).status, target).toBe(200)
        }),
        options(VALID_REQUESTS),
      )
    })
  })

  test('refuses what it does not accept with a problem that names it', async () => {
    await eachReading(async (reading) => {
      const valid = validQuestions(reading)
      await fc.assert(
        fc.asyncProperty(pathsOf(reading), valid, spoilers(reading), async (path, question, spoiler) => {
          const [name = ''] = spoiler.split(/[=[]/)
          const { [name]: _spoiled, from: _from, to: _to, period: _period, ...others } = question
          const target = addressOf(path, others)
          const spoiled = `${target}${target.includes('?') ? '&' : '?'}${spoiler}`
          const { errors = [] } = await api.problem(400, spoiled)
          expect(errors.length, spoiled).toBeGreaterThan(0)
        }),
        options(INVALID_REQUESTS),
      )
    })
  })

  test('answers anything else that can be sent to it, and never with a fault of its own', async () => {
    const wildHeaders = fc.record(
      {
        accept: fc.oneof(
          fc.string(),
          fc.constantFrom('*', '/', ';q=1', 'text/csv;q=x', 'a/b;c="d', ',,,', '*/*;q=2'),
        ),
        'accept-encoding': fc.string(),
        'if-none-match': fc.constantFrom('*', '"x"', 'W/"x", "y"', '"'),
        'if-modified-since': fc.constantFrom('never', 'Mon, 01 Jan 2024 00:00:00 GMT'),
        range: fc.constantFrom('bytes=0-10', 'bytes=9-1', 'x'),
        origin: fc.string(),
        'content-type': fc.string(),
        authorization: fc.string(),
      },
      { requiredKeys: [] },
    )
    await eachReading(async (reading) => {
      const names = [...reading.parameters.map(({ name }) => name), 'x', '__proto__', '']
      const wildQuery = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), anyText), anyText), {
        maxLength: 6,
      })
      const wildPath = fc.oneof(
        pathsOf(reading),
        anyText.map((text) => `${reading.path}/${encoded(text)}`),
      )
      await fc.assert(
        fc.asyncProperty(wildPath, wildQuery, wildHeaders, async (path, query, headers) => {
          const text = query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')
          const { status } = await api.get(`${path}?${text}`, headers)
          expect(status).toBeLessThan(500)
        }),
        options(WILD_REQUESTS),
      )
    })
  })
})

/** Any text for an address, lone surrogates as the bytes that a careless client makes of them. */
function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80'
}

test('the same question has the same answer, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .constantFrom(...readingsOf(document))
        .chain((reading) => fc.tuple(pathsOf(reading), validQuestions(reading))),
      async ([path, question]) => {
        const target = addressOf(path, question)
        const [one, two] = [await api.get(target), await api.get(target)]
        expect(two.text).toBe(one.text)
        const turned = Object.fromEntries(Object.entries(question).toReversed())
        const { text } = await api.get(addressOf(path, turned))
        const isJson = (question.format ?? 'json') === 'json'
        const dataOf = (body: string) => (isJson && body.startsWith('{') ? JSON.parse(body).data : body)
        expect(dataOf(text)).toEqual(dataOf(one.text))
      },
    ),
    options(60),
  )
})
