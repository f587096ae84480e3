import { setImmediate, setTimeout } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { changeEvents } from '../../../src/http/changes/event-stream.ts'
import { afterVersion } from '../../../src/store/read/changes.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { eventually } from '../../support/eventually.ts'
import { PRESENT } from '../../support/http/harness.ts'
import { FOUNDATION } from '../../support/http/random-writes.ts'
import { publication } from '../../support/http/records.ts'

const NOTHING = { indicators: [], borders: [], sources: [], observations: [], events: [] }
const stop = new AbortController()
const stores: Store[] = []
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})

/** A store with some sources, each read of whose log is noted. */
async function storeWith(count: number) {
  const store = await openStore({ url: 'file::memory:', now: () => PRESENT })
  stores.push(store)
  const sources = Array.from({ length: count }, (_, index) => publication({ id: `s${index}` }))
  await store.addMissing({ ...NOTHING, sources })
  const reads: number[] = []
  const looks: number[] = []
  const counted: Pick<Store, 'changes' | 'currentVersion'> = {
    currentVersion() {
      looks.push(looks.length)
      return store.currentVersion()
    },
    async changes(...asked) {
      const page = await store.changes(...asked)
      reads.push(page.length)
      return page
    },
  }
  return { store, counted, reads, looks }
}

const dataIn = (text: string) => text.split('\n').filter((line) => line.startsWith('data: ')).length

test('begin with where they begin, so that a client cut off before the first event comes back to it', async () => {
  const { counted } = await storeWith(3)
  const events = changeEvents(counted, afterVersion(1), { signal: stop.signal })
  expect((await events.next()).value).toBe('retry: 2000\nid: 1\n\n')
  await events.return()
})

test('are read a page at a time, and only when they are consumed', async () => {
  const { counted, reads } = await storeWith(1_000)
  const events = changeEvents(counted, afterVersion(0), { signal: stop.signal })
  await events.next()
  expect(reads).toEqual([])
  let sum = 0
  for (let page = 1; page <= 4; page++) {
    const { value } = await events.next()
    sum += dataIn(String(value))
    await setTimeout(20)
    expect(reads.length).toBe(page)
    expect(Math.max(...reads)).toBeLessThanOrEqual(250)
  }
  expect(sum).toBe(1_000)
  await events.return()
})

test('are sent soon after they are recorded', async () => {
  const { store, counted, looks } = await storeWith(1)
  const events = changeEvents(counted, afterVersion(1), { signal: stop.signal })
  await events.next()
  const next = events.next()
  await eventually(() => looks.length > 0)
  const before = looks.length
  await store.addMissing({ ...NOTHING, ...FOUNDATION, sources: [publication({ id: 'late' })] })
  const { value } = await next
  // A look may have begun before the write was committed.
  expect(looks.length - before).toBeLessThanOrEqual(2)
  expect(String(value)).toMatch(/^event: change\nid: 2\.indicator\.attempted_crossings\ndata: \{.*\}\n\n/)
  await events.return()
})

test('ask for the version alone while nothing is recorded', async () => {
  const { counted, reads, looks } = await storeWith(3)
  const events = changeEvents(counted, afterVersion(0), { signal: stop.signal, heartbeatMs: 900 })
  await events.next()
  await events.next()
  await events.next()
  expect(reads).toEqual([3])
  expect(looks.length).toBeGreaterThan(1)
  expect(looks.length).toBeLessThan(10)
  await events.return()
})

test('are a comment where there has been nothing for long, and no comment where there has', async () => {
  const { counted } = await storeWith(1_000)
  const events = changeEvents(counted, afterVersion(0), { signal: stop.signal, heartbeatMs: 400 })
  const texts: string[] = []
  for (let count = 0; count < 7; count++) texts.push(String((await events.next()).value))
  expect(texts.map((text) => (text.startsWith(':') ? text : dataIn(text)))).toEqual([
    0,
    250,
    250,
    250,
    250,
    ': still here\n\n',
    ': still here\n\n',
  ])
  await events.return()
})

test('end as soon as they are aborted, also while nothing happens', async () => {
  const { counted, looks } = await storeWith(1)
  const leaving = new AbortController()
  const events = changeEvents(counted, afterVersion(1), { signal: leaving.signal })
  await events.next()
  const next = events.next()
  await eventually(() => looks.length > 0)
  const before = looks.length
  let ended: unknown
  next.then((last) => {
    ended = last
  })
  leaving.abort()
  for (let turn = 0; turn < 10; turn++) await setImmediate()
  expect(ended).toEqual({ value: undefined, done: true })
  expect(looks.length).toBe(before)
})
