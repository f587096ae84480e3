import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BAD_VALUES } from '../support/http/bad-values.ts'
import type { Document } from '../support/http/conformance.ts'
import { type Harness, type List, startApp, withQuery } from '../support/http/harness.ts'
import { type Reading, readingsOf } from '../support/http/operations.ts'
import { addressOf } from '../support/http/questions.ts'
import { acceptedValues, questionsOf } from '../support/http/valid-questions.ts'
import { runs } from '../support/run-count.ts'

const VALID_REQUESTS = 150
const INVALID_REQUESTS = 150
const WILD_REQUESTS = 60

const anyText = fc.string({ unit: 'binary', maxLength: 40 })

/** Queries that an operation accepts. */
const validQuestions = ({ parameters }: Reading) => questionsOf(parameters)

/** Paths of an operation, with any of the values that its path parameters take. */
function pathsOf({ template, parameters }: Reading): fc.Arbitrary<string> {
  const inPath = parameters.filter((each) => each.in === 'path')
  const model = Object.fromEntries(inPath.map((each) => [each.name, acceptedValues(each)]))
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
  api = await startApp()
  document = api.document
})
afterAll(async () => {
  await api.close()
})

const options = (numRuns: number) => ({ numRuns: runs(numRuns), endOnFailure: true })
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
