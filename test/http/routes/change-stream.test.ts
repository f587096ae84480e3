import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { configSchema } from '../../../src/config.ts'
import type { Change } from '../../../src/domain/change.ts'
import { buildApp } from '../../../src/http/app.ts'
import { startServer } from '../../../src/server.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { eventually } from '../../support/eventually.ts'
import { copyOf, heldAt } from '../../support/http/copy.ts'
import { blocksOf, changesOf, openStream } from '../../support/http/event-stream.ts'
import { type Harness, type List, PRESENT, startApp } from '../../support/http/harness.ts'
import { FOUNDATION, perform, writes } from '../../support/http/random-writes.ts'
import { attemptedCrossings, figure, publication } from '../../support/http/records.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const STREAM = '/v1/changes/stream'
const DEEDS = fileURLToPath(new URL('../../support/http/random-writes-process.ts', import.meta.url))
const LAST = publication({ id: 'the-end' })

const CPU_LIMIT_MS = 100

const isLast = ({ id }: Change) => id === LAST.id

/** A served app of its own, closed when the test is over. */
async function start(options: Parameters<typeof startApp>[0] = { records: FOUNDATION }): Promise<Harness> {
  const api = await startApp(options)
  onTestFinished(() => api.close())
  return api
}

/** Random deeds of a process of its own, until it ends. */
async function inProcess(url: string, author: string, seed: number): Promise<void> {
  const child = spawn(process.execPath, [DEEDS, url, author, String(seed), '3'], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
}

/** Random deeds of this process. */
async function inThis(store: Store, author: string, seed: number): Promise<void> {
  for (const sequence of fc.sample(writes, { seed, numRuns: 4 })) {
    for (const deeds of sequence) {
      await perform(store, author, deeds)
      await setTimeout(seed % 7)
    }
  }
}

/** Follows from a version on to the very last change, cut off again and again, after as many bytes as it is told. */
async function followInPieces(port: number, after: number, bytesOf: () => number) {
  const changes: Change[] = []
  let [pieces, lastEventId]: [number, string | undefined] = [0, undefined]
  while (changes.every((change) => !isLast(change))) {
    const known: { lastEventId?: string } = lastEventId === undefined ? {} : { lastEventId }
    const response = await openStream(port, `${STREAM}?after=${after}`, known)
    expect(response.statusCode).toBe(200)
    pieces += 1
    for await (const { id, change } of blocksOf(response, bytesOf())) {
      lastEventId = id ?? lastEventId
      if (change !== undefined) changes.push(change)
      if (change !== undefined && isLast(change)) break
    }
  }
  return { changes, pieces }
}

describe('the stream', () => {
  test('is server-sent events that no cache keeps, no proxy holds back and every page may read', async () => {
    const { port } = await start()
    const response = await openStream(port, STREAM)
    expect(response.statusCode).toBe(200)
    expect(response.headers).toMatchObject({
      'content-type': expect.stringMatching(/^text\/event-stream(;|$)/),
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    })
    response.destroy()
  })

  test('holds the same changes as the list, each under the name `change` and with an id of its own', async () => {
    const api = await start()
    await api.store.write({ author: 'desk', reason: null }, async (transaction) => {
      const note = 'two\u2028lines: "quoted" — ž 😀'
      await transaction.addObservation(figure({ source: 's0', count: 5, note }))
      await transaction.putSource(LAST)
    })
    const { data } = await api.json<List<Change>>('/v1/changes')
    const ids: (string | undefined)[] = []
    const changes: Change[] = []
    for await (const { id, event, change } of blocksOf(await openStream(api.port, `${STREAM}?after=0`))) {
      if (change === undefined) continue
      expect(event).toBe('change')
      ids.push(id)
      changes.push(change)
      if (changes.length === data.length) break
    }
    expect(changes).toEqual(data)
    expect(changes.map((change) => JSON.stringify(change))).toEqual(
      data.map((change) => JSON.stringify(change)),
    )
    expect(new Set(ids).size).toBe(data.length)
  })

  test('starts with new changes, or after a version on request', async () => {
    const api = await start()
    const late = publication({ id: 's0', title: 'Late' })
    const now = await openStream(api.port, STREAM)
    await api.store.write({ author: null, reason: null }, (transaction) => transaction.putSource(late))
    await api.add({ sources: [LAST] })
    const ids = (changes: Change[]) => changes.map(({ version, id }) => `${version} ${id}`)
    expect(ids(await changesOf(now, isLast))).toEqual(['2 s0', '3 the-end'])
    expect(ids(await changesOf(await openStream(api.port, `${STREAM}?after=2`), isLast))).toEqual([
      '3 the-end',
    ])
    const all = await changesOf(await openStream(api.port, `${STREAM}?after=0`), isLast)
    expect(all.length).toBe(9)
  })

  test('goes on behind Last-Event-ID, whatever after says, and begins with where that is', async () => {
    const api = await start()
    await api.add({ sources: [LAST] })
    for (const [lastEventId, count] of [
      ['0', 8],
      ['1', 1],
      ['1.border.PL-BY', 4],
      ['1.source.s2', 1],
      ['1.observation.1', 1],
    ] as const) {
      for (const target of [STREAM, `${STREAM}?after=2`, `${STREAM}?after=9`]) {
        const blocks = blocksOf(await openStream(api.port, target, { lastEventId }))
        expect((await blocks.next()).value).toEqual({ retry: '2000', id: lastEventId })
        await blocks.return()
        const response = await openStream(api.port, target, { lastEventId })
        expect((await changesOf(response, isLast)).length, lastEventId).toBe(count)
      }
    }
  })

  test('loses nothing to a client cut off before anything came', async () => {
    const api = await start()
    const first = blocksOf(await openStream(api.port, STREAM))
    const { value } = await first.next()
    await first.return()
    await api.add({ sources: [LAST] })
    const response = await openStream(api.port, STREAM, { lastEventId: value?.id ?? '' })
    expect((await changesOf(response, isLast)).length).toBe(1)
  })

  test('refuses what it cannot go on behind, as a problem', async () => {
    const api = await start()
    for (const id of ['x', '', '1.source', '1.2.3', '-1', '1.source.s0, 1.source.s1']) {
      const { errors } = await api.problem(400, STREAM, { 'last-event-id': id })
      expect(
        errors?.map(({ parameter }) => parameter),
        id,
      ).toEqual(['last-event-id'])
    }
    for (const id of ['2', '2.source.s0', '999999999999999']) {
      const { errors } = await api.problem(400, STREAM, { 'last-event-id': id })
      expect(errors).toEqual([
        { parameter: 'last-event-id', detail: expect.stringContaining('in the future') },
      ])
    }
    for (const value of ['2', 'x', '-1', '']) {
      const { errors } = await api.problem(400, `${STREAM}?after=${value}`)
      expect(
        errors?.map(({ parameter }) => parameter),
        value,
      ).toEqual(['after'])
    }
    await api.problem(400, `${STREAM}?limit=1`)
  })

  test('answers HEAD with the headers alone, and holds no place for it', async () => {
    const api = await start()
    for (let count = 0; count < 110; count++) {
      const { status, headers, text } = await api.send('HEAD', STREAM)
      expect([status, text, headers['content-length']]).toEqual([200, '', undefined])
      expect(headers['content-type']).toContain('text/event-stream')
    }
  })

  test('receives what this process or another records', async () => {
    const url = `file:${scratchFolder()}/a.sqlite`
    const api = await start({ url, records: FOUNDATION })
    const other = await openStore({ url, now: () => PRESENT })
    onTestFinished(() => other.close())
    for (const [index, store] of [api.store, other, other].entries()) {
      const response = await openStream(api.port, STREAM)
      const next = changesOf(response, () => true)
      await store.write({ author: null, reason: null }, (transaction) =>
        transaction.putSource(publication({ id: 's0', title: `${index}` })),
      )
      expect((await next)[0]?.state).toMatchObject({ title: `${index}` })
    }
  })
})

test('a client that is cut off again and again while several processes write holds an exact copy', async () => {
  const url = `file:${scratchFolder()}/a.sqlite`
  const api = await start({ url, records: FOUNDATION })
  const other = await openStore({ url, now: () => PRESENT })
  onTestFinished(() => other.close())
  const steady = openStream(api.port, `${STREAM}?after=0`).then((response) => changesOf(response, isLast))
  const inPieces = [1, 2, 3].map((seed) => {
    const sizes = fc.sample(fc.integer({ min: 20, max: 5_000 }), { seed, numRuns: 10_000 })
    return followInPieces(api.port, 0, () => sizes.pop() ?? 5_000)
  })
  await Promise.all([
    inProcess(url, 'first', 1),
    inProcess(url, 'second', 2),
    inThis(api.store, 'third', 3),
    inThis(other, 'fourth', 4),
  ])
  await api.add({ sources: [LAST] })

  const changes = await steady
  const { version: newest } = await api.store.currentVersion()
  expect(newest).toBeGreaterThan(40)
  expect(new Set(changes.map(({ author }) => author)).size).toBe(5)
  expect(changes).toEqual(await api.pages<Change>('/v1/changes?limit=100'))
  for (const { changes: those, pieces } of await Promise.all(inPieces)) {
    expect(pieces).toBeGreaterThan(10)
    expect(those).toEqual(changes)
  }
  const versions = fc.sample(fc.integer({ min: 1, max: newest }), { seed: 5, numRuns: 20 })
  for (const version of [newest, ...versions]) {
    const copy = copyOf(changes.filter((change) => change.version <= version))
    expect(copy).toEqual(await heldAt(api.store, version))
  }
})

describe('a client', () => {
  test('that takes nothing costs no memory, and gets everything once it does', async () => {
    const store = await openStore({ url: `file:${scratchFolder()}/a.sqlite`, now: () => PRESENT })
    const note = '😀'.repeat(2_000)
    await store.addMissing({ ...FOUNDATION, observations: [], events: [] })
    await store.write({ author: null, reason: null }, async (transaction) => {
      for (let index = 0; index < 5_000; index++) {
        const day = new Date(Date.UTC(2000, 0, index)).toISOString().slice(0, 10)
        await transaction.addObservation(
          figure({ source: 's0', count: index, note, period_start: day, period_end: day }),
        )
      }
    })
    const { port, reads } = await serveCounted(store)
    const response = await openStream(port, `${STREAM}?after=1`)
    let whileWaiting = 0
    await eventually(async () => {
      const before = reads.length
      await setTimeout(500)
      whileWaiting = reads.length
      return whileWaiting > 0 && whileWaiting === before
    })
    expect(whileWaiting).toBeLessThan(12)
    const changes = await changesOf(response, (_, count) => count === 5_000)
    expect(changes.map(({ state }) => (state as { count: number }).count)).toEqual(
      Array.from({ length: 5_000 }, (_, index) => index),
    )
    expect(reads.length).toBeGreaterThan(18)
  })

  test('that goes away is not read for any longer', async () => {
    const store = await openStore({ url: `file:${scratchFolder()}/a.sqlite`, now: () => PRESENT })
    await store.addMissing({ ...FOUNDATION, observations: [], events: [] })
    const { app, port, looks } = await serveCounted(store)
    const response = await openStream(port, STREAM)
    await eventually(() => looks.length > 2)
    response.destroy()
    const isNobodyThere = () =>
      new Promise<boolean>((resolve) => app.server.getConnections((_, count) => resolve(count === 0)))
    await eventually(isNobodyThere)
    const afterwards = looks.length
    await setTimeout(1_200)
    expect(looks.length).toBe(afterwards)
  })

  test('is charged for the changes that are read for it, and no other client is', async () => {
    const api = await start()
    const store: Store = {
      ...api.store,
      changes(...asked) {
        const begun = performance.now()
        while (performance.now() - begun < 2 * CPU_LIMIT_MS);
        return api.store.changes(...asked)
      },
    }
    const app = await buildApp({ store, now: () => PRESENT, logLevel: 'silent', cpuLimitMs: CPU_LIMIT_MS })
    await app.listen({ host: '127.0.0.1', port: 0 })
    onTestFinished(async () => {
      app.server.closeAllConnections()
      await app.close()
    })
    const { port } = app.server.address() as AddressInfo
    await changesOf(await openStream(port, `${STREAM}?after=0`), () => true)
    const statusFor = async (localAddress: string) => {
      const { statusCode } = await openStream(port, '/v1/totals?period=2023', { localAddress })
      return statusCode
    }
    expect(await statusFor('127.0.0.1')).toBe(429)
    expect(await statusFor('127.0.0.2')).toBe(200)
  })

  test('leaves one place for every other client, until there are three hundred', async () => {
    const api = await start()
    const streams: IncomingMessage[] = []
    for (let count = 0; count < 100; count++) {
      const localAddress = `127.0.0.${2 + Math.floor(count / 10)}`
      streams.push(await openStream(api.port, STREAM, { localAddress }))
    }
    for (let client = 0; client < 200; client++)
      streams.push(await openStream(api.port, STREAM, { localAddress: `127.0.1.${client}` }))
    expect(streams.every(({ statusCode }) => statusCode === 200)).toBe(true)
    const { status, headers } = await api.get(STREAM)
    expect(status).toBe(503)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    expect((await api.get('/v1/changes')).status).toBe(200)
    streams.pop()?.destroy()
    const late = await letIn(api.port)
    expect((await api.get(STREAM)).status).toBe(503)
    for (const stream of [...streams, late]) stream.destroy()
    const again = await letIn(api.port)
    again.destroy()
  })
})

test('limits the streams of one client, so that none takes the places of all others', async () => {
  const api = await start()
  const streams: IncomingMessage[] = []
  for (let count = 0; count < 10; count++) streams.push(await openStream(api.port, STREAM))
  const refused = await openStream(api.port, STREAM)
  expect(refused.statusCode).toBe(429)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  refused.destroy()
  const other = await openStream(api.port, STREAM, { localAddress: '127.0.0.2' })
  expect(other.statusCode).toBe(200)
  for (const stream of [...streams, other]) stream.destroy()
})

/** Asks for a stream until there is one: the server has to hear that another client has left. */
async function letIn(port: number): Promise<IncomingMessage> {
  for (;;) {
    const response = await openStream(port, STREAM)
    if (response.statusCode === 200) return response
    expect(response.statusCode).toBe(503)
    response.destroy()
  }
}

describe('when the server stops', () => {
  test('its streams end whole and at once', async () => {
    const api = await start()
    const streams = await Promise.all(
      Array.from({ length: 5 }, () => openStream(api.port, `${STREAM}?after=0`)),
    )
    let count = 0
    const received = streams.map((response) =>
      changesOf(response, () => {
        count += 1
        return false
      }),
    )
    await eventually(() => count === 5 * 7)
    // Who is cut off, as after the grace that others have, gets no end.
    await api.close()
    for (const changes of await Promise.all(received)) expect(changes.length).toBe(7)
    expect(streams.every(({ complete }) => complete)).toBe(true)
  })

  test('a client that takes nothing does not hold it up longer than any other', async () => {
    const store = await openStore({ url: `file:${scratchFolder()}/a.sqlite`, now: () => PRESENT })
    const sources = Array.from({ length: 20_000 }, (_, index) =>
      publication({ id: `s${index}`, title: 'x'.repeat(900) }),
    )
    await store.addMissing({
      indicators: [attemptedCrossings],
      borders: [],
      sources,
      observations: [],
      events: [],
    })
    const server = await startServer(configSchema.parse({ PORT: '0', LOG_LEVEL: 'silent' }), store)
    const response = await openStream(Number(new URL(server.url).port), `${STREAM}?after=0`)
    onTestFinished(() => void response.destroy())
    response.on('error', () => undefined)
    await eventually(() => response.readableLength > 0)
    const begun = performance.now()
    await server.close()
    // Far from the minute after which a stream is let go that nobody takes anything of.
    expect(performance.now() - begun).toBeLessThan(30_000)
  })
})

/** Serves a store, and counts the looks for a version and the reads of the log that it is asked for. */
async function serveCounted(store: Store) {
  const looks: number[] = []
  const reads: number[] = []
  const counted: Store = {
    ...store,
    currentVersion() {
      looks.push(looks.length)
      return store.currentVersion()
    },
    changes(...asked) {
      reads.push(reads.length)
      return store.changes(...asked)
    },
  }
  const app = await buildApp({ store: counted, now: () => PRESENT, logLevel: 'silent' })
  await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    app.server.closeAllConnections()
    await app.close()
    await store.close()
  })
  return { app, port: (app.server.address() as AddressInfo).port, looks, reads }
}
