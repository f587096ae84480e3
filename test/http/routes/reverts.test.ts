import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Change } from '../../../src/domain/change.ts'
import type { Revert } from '../../../src/domain/revert.ts'
import { afterVersion } from '../../../src/store/read/changes.ts'
import { FOUNDATION, perform, writes } from '../../support/http/random-writes.ts'
import { attemptedCrossings, border, publication } from '../../support/http/records.ts'
import {
  figure,
  pointersOf,
  startWriters,
  stateOf,
  type Told,
  type Writers,
  type Written,
} from '../../support/http/writers.ts'
import { runs } from '../../support/run-count.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const PATH = '/v1/reverts?reason=Misused'
const WHOLE = {
  ...FOUNDATION,
  indicators: [0, 1, 2].map((which) => ({ ...attemptedCrossings, id: `indicator-${which}` })),
  borders: [...FOUNDATION.borders, border('LT-RU', 3)],
  sources: [...FOUNDATION.sources, ...[3, 4, 5].map((which) => publication({ id: `s${which}` }))],
  observations: [],
  events: [],
}

async function start(): Promise<Writers> {
  const records = { ...WHOLE, indicators: [attemptedCrossings, ...WHOLE.indicators] }
  const api = await startWriters({ url: `file:${scratchFolder()}/crossings.sqlite`, records })
  onTestFinished(() => api.close())
  return api
}

const revert = (api: Writers, body: object, status = 201, query = '') =>
  api.expect<Told<Revert>>(status, 'POST', `${PATH}${query}`, { key: api.keys.admin, body })

/** What everybody is answered, but for the versions that it names. */
async function answersOf(api: Writers, version: number): Promise<unknown[]> {
  const lists = [
    'totals',
    'series',
    'observations',
    'conflicts',
    'sources',
    'events',
    'borders',
    'indicators',
  ]
  const answers: unknown[] = []
  for (const list of lists) {
    const text = (await api.send('GET', `/v1/${list}?as_of=${version}`, { key: null })).text
    const { meta: _, ...body } = JSON.parse(text)
    answers.push(JSON.parse(JSON.stringify(body), (key, value) => (key === 'version' ? undefined : value)))
  }
  return answers
}

/** The last of some changes of each resource. */
function newestOf(changes: readonly Change[]): Map<string, Change> {
  return new Map(changes.map((change) => [`${change.resource} ${change.id}`, change]))
}

function standingIn(changes: ReadonlyMap<string, Change>, name: string): unknown {
  const change = changes.get(name)
  return change === undefined || change.change === 'retracted' ? null : change.state
}

describe('a revert', () => {
  test('of everything that a key wrote gives the answers of before, and its own revert those of after', async () => {
    await fc.assert(
      fc.asyncProperty(writes, writes, async (before, misused) => {
        const api = await start()
        for (const deeds of before) await perform(api.store, 'base', deeds)
        const first = await api.version()
        for (const deeds of misused) await perform(api.store, 'misused', deeds)
        const last = await api.version()
        const { data, meta } = await revert(api, { author: 'misused' })
        expect(data).toMatchObject({ versions: last - first, left: [], left_count: 0 })
        expect(meta.version).toBe(last + 1)
        expect(await answersOf(api, meta.version)).toEqual(await answersOf(api, first))
        expect(await api.store.changes(afterVersion(last), last + 1, 1)).toMatchObject([
          { author: 'The admin desk', reason: 'Misused' },
        ])
        const again = await revert(api, { version: last + 1 })
        expect(again.data).toMatchObject({ versions: 1, left_count: 0 })
        expect(await answersOf(api, last + 2)).toEqual(await answersOf(api, last))
        expect(await answersOf(api, last + 1)).toEqual(await answersOf(api, first))
      }),
      { numRuns: runs(8), endOnFailure: true },
    )
  })

  test('leaves what others have changed since, and lists it', async () => {
    const turns = fc.array(fc.tuple(fc.constantFrom('misused', 'other'), writes), {
      minLength: 2,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(turns, async (all) => {
        const api = await start()
        for (const [author, several] of all)
          for (const deeds of several) await perform(api.store, author, deeds)
        const last = await api.version()
        const log = await api.store.changes(afterVersion(0), last, 10_000)
        if (!log.some(({ author }) => author === 'misused')) return
        const body = { author: 'misused' }
        const answer = await api.send('POST', PATH, { key: api.keys.admin, body })
        const { data }: Told<Revert> = JSON.parse(answer.text)
        const now = newestOf(await api.store.changes(afterVersion(0), last + 1, 10_000))
        const newest = newestOf(log)
        const former = newestOf(log.filter(({ author }) => author !== 'misused'))
        const left = new Set(data.left.map(({ resource, id }) => `${resource} ${id}`))
        for (const name of newestOf(log.filter(({ author }) => author === 'misused')).keys()) {
          const isLeft = newest.get(name)?.author !== 'misused'
          if (isLeft) expect(left).toContain(name)
          const expected = left.has(name) ? newest : former
          expect(standingIn(now, name), name).toEqual(standingIn(expected, name))
        }
        for (const [name, change] of newest)
          if (change.author !== 'misused') expect(now.get(name)).toEqual(change)
      }),
      { numRuns: runs(15), endOnFailure: true },
    )
  })

  test('of one version takes back that one alone, and a dry run says so and writes nothing', async () => {
    const api = await start()
    const { data: kept } = await api.add(figure({ source: 's0', country: 'PL', count: 1 }))
    const { data: wrong } = await api.add(figure({ source: 's1', country: 'PL', count: 2 }))
    const headers = { 'if-match': '*' }
    const body = stateOf({ ...kept, count: 7 })
    await api.expect(200, 'PUT', `/v1/observations/${kept.id}`, { body, headers })
    const before = api.everything()
    const sent = { version: wrong.version }
    const dry = await revert(api, sent, 200, '&dry_run=true')
    expect(api.everything()).toBe(before)
    const { data, meta } = await revert(api, sent)
    expect(data).toEqual({ versions: 1, restored: 0, retracted: 1, left: [], left_count: 0 })
    expect(dry.data).toEqual(data)
    const { data: rows } = await api.read<{ data: Written[] }>('/v1/observations')
    expect(rows).toMatchObject([{ id: kept.id, count: 7 }])
    expect((await api.revisions(wrong.id)).at(-1)).toMatchObject({
      ...{ change: 'retracted', version: meta.version, author: 'The admin desk', reason: 'Misused' },
    })
    const again = await revert(api, sent, 200)
    expect(again.data).toEqual({
      ...{ versions: 1, restored: 0, retracted: 0, left_count: 1 },
      left: [
        { resource: 'observation', id: wrong.id, detail: `it was changed again in version ${meta.version}` },
      ],
    })
    expect(again.meta.version).toBe(meta.version)
  })

  test('goes back to a version or a time', async () => {
    const api = await start()
    const first = await api.add(figure({ source: 's0', country: 'PL', count: 1 }))
    api.setTime('2026-06-02T00:00:00.000Z')
    const second = await api.add(figure({ source: 's1', country: 'PL', count: 2 }))
    const author = 'The write desk'
    const of = async (since: number | string) =>
      (await revert(api, { author, since }, 200, '&dry_run=true')).data.retracted
    expect(await of(first.data.version)).toBe(2)
    expect(await of(second.data.version)).toBe(1)
    expect(await of('2026-06-02T02:00:00+02:00')).toBe(1)
    expect(await of('2026-06-01T12:00:00Z')).toBe(2)
    for (const [body, pointer] of [
      [{ author, since: second.data.version + 1 }, '/author'],
      [{ author: 'Nobody' }, '/author'],
      [{ version: 99 }, '/version'],
    ] as const)
      expect(pointersOf(await api.refused(422, 'POST', PATH, { key: api.keys.admin, body }))).toEqual([
        pointer,
      ])
    for (const [body, pointer] of [
      [{}, '/version'],
      [{ since: 1 }, '/version'],
      [{ version: 1, author }, '/version'],
      [{ version: 1, since: 1 }, '/since'],
    ] as const)
      expect(pointersOf(await api.refused(422, 'POST', PATH, { key: api.keys.admin, body }))).toEqual([
        pointer,
      ])
    for (const body of [[], { version: 0 }, { author, since: 'yesterday' }, { author: '' }])
      await api.refused(400, 'POST', PATH, { key: api.keys.admin, body })
    await api.refused(400, 'POST', '/v1/reverts', { key: api.keys.admin, body: { version: 1 } })
    await api.refused(403, 'POST', PATH, { body: { version: 1 } })
  })

  test('leaves a publication that figures of others name, and what cannot be retracted', async () => {
    const api = await start()
    const body = publication({ id: 'new' })
    const { meta } = await api.expect<Told<object>>(201, 'POST', '/v1/sources', { body })
    const { data: other } = await api.add(figure({ source: 'new', country: 'PL' }))
    const key = api.keys.admin
    const made = await api.expect<Told<object>>(201, 'PUT', '/v1/borders/LT-BY', {
      key,
      body: border('LT-BY', 5),
    })
    expect((await revert(api, { version: meta.version }, 200)).data.left).toEqual([
      { resource: 'source', id: 'new', detail: 'figures or events that stand name it' },
    ])
    expect((await revert(api, { version: made.meta.version }, 200)).data.left).toEqual([
      { resource: 'border', id: 'LT-BY', detail: 'it was added, and borders cannot be retracted' },
    ])
    await api.expect(200, 'DELETE', `/v1/observations/${other.id}?reason=Wrong`)
    const gone = await api.version()
    await revert(api, { version: meta.version })
    expect((await revert(api, { version: gone }, 200)).data.left).toEqual([
      { resource: 'observation', id: other.id, detail: 'its source new is retracted' },
    ])
  })

  test('puts groups back, unless a group would be a member of a group', async () => {
    const api = await start()
    const key = api.keys.admin
    const put = async (id: string, members: string[]) => {
      const sent = { key, body: border(id, 7, members), headers: { 'if-match': '*' } }
      return (await api.expect<Told<object>>(200, 'PUT', `/v1/borders/${id}`, sent)).meta.version
    }
    const emptied = await put('EU-BY', [])
    const grouped = await put('PL-BY', ['LT-RU'])
    expect((await revert(api, { version: emptied }, 200)).data.left).toEqual([
      { resource: 'border', id: 'EU-BY', detail: 'a group would be a member of a group' },
    ])
    const { data } = await revert(api, { author: 'The admin desk', since: emptied })
    expect([data.restored, data.left]).toEqual([2, []])
    expect((await api.store.borders(grouped + 1)).map(({ id, members }) => [id, members])).toContainEqual([
      'EU-BY',
      ['PL-BY', 'LV-BY'],
    ])
  })
})

test('an import that names a reverted publication adds it again', async () => {
  const api = await start()
  const bytes = `source,publisher,origin,kind,title,published_on,url,country,neighbour,indicator,period_start,period_end,period_basis,count,qualifier,note
new,LRT,VSAT,official,,2025-01-02,,PL,BY,attempted_crossings,2024-01-01,2024-01-01,stated,1,exact,
`
  const upload = (text: string) =>
    api.sendBytes('POST', '/v1/imports', { bytes: text, headers: { 'content-type': 'text/csv' } })
  expect((await upload(bytes)).status).toBe(201)
  expect((await revert(api, { version: 2 })).data).toMatchObject({ retracted: 2 })
  const next = await upload(bytes.replaceAll('2024-01-01', '2024-01-02').replace('LRT', 'Delfi'))
  expect(JSON.parse(next.text).data).toEqual({ observations: 1, unchanged: 0, sources: 1 })
  const { data } = await api.read<{ data: Written[] }>('/v1/observations')
  expect(data).toMatchObject([{ source: 'new', publisher: 'Delfi', period_start: '2024-01-02' }])
})
