import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Change } from '../../../src/domain/change.ts'
import { openStore } from '../../../src/store/store.ts'
import { linksOf } from '../../support/http/conformance.ts'
import { copyOf, heldAt } from '../../support/http/copy.ts'
import { type Harness, type List, startApp } from '../../support/http/harness.ts'
import { FOUNDATION, perform, writes } from '../../support/http/random-writes.ts'
import { figure, publication } from '../../support/http/records.ts'
import { runs } from '../../support/run-count.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

let api: Harness
let log: Change[]
const list = (target: string) => api.json<List<Change>>(target)

const FIGURE = figure({ source: 's0', count: 5, note: 'as published' })
const { period_basis, qualifier } = FIGURE
const EVENT = {
  id: 'meeting',
  period_start: '2024-01-01',
  period_end: '2024-01-01',
  precision: 'day' as const,
  title: 'A meeting',
  source: 's0',
}

beforeAll(async () => {
  api = await startApp({ records: { ...FOUNDATION, observations: [FIGURE] } })
  const { store } = api
  api.setTime('2026-06-02T00:00:00.000Z')
  await store.write({ author: 'desk', reason: 'misread' }, async (transaction) => {
    await transaction.putEvent(EVENT)
    await transaction.putSource(publication({ id: 's1', title: 'Renamed' }))
    await transaction.reviseObservation(1, { period_basis, count: 6, qualifier, note: null })
    await transaction.addObservation(figure({ source: 's1', count: 1 }))
  })
  await store.write({ author: 'desk', reason: null }, (transaction) =>
    transaction.reviseObservation(1, { period_basis, count: 6, qualifier, note: null }, 'never published'),
  )
  await store.write({ author: 'other', reason: null }, async (transaction) => {
    await transaction.reviseObservation(1, { period_basis, count: 7, qualifier: 'at_least', note: null })
    await transaction.putEvent(EVENT, 'did not take place')
  })
  log = (await list('/v1/changes')).data
})
afterAll(async () => {
  await api.close()
})

describe('the list', () => {
  test('holds every change of every version, by kind of resource and then by id', () => {
    expect(log.map(({ version, change, resource, id }) => `${version} ${change} ${resource} ${id}`)).toEqual([
      '1 created indicator attempted_crossings',
      '1 created border EU-BY',
      '1 created border LV-BY',
      '1 created border PL-BY',
      '1 created source s0',
      '1 created source s1',
      '1 created source s2',
      '1 created observation 1',
      '2 revised source s1',
      '2 revised observation 1',
      '2 created observation 2',
      '2 created event meeting',
      '3 retracted observation 1',
      '4 revised observation 1',
      '4 retracted event meeting',
    ])
  })

  test('says when each was recorded, by whom and why', () => {
    const told = ({ recorded_at, author, reason }: Change) => [recorded_at, author, reason]
    expect(log.filter(({ resource, id }) => resource === 'observation' && id === 1).map(told)).toEqual([
      ['2026-06-01T12:00:00.000Z', null, null],
      ['2026-06-02T00:00:00.000Z', 'desk', 'misread'],
      ['2026-06-02T00:00:00.000Z', 'desk', 'never published'],
      ['2026-06-02T00:00:00.000Z', 'other', null],
    ])
  })

  test('shows the state that each recorded, of what was retracted the one that was withdrawn', () => {
    const states = log.filter(({ resource, id }) => resource === 'observation' && id === 1)
    expect(states.map(({ state }) => state)).toEqual([
      { id: 1, ...FIGURE },
      { id: 1, ...FIGURE, count: 6, note: null },
      { id: 1, ...FIGURE, count: 6, note: null },
      { id: 1, ...FIGURE, count: 7, qualifier: 'at_least', note: null },
    ])
    expect(log.find(({ resource, change }) => resource === 'event' && change === 'created')?.state).toEqual(
      EVENT,
    )
    expect(log.find(({ id }) => id === 'PL-BY')?.state).toEqual(FOUNDATION.borders[0])
  })

  test('holds only what came after a version, and with as_of only what had come by then', async () => {
    for (let asOf = 0; asOf <= 4; asOf++) {
      for (let after = 0; after <= asOf; after++) {
        const { data, meta } = await list(`/v1/changes?after=${after}&as_of=${asOf}`)
        expect(data).toEqual(log.filter(({ version }) => version > after && version <= asOf))
        expect(meta).toMatchObject({ version: asOf, next: null })
      }
    }
    expect((await list('/v1/changes?as_of=2026-06-01T23:00:00Z')).data.length).toBe(8)
  })

  test('is empty where nothing came after, and where nothing is recorded', async () => {
    expect(await list('/v1/changes?after=4')).toMatchObject({ data: [], meta: { version: 4, next: null } })
    const own = await startApp({ records: {} })
    expect(await own.json<List<Change>>('/v1/changes')).toMatchObject({ data: [], meta: { version: 0 } })
    await own.close()
  })

  test('refuses a version that is yet to come, naming after', async () => {
    for (const target of ['/v1/changes?after=5', '/v1/changes?after=3&as_of=2']) {
      const { errors } = await api.problem(400, target)
      expect(errors).toEqual([{ parameter: 'after', detail: expect.stringContaining('is beyond') }])
    }
    for (const value of ['-1', '1.5', '01', 'x', '', '2024-11-15', '1,2']) {
      const { errors } = await api.problem(400, `/v1/changes?after=${value}`)
      expect(
        errors?.map(({ parameter }) => parameter),
        value,
      ).toEqual(['after'])
    }
    await api.problem(400, '/v1/changes?country=PL')
  })

  test('comes page by page, of any size, also with a page that ends within a version', async () => {
    for (const limit of [1, 2, 3, 7, 14, 15, 16]) {
      expect(await api.pages<Change>(`/v1/changes?limit=${limit}`)).toEqual(log)
      const rest = log.filter(({ version }) => version > 1)
      expect(await api.pages<Change>(`/v1/changes?limit=${limit}&after=1`)).toEqual(rest)
    }
    const { headers } = await api.get('/v1/changes?limit=15')
    expect(linksOf(headers.link).next).toBeUndefined()
  })

  test('refuses the cursor of another question', async () => {
    const { meta } = await list('/v1/changes?limit=2')
    await api.problem(400, `/v1/changes?limit=2&after=1&cursor=${meta.next}`)
    await api.problem(400, `/v1/sources?limit=2&cursor=${meta.next}`)
  })

  test('goes on through its pages as it was when the first was read, and then from there', async () => {
    const own = await startApp({ records: FOUNDATION })
    const first = await own.json<List<Change>>('/v1/changes?limit=4')
    await own.add({ sources: [publication({ id: 'late' })] })
    const second = await own.json<List<Change>>(`/v1/changes?cursor=${first.meta.next}`)
    expect(second).toMatchObject({ meta: { version: 1, next: null } })
    expect([...first.data, ...second.data].length).toBe(7)
    const then = await own.json<List<Change>>(`/v1/changes?after=${second.meta.version}`)
    expect(then.data.map(({ id }) => id)).toEqual(['late'])
    await own.close()
  })

  test('is the same as CSV, with each state as JSON', async () => {
    const rows: Record<string, string>[] = parse(await api.csv('/v1/changes?after=1'), { columns: true })
    const expected = log.filter(({ version }) => version > 1)
    expect(rows.map(({ state = '', ...row }) => ({ ...row, state: JSON.parse(state) }))).toEqual(
      expected.map((change) => ({
        ...change,
        version: String(change.version),
        id: String(change.id),
        author: change.author ?? '',
        reason: change.reason ?? '',
      })),
    )
  })

  test('never changes for a past version, and says so to caches', async () => {
    const own = await startApp({ records: FOUNDATION })
    const { headers, text } = await own.get('/v1/changes?as_of=1')
    expect(headers['cache-control']).toContain('immutable')
    await own.add({ sources: [publication({ id: 'afterwards' })] })
    expect((await own.get('/v1/changes?as_of=1')).text).toBe(text)
  })
})

test('the list holds all that several writers did, in order, and rebuilds every version', async () => {
  const folder = scratchFolder()
  let run = 0
  await fc.assert(
    fc.asyncProperty(writes, writes, fc.integer({ min: 1, max: 9 }), async (mine, theirs, limit) => {
      run += 1
      const url = `file:${folder}/${run}.sqlite`
      const own = await startApp({ url, records: FOUNDATION })
      const other = await openStore({ url, now: () => '2026-06-03T00:00:00.000Z' })
      try {
        const told = await Promise.all([
          ...mine.map((deeds) => perform(own.store, 'mine', deeds)),
          ...theirs.map((deeds) => perform(other, 'theirs', deeds)),
        ])
        const changes = await own.pages<Change>(`/v1/changes?limit=${limit}`)
        const seen = changes
          .filter(({ version }) => version > 1)
          .map(({ recorded_at: _, state: __, ...rest }) => rest)
        expect(seen).toEqual(told.flat().toSorted((a, b) => a.version - b.version))
        const { version: newest } = await own.store.currentVersion()
        expect(newest).toBe(1 + mine.length + theirs.length)
        for (let version = 0; version <= newest; version++) {
          const until = changes.filter((change) => change.version <= version)
          expect(copyOf(until)).toEqual(await heldAt(own.store, version))
        }
      } finally {
        await other.close()
        await own.close()
      }
    }),
    { numRuns: runs(25) },
  )
})
