import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { extent, report } from '../support/faults/extent.ts'
import { invalidRequests } from '../support/generated/invalid-requests.ts'
import {
  type Described,
  hasStatus,
  nameOf,
  operationsOf,
  parametersIn,
} from '../support/generated/operations-of.ts'
import { inWords, type Planned } from '../support/generated/planned-request.ts'
import { type AskedService, startAskedService } from '../support/generated/service-under-test.ts'
import { validRequests } from '../support/generated/valid-requests.ts'
import { wildRequests } from '../support/generated/wild-requests.ts'
import { SEED } from '../support/seed.ts'
import { folderForAll } from '../support/store/scratch.ts'

/** How many requests are made for each operation. */
const VALID = extent(2, 100)
const INVALID = extent(4, 280)
/** How many of the valid ones must be taken, not only be no fault of the service's: some name what is not there. */
const LEAST_TAKEN = extent(0, 20)
const WILD = extent(1, 60)
const MADE = extent(2, 40)

let service: AskedService
let operations: Described[]

beforeAll(async () => {
  service = await startAskedService({ reads: folderForAll(), writes: folderForAll() })
  operations = operationsOf(service.document)
})
afterAll(async () => {
  await service.close()
  const counts = [...service.statuses].sort(([a], [b]) => a - b)
  const all = counts.reduce((sum, [, count]) => sum + count, 0)
  const told = (entries: Iterable<readonly [string | number, number]>) =>
    [...entries].map(([name, count]) => `${name} ${count}`).join(', ')
  report(`${all} requests for ${operations.length} operations, by status: ${told(counts)}`)
  report(`checks made: ${told(Object.entries(service.tally))}`)
})

let uses = 0

/** Holds for as many values, others at each use: with the same ones again, what is to be made would be there already. */
async function assertAll<Value>(
  values: fc.Arbitrary<Value>,
  numRuns: number,
  holds: (value: Value) => Promise<void>,
) {
  uses += 1
  await fc.assert(fc.asyncProperty(values, holds), { seed: SEED + uses, numRuns, endOnFailure: true })
}

/** Sends as many requests of an operation, none of which may be answered otherwise than the document says; it answers how many were taken. */
async function assertAnswers(
  described: Described,
  requests: fc.Arbitrary<Planned>,
  numRuns: number,
): Promise<number> {
  let taken = 0
  await assertAll(requests, numRuns, async (planned) => {
    const { status, faults } = await service.ask(described, planned)
    expect(faults, inWords(planned)).toEqual([])
    if (status < 300) taken += 1
  })
  return taken
}

/** One of what can be made, always the same for a seed. */
function one<Value>(values: fc.Arbitrary<Value>): Value {
  const [value] = fc.sample(values, { seed: SEED, numRuns: 1 })
  if (value === undefined) throw new Error('nothing was made')
  return value
}

async function validFor(described: Described): Promise<fc.Arbitrary<Planned>> {
  return validRequests(described, await service.heldFor(described))
}

describe('every operation of the document', () => {
  test('takes what the document says that it takes', async () => {
    for (const described of operations) {
      const taken = await assertAnswers(described, await validFor(described), VALID)
      // Of SDMX, much that can be asked is described and not done here.
      if (!hasStatus(described, 501)) expect(taken, nameOf(described)).toBeGreaterThanOrEqual(LEAST_TAKEN)
    }
  })

  test('refuses what is spoiled in one way', async () => {
    for (const described of operations)
      await assertAnswers(described, invalidRequests(described, await validFor(described)), INVALID)
  })

  test('answers what nobody planned without a fault of its own', async () => {
    for (const described of operations)
      await assertAnswers(described, wildRequests(described, await validFor(described)), WILD)
  })

  test('lets nobody in without a key that may do it', async () => {
    const guarded = operations.filter(({ needsKey }) => needsKey)
    expect(guarded.length).toBeGreaterThan(10)
    for (const described of guarded) {
      const planned = one(await validFor(described))
      for (const authorization of [
        undefined,
        '',
        'Bearer',
        'Bearer x',
        `Basic ${service.keys.admin}`,
        service.keys.admin,
      ]) {
        const { authorization: _, ...headers } = planned.headers
        const without = {
          ...planned,
          headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
        }
        service.count('ignored_auth')
        const { status, faults } = await service.ask(described, {
          ...without,
          spoiled: { what: 'no key', statuses: [401] },
        })
        expect([status, faults], inWords(without)).toEqual([401, []])
      }
    }
  })

  test('asks for every header that it says it needs', async () => {
    const needed = operations.flatMap((described) => [
      ...parametersIn(described, 'header').flatMap(({ name, required }) =>
        required ? [{ described, name }] : [],
      ),
      ...(described.body === undefined ? [] : [{ described, name: 'content-type' }]),
      ...(described.needsKey ? [{ described, name: 'authorization' }] : []),
    ])
    expect(needed.length).toBeGreaterThan(20)
    for (const { described, name } of needed) {
      const planned = one(await validFor(described))
      const { [name]: _, ...headers } = planned.headers
      const statuses = name === 'authorization' ? [401] : [400, 401, 403, 406, 415, 422, 428]
      service.count('missing_required_header')
      const { faults } = await service.ask(described, {
        ...planned,
        headers,
        spoiled: { what: `no ${name}`, statuses },
      })
      expect(faults, nameOf(described)).toEqual([])
    }
  })
})

/** Every method that HTTP has a number of resources for, and some that it has for others. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'LOCK', 'QUERY']

describe('every path of the document', () => {
  test('allows the methods that are documented, and says so', async () => {
    const templates = Map.groupBy(operations, ({ template }) => template)
    for (const [template, all] of templates) {
      const [first] = all
      if (first === undefined) continue
      const planned = one(await validFor(first))
      const documented = all.map(({ method }) => method)
      const allowed = [...documented, ...(documented.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort()
      const allowedBy = (allow: string | undefined) => (allow ?? '').split(', ').sort()
      const bare = { path: planned.path, query: [], headers: {} }
      const { status, headers } = await service.send('OPTIONS', bare)
      service.count('allow_header_conformance')
      expect([status, allowedBy(headers.allow)], template).toEqual([204, allowed])
      for (const method of METHODS.filter((each) => !documented.includes(each))) {
        const answered = await service.send(method, bare)
        service.count('unsupported_method')
        expect([answered.status, allowedBy(answered.headers.allow)], `${method} ${template}`).toEqual([
          405,
          allowed,
        ])
      }
    }
  })
})

describe('what is made', () => {
  const itemOf = ({ template }: Described) =>
    operations.find((each) => each.method === 'GET' && each.template === `${template}/{id}`)

  test('is there at once where the answer says, and says what was sent; withdrawn, it is nowhere', async () => {
    const makers = operations.filter((each) => each.method === 'POST' && itemOf(each) !== undefined)
    expect(makers.length).toBeGreaterThan(2)
    for (const described of makers) {
      const item = `${described.template}/{id}`
      const remover = operations.find((each) => each.method === 'DELETE' && each.template === item)
      const isOne = ({ body }: Planned) => body?.toString().startsWith('{') === true
      await assertAll((await validFor(described)).filter(isOne), MADE, async (planned) => {
        const sent = { ...planned, query: [] }
        const { status, headers, faults } = await service.ask(described, sent)
        expect(faults, inWords(sent)).toEqual([])
        if (status !== 201) return
        const bare = { path: headers.location ?? '', query: [], headers: {} }
        const found = await service.send('GET', bare)
        service.count('ensure_resource_availability')
        expect(found.status, inWords(sent)).toBe(200)
        const { data } = JSON.parse(found.bytes.toString())
        expect(data).toMatchObject(JSON.parse(String(sent.body)))
        if (remover === undefined) return
        const { authorization = '' } = planned.headers
        const withdrawing = { ...bare, method: 'DELETE', query: ['reason=made'], headers: { authorization } }
        expect((await service.ask(remover, withdrawing)).faults, inWords(withdrawing)).toEqual([])
        service.count('use_after_free')
        expect((await service.send('GET', bare)).status).toBe(404)
        expect((await service.send('DELETE', withdrawing)).status).toBe(404)
        const list = await service.send('GET', { ...bare, path: described.template, query: ['limit=10000'] })
        expect(list.bytes.toString()).not.toContain(`"id":${JSON.stringify(data.id)},`)
      })
    }
  })

  test('by its own address is there at once, too', async () => {
    const makers = operations.filter((each) => each.method === 'PUT' && hasStatus(each, 201))
    expect(makers.length).toBeGreaterThan(1)
    for (const described of makers) {
      await assertAll(await validFor(described), MADE, async (planned) => {
        const { status, faults } = await service.ask(described, { ...planned, query: [] })
        expect(faults, inWords(planned)).toEqual([])
        if (status !== 201) return
        const found = await service.send('GET', { path: planned.path, query: [], headers: {} })
        service.count('ensure_resource_availability')
        expect(JSON.parse(found.bytes.toString()).data).toEqual(JSON.parse(String(planned.body)))
      })
    }
  })
})

describe('what was written in all of this', () => {
  // All months from the year 1 to 9999 are millions of rows: they come, but for so many requests they are too many.
  const isWhole = ({ operation }: Described) => 'application/zip' in (operation.responses[200]?.content ?? {})

  test('is answered without a fault, too, whatever it is', async () => {
    for (const described of operations.filter((each) => !each.needsKey && !isWhole(each))) {
      await assertAll(await validFor(described), WILD, async (planned) => {
        const { faults } = await service.askOfWritten(described, planned)
        expect(faults, inWords(planned)).toEqual([])
      })
    }
  })
})

/** What is served and not documented: files that a page loads, the document itself, and what SDMX has and is not done here. */
const UNDOCUMENTED =
  /^\/(?:docs|assets|openapi\.json$|favicon|robots|sdmx\/(?:availability|metadata|registration|schema))/

test('every route is in the document, or among the few that need not be', () => {
  const documented = new Set(Object.keys(service.document.paths))
  const others = service.routes
    .map(({ url }) => url.replace(/:(\w+)/g, '{$1}'))
    .filter((url) => !documented.has(url))
  expect(others.filter((url) => !UNDOCUMENTED.test(url))).toEqual([])
})

test('every check that there is was made', () => {
  expect(Object.entries(service.tally).filter(([, count]) => count === 0)).toEqual([])
})
