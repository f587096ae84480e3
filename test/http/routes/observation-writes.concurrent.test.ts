import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import type { ObservationWithStatus, Statement } from '../../../src/domain/observation.ts'
import type { Source } from '../../../src/domain/source.ts'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import {
  dayOf,
  figure,
  freshFigures,
  PATH,
  revise,
  startWriters,
  stateOf,
  type Told,
  type Writers,
  type Written,
} from '../../support/http/writers.ts'
import { folderForAll, scratchFolder } from '../../support/store/scratch.ts'

const seeds = readSeeds()

const JSON_TYPE = { 'content-type': 'application/json' }

const url = `file:${folderForAll()}/crossings.sqlite`
const fresh = freshFigures()
let w: Writers

beforeAll(async () => {
  w = await startWriters({ url })
})
afterAll(() => w.close())

async function one(id: number): Promise<ObservationWithStatus> {
  return (await w.read<Told<ObservationWithStatus>>(`${PATH}/${id}`)).data
}

describe('many writers at once', () => {
  test('of one state: exactly one of 20 corrects it', async () => {
    const { data } = await w.add(fresh())
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, count) =>
        w.send('PUT', `${PATH}/${data.id}`, revise(data, { count: count + 1_000 })),
      ),
    )
    const winners = answers.filter(({ status }) => status === 200)
    expect(winners).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(19)
    expect(winners.map(({ text }) => JSON.parse(text).data.count)).toEqual([(await one(data.id)).count])
    expect(await w.revisions(data.id)).toHaveLength(2)
  })

  test('of whatever state there is: all of 20 clients correct it, one after the other, and every state is recorded', async () => {
    const { data } = await w.add(fresh())
    const counts = Array.from({ length: 20 }, (_, count) => count + 1_000)
    const told = await Promise.all(
      counts.map((count) => {
        const sent = { headers: { 'if-match': '*' }, body: stateOf({ ...data, count }) }
        return w.expect<Told<Written>>(200, 'PUT', `${PATH}/${data.id}`, sent)
      }),
    )
    const inOrder = told.map((each) => each.data).toSorted((a, b) => a.version - b.version)
    const states = (await w.revisions(data.id)).slice(1)
    expect(states.map(({ version, count }) => [version, count])).toEqual(
      inOrder.map(({ version, count }) => [version, count]),
    )
    expect(states.map(({ count }) => count).toSorted()).toEqual(counts)
    expect((await one(data.id)).count).toBe(inOrder.at(-1)?.count)
  })

  test('of one figure: exactly one of 20 clients adds it, and the others get its id', async () => {
    const body = fresh()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, count) => w.send('POST', PATH, { body: { ...body, count } })),
    )
    const [winner, ...more] = answers.filter(({ status }) => status === 201)
    expect(more).toEqual([])
    const losers = answers.filter(({ status }) => status === 409)
    expect(losers).toHaveLength(19)
    for (const { text } of losers) expect(text).toContain(`${winner?.headers.location} `)
  })

  test('of different lists: 20 lose no row, and each list has a version of its own', async () => {
    const lists = Array.from({ length: 20 }, () => [fresh(), fresh(), fresh()])
    const before = await w.version()
    const answers = await Promise.all(
      lists.map((body) => w.expect<Told<Written[]>>(201, 'POST', PATH, { body })),
    )
    for (const [index, { data, meta }] of answers.entries()) {
      expect(data).toMatchObject(lists[index] ?? [])
      expect(new Set(data.map(({ version }) => version))).toEqual(new Set([meta.version]))
    }
    expect(answers.map(({ meta }) => meta.version).toSorted((a, b) => a - b)).toEqual(
      answers.map((_, index) => before + 1 + index),
    )
  })

  test('50 clients with 40 writes each lose none and see no error, on a database of their own', async () => {
    const file = `file:${scratchFolder()}/many.sqlite`
    const many = await startWriters({ url: file, records: { ...seeds, observations: [], events: [] } })
    const [known] = seeds.sources
    const before = await many.version()
    const acknowledged = new Map<number, Statement>()
    const published: Source[] = []
    const post = async <Data>(path: string, body: unknown): Promise<Data> => {
      const sent = { headers: JSON_TYPE, bytes: JSON.stringify(body) }
      const { status, text } = await many.sendBytes('POST', path, sent)
      expect(status, text).toBe(201)
      const { data }: Told<Data> = JSON.parse(text)
      return data
    }
    const client = async (number: number) => {
      for (let write = 0; write < 40; write++) {
        if (write % 8 > 0) {
          const body = { ...known, id: `source-${number}-${write}`, title: `Title ${number}` }
          published.push(await post('/v1/sources', body))
          continue
        }
        const day = dayOf(number * 40 + write)
        const indicator = seeds.indicators[number % seeds.indicators.length]?.id ?? ''
        const body = figure({ indicator, period_start: day, period_end: day, count: write })
        const { id } = await post<Written>(PATH, body)
        acknowledged.set(id, body)
      }
    }
    await Promise.all(Array.from({ length: 50 }, (_, number) => client(number)))
    expect(acknowledged.size + published.length).toBe(2_000)
    const version = before + 2_000
    expect(await many.version()).toBe(version)
    const rows = await many.store.observations({ version, from: '2005-01-01' })
    expect(rows).toHaveLength(250)
    for (const row of rows)
      expect(row).toMatchObject(acknowledged.get(row.id) ?? { id: 'never acknowledged' })
    expect(new Set(rows.map((row) => row.version)).size).toBe(250)
    const held = (await many.store.sources({ version })).filter(({ id }) => id.startsWith('source-'))
    const byId = (a: Source, b: Source) => (a.id < b.id ? -1 : 1)
    expect(held.toSorted(byId)).toEqual(published.toSorted(byId))
    expect(held).toHaveLength(1_750)
    await many.close()
  })
})

describe('another process that writes to the same file', () => {
  /** Holds the lock for writing, as another process would, until the returned function or the end of the test. */
  function holdLock(): () => void {
    const connection = openDatabase(url)
    // Closing takes back what is not committed, and does nothing the second time.
    const release = () => void connection.close()
    onTestFinished(release)
    connection.exec('BEGIN IMMEDIATE')
    return release
  }

  /** Reads over and over while requests wait, and returns how often that was done before they were answered. */
  async function readWhile(waiting: Promise<unknown>): Promise<number> {
    let isAnswered = false
    const done = () => {
      isAnswered = true
    }
    waiting.then(done, done)
    let reads = 0
    while (!isAnswered) {
      await w.read(`${PATH}/1`)
      if (!isAnswered) reads += 1
      await setTimeout(10)
    }
    return reads
  }

  test('delays writes, and loses none', async () => {
    const release = holdLock()
    const bodies = Array.from({ length: 10 }, () => fresh())
    let answered = 0
    const answers = bodies.map((body) => w.send('POST', PATH, { body }).finally(() => answered++))
    const statuses = Promise.all(answers).then((all) => all.map(({ status }) => status))
    statuses.catch(() => undefined)
    for (let read = 0; read < 20; read++) await w.read(`${PATH}?limit=1`)
    expect(answered).toBe(0)
    release()
    expect(await statuses).toEqual(bodies.map(() => 201))
  })

  test('and does not finish is a 503 for all that wait, which says when to try again; reading goes on', async () => {
    const before = await w.version()
    const release = holdLock()
    const bodies = [fresh(), fresh(), fresh()]
    const writing = Promise.all(bodies.map((body) => w.send('POST', PATH, { body })))
    const reads = await readWhile(writing)
    for (const { status, headers } of await writing) {
      expect(status).toBe(503)
      expect(headers['retry-after']).toMatch(/^[1-9]\d*$/)
    }
    release()
    expect(reads).toBeGreaterThan(20)
    expect(await w.version()).toBe(before)
    for (const body of bodies) await w.add(body)
  })

  test('may be a server too: two of them lose no write and share their versions', async () => {
    const file = `file:${scratchFolder()}/two.sqlite`
    const records = { ...seeds, observations: [], events: [] }
    const [one, other] = [await startWriters({ url: file, records }), await startWriters({ url: file })]
    const before = await one.version()
    const bodies = Array.from({ length: 40 }, () => fresh())
    const told = await Promise.all(bodies.map((body, index) => (index % 2 === 0 ? one : other).add(body)))
    expect(told.map(({ meta }) => meta.version).toSorted((a, b) => a - b)).toEqual(
      told.map((_, index) => before + 1 + index),
    )
    for (const [index, { data }] of told.entries()) {
      const reader = index % 2 === 0 ? other : one
      const read = await reader.read<Told<ObservationWithStatus>>(`${PATH}/${data.id}`)
      expect(read.data).toMatchObject(bodies[index] ?? {})
    }
    await one.close()
    await other.close()
  })
})
