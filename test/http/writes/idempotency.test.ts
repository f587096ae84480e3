import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import type { Statement } from '../../../src/domain/observation.ts'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import {
  type Answer,
  dayOf,
  figure,
  startWriters,
  stateOf,
  type Told,
  type Writers,
  type Written,
} from '../../support/http/writers.ts'
import { folderForAll, scratchFolder } from '../../support/store/scratch.ts'

const PATH = '/v1/observations'
const url = `file:${folderForAll()}/crossings.sqlite`
let w: Writers
let number = 0

beforeAll(async () => {
  w = await startWriters({ url })
})
afterAll(() => w.close())

/** A figure of a day that no other figure is of. */
function fresh(facts: Partial<Statement> = {}): Statement {
  const day = dayOf(number++)
  return figure({ period_start: day, period_end: day, ...facts })
}

/** Returns a name of one length: cut short, or with more, it is never that of another request. */
function newName(): string {
  return `request-${String(number++).padStart(6, '0')}`
}

function post(
  name: string,
  body: unknown,
  { target = PATH, key = w.keys.write, by = w } = {},
): Promise<Answer> {
  return by.send('POST', target, { key, headers: { 'idempotency-key': name }, body })
}

/** What of an answer a client goes by. */
function essence({ status, text, headers }: Answer) {
  const { location, etag, 'content-type': type, 'cache-control': caching } = headers
  return { status, text, location, etag, type, caching }
}

function rowsOf(table: string, file = url): number {
  const connection = openDatabase(file)
  try {
    return Number(connection.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
  } finally {
    connection.close()
  }
}

describe('a repeated POST', () => {
  test.for<[string, string, () => unknown]>([
    ['a figure', PATH, () => fresh()],
    ['a list of figures', PATH, () => [fresh(), fresh({ country: 'PL' })]],
    ['a source', '/v1/sources', () => ({ ...readSeeds().sources[0], id: newName() })],
    ['a list of events', '/v1/events', () => [{ ...readSeeds().events[0], id: newName() }]],
  ])('of %s gets the same answer, and writes once', async ([_, target, make]) => {
    const [name, body] = [newName(), make()]
    const first = await post(name, body, { target })
    expect(first.status).toBe(201)
    const written = w.everything()
    for (let time = 0; time < 3; time++)
      expect(essence(await post(name, body, { target }))).toEqual(essence(first))
    expect(w.everything()).toBe(written)
    expect((await w.send('POST', target, { body })).status).toBe(409)
  })

  test('gets the answer of its time, whatever was written since', async () => {
    const [name, body] = [newName(), fresh()]
    const first = await post(name, body)
    const { data }: Told<Written> = JSON.parse(first.text)
    await w.expect(200, 'DELETE', `${PATH}/${data.id}?reason=Wrong`)
    expect(essence(await post(name, body))).toEqual(essence(first))
    await w.refused(404, 'GET', `${PATH}/${data.id}`)
  })

  test('of 50 clients at once writes one row, and gives all the same answer', async () => {
    const [name, body] = [newName(), fresh()]
    const before = [rowsOf('observations'), rowsOf('idempotent_answers'), await w.version()]
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(name, body)))
    expect(new Set(answers.map((answer) => JSON.stringify(essence(answer)))).size).toBe(1)
    expect(answers[0]?.status).toBe(201)
    const after = [rowsOf('observations'), rowsOf('idempotent_answers'), await w.version()]
    expect(after).toEqual(before.map((count) => count + 1))
  })

  test('of 50 clients at once with different bodies lets one through', async () => {
    const name = newName()
    const bodies = Array.from({ length: 50 }, () => fresh())
    const answers = await Promise.all(bodies.map((body) => post(name, body)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(49).fill(422)])
  })

  test('is distinguished by every character of its key, and by their case', async () => {
    const name = newName()
    for (const other of [name, name.toUpperCase(), `${name}-`, `-${name}`, name.slice(0, -1)])
      expect((await post(other, fresh())).status, other).toBe(201)
  })

  test('needs a key that still works', async () => {
    const [name, body, key] = [newName(), fresh(), await w.newKey('write')]
    expect((await post(name, body, { key })).status).toBe(201)
    const id = (await w.store.keyOf(key))?.id ?? 0
    await w.store.write({ author: null, reason: null }, (transaction) => transaction.revokeKey(id))
    expect((await post(name, body, { key })).status).toBe(401)
  })
})

describe('an Idempotency-Key', () => {
  test('that was used is refused for another body, query or path, and nothing is written', async () => {
    const [name, body] = [newName(), fresh()]
    await post(name, body)
    const before = w.everything()
    const others = [
      await post(name, fresh()),
      await post(name, { ...body, count: body.count + 1 }),
      await post(name, [body]),
      await post(name, body, { target: `${PATH}?reason=Again` }),
      await post(name, body, { target: `${PATH}?dry_run=true` }),
      await post(name, { ...readSeeds().sources[0], id: newName() }, { target: '/v1/sources' }),
    ]
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 422))
    for (const { text } of others) expect(JSON.parse(text).detail).toContain('Idempotency-Key')
    expect(w.everything()).toBe(before)
  })

  test('belongs to one API key', async () => {
    const name = newName()
    const [mine, theirs] = [fresh(), fresh()]
    const first = await post(name, mine)
    const second = await post(name, theirs, { key: w.keys.other })
    expect([first.status, second.status]).toEqual([201, 201])
    expect(essence(await post(name, mine))).toEqual(essence(first))
    expect(essence(await post(name, theirs, { key: w.keys.other }))).toEqual(essence(second))
    expect((await post(name, mine, { key: w.keys.other })).status).toBe(422)
    expect((await post(name, mine, { key: w.keys.admin })).status).toBe(409)
  })

  test('is stored for 24 hours by the clock of the service, and then deleted', async () => {
    const file = `file:${scratchFolder()}/day.sqlite`
    const by = await startWriters({ url: file, time: '2026-06-01T12:00:00.000Z' })
    onTestFinished(() => by.close())
    const [body, other] = [fresh(), fresh()]
    const first = await post('one', body, { by, key: by.keys.write })
    by.setTime('2026-06-01T13:00:00.000Z')
    await post('two', other, { by, key: by.keys.write })
    for (const time of ['2026-06-02T11:59:59.999Z', '2026-06-02T12:00:00.000Z', '2026-05-01T00:00:00.000Z']) {
      by.setTime(time)
      expect(essence(await post('one', body, { by, key: by.keys.write })), time).toEqual(essence(first))
      expect((await post('one', fresh(), { by, key: by.keys.write })).status, time).toBe(422)
    }
    by.setTime('2026-06-02T12:00:00.001Z')
    expect((await post('one', body, { by, key: by.keys.write })).status).toBe(409)
    expect((await post('one', fresh(), { by, key: by.keys.write })).status).toBe(201)
    expect((await post('two', fresh(), { by, key: by.keys.write })).status).toBe(422)
    by.setTime('2026-06-10T00:00:00.000Z')
    await post('three', fresh(), { by, key: by.keys.write })
    expect(rowsOf('idempotent_answers', file)).toBe(1)
  })

  test('survives that the database is closed and opened again', async () => {
    const file = `file:${scratchFolder()}/reopened.sqlite`
    const before = await startWriters({ url: file })
    const [name, body] = [newName(), fresh()]
    const { write: key } = before.keys
    const first = await post(name, body, { by: before, key })
    await before.close()
    const after = await startWriters({ url: file })
    onTestFinished(() => after.close())
    const version = await after.version()
    expect(essence(await post(name, body, { by: after, key }))).toEqual(essence(first))
    expect((await post(name, fresh(), { by: after, key })).status).toBe(422)
    expect(await after.version()).toBe(version)
  })

  test('of a request that was refused can be used for the right one', async () => {
    const name = newName()
    const recorded = fresh()
    await w.add(recorded)
    const kept = rowsOf('idempotent_answers')
    const refused = [
      await post(name, recorded),
      await post(name, fresh({ source: 'nobody' })),
      await post(name, { ...fresh(), id: 1 }),
      await post(name, [fresh(), recorded]),
    ]
    expect(refused.map(({ status }) => status)).toEqual([409, 422, 400, 409])
    expect(rowsOf('idempotent_answers')).toBe(kept)
    expect((await post(name, fresh())).status).toBe(201)
    expect(rowsOf('idempotent_answers')).toBe(kept + 1)
  })

  test('of a dry run can be used for what was tried', async () => {
    const [name, body] = [newName(), fresh()]
    expect((await post(name, body, { target: `${PATH}?dry_run=true` })).status).toBe(200)
    expect((await post(name, body)).status).toBe(201)
  })

  test('is stored together with its write, or neither is', async () => {
    const [name, body] = [newName(), fresh()]
    const before = w.everything()
    const attribution = { author: null, reason: null }
    const failing = w.store.write(attribution, async (transaction) => {
      const id = await transaction.addObservation(body)
      const request = { api_key: 1, idempotency_key: name, fingerprint: 'x' }
      await transaction.keepAnswer(request, JSON.stringify({ id }))
      throw new Error('the power failed')
    })
    await expect(failing).rejects.toThrow('the power failed')
    expect(w.everything()).toBe(before)
    expect((await post(name, body)).status).toBe(201)
  })

  test('means nothing to PUT and DELETE, which need none', async () => {
    const { data } = await w.add(fresh())
    const headers = { 'idempotency-key': newName(), 'if-match': `"${data.version}"` }
    const sent = { headers, body: stateOf({ ...data, count: 1 }) }
    expect((await w.send('PUT', `${PATH}/${data.id}`, sent)).status).toBe(200)
    expect((await w.send('PUT', `${PATH}/${data.id}`, sent)).status).toBe(412)
  })

  test.for([
    ['nothing', ''],
    ['quotes alone', '""'],
    ['a quote alone', '"'],
    ['256 characters', 'x'.repeat(256)],
    ['256 characters in quotes', `"${'x'.repeat(256)}"`],
    ['8,000 characters', 'x'.repeat(8_000)],
    ['letters beyond ASCII', 'clé'],
    ['a blank', 'a b'],
    ['a tab', 'a\tb'],
    ['a comma and a blank', 'a, b'],
    ['a quote at its start only', '"abc'],
    ['a quote at its end only', 'abc"'],
    ['a quote within', 'a"b'],
  ])('is malformed with %s: a 400, and nothing is written', async ([_, name = '']) => {
    const before = w.everything()
    const bytes = JSON.stringify(fresh())
    const headers = { 'content-type': 'application/json', 'idempotency-key': name }
    const { status, text } = await w.sendBytes('POST', PATH, { headers, bytes })
    expect(status, text).toBe(400)
    expect(JSON.parse(text).detail).toContain('Idempotency-Key')
    expect(w.everything()).toBe(before)
  })

  test.for([
    ['one character', '!'],
    ['255 characters', 'y'.repeat(255)],
    ['255 characters in quotes', `"${'z'.repeat(255)}"`],
    ['a UUID', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['odd characters', "~`'\\/%00<>{}()&;=?"],
  ])('may be %s', async ([_, name = '']) => {
    const body = fresh()
    const first = await post(name, body)
    expect(first.status, first.text).toBe(201)
    expect(essence(await post(name, body))).toEqual(essence(first))
  })

  test('is the same in the quotes of a structured field as without', async () => {
    const [name, body] = [newName(), fresh()]
    const first = await post(name, body)
    expect(essence(await post(`"${name}"`, body))).toEqual(essence(first))
  })
})
