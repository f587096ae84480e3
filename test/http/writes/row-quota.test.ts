import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../../../src/store/store.ts'
import {
  type Answer,
  dayOf,
  figure,
  PRESENT,
  startWriters,
  type Writers,
} from '../../support/http/writers.ts'
import { folderForAll } from '../../support/store/scratch.ts'

const url = `file:${folderForAll()}/crossings.sqlite`
const PATH = '/v1/observations'
let w: Writers
let number = 0

beforeAll(async () => {
  w = await startWriters({ url })
})
afterAll(() => w.close())

function fresh() {
  const day = dayOf(number++)
  return figure({ period_start: day, period_end: day })
}

const several = (count: number) => Array.from({ length: count }, fresh)

async function keyWith(rows_a_day: number): Promise<string> {
  return await w.store.write({ author: null, reason: null }, (transaction) =>
    transaction.addKey({ name: 'Newsroom', scope: 'write', expires_at: null, rows_a_day }),
  )
}

function post(key: string, body: unknown, { target = PATH, name = null as string | null, by = w } = {}) {
  const headers = name === null ? {} : { 'idempotency-key': name }
  return by.send('POST', target, { key, headers, body })
}

function importTable(key: string, count: number, target = '/v1/imports'): Promise<Answer> {
  const header =
    'source,publisher,origin,kind,title,published_on,url,country,neighbour,indicator,period_start,period_end,period_basis,count,qualifier,note'
  const id = `table-${number++}`
  const rows = Array.from({ length: count }, () => {
    const day = dayOf(number++)
    return `${id},LRT,VSAT,official,,2026-01-02,,LT,BY,attempted_crossings,${day},${day},stated,1,exact,`
  })
  const bytes = [header, ...rows].join('\r\n')
  return w.sendBytes('POST', target, { key, headers: { 'content-type': 'text/csv' }, bytes })
}

const leftIn = ({ headers }: Answer) =>
  /"rows";r=(\d+);t=(\d+)/
    .exec(headers.ratelimit ?? '')
    ?.slice(1, 3)
    .map(Number)

describe('a quota of rows a day', () => {
  test('is in the headers of each write, and a 429 that names it until midnight UTC once used up', async () => {
    const key = await keyWith(3)
    const first = await post(key, several(2))
    expect(first.status).toBe(201)
    expect(first.headers['ratelimit-policy']).toBe('"rows";q=3;w=86400')
    expect(leftIn(first)).toEqual([1, 43_200])
    const before = w.everything()
    const refused = await post(key, several(2))
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '43200'])
    expect(JSON.parse(refused.text).detail).toMatch(
      /3 rows a day, of which 1 are left.*nothing was recorded/s,
    )
    expect(w.everything()).toBe(before)
    expect(leftIn(await post(key, fresh()))).toEqual([0, 43_200])
    w.setTime('2026-06-02T00:00:00.000Z')
    expect((await post(key, fresh())).status).toBe(201)
    w.setTime(PRESENT)
  })

  test('counts the figures and the new publications of an import, and takes in all of a table or nothing', async () => {
    const key = await keyWith(5)
    expect((await importTable(key, 5)).status).toBe(429)
    const done = await importTable(key, 3)
    expect([done.status, leftIn(done)]).toEqual([201, [1, 43_200]])
    expect((await importTable(key, 1)).status).toBe(429)
    expect((await post(key, fresh())).status).toBe(201)
  })

  test('advises to split a table that is larger than the quota', async () => {
    const key = await keyWith(3)
    expect((await importTable(key, 50)).text).toContain('Send it in parts')
    await post(key, fresh())
    expect((await importTable(key, 50)).text).toContain('Try again in 43200 s')
  })

  test('does not count dry runs, and lets them through when it is used up', async () => {
    const key = await keyWith(2)
    const dry = () => post(key, several(2), { target: `${PATH}?dry_run=true` })
    const before = w.everything()
    expect(leftIn(await dry())?.[0]).toBe(2)
    expect(leftIn(await importTable(key, 9, '/v1/imports?dry_run=true'))?.[0]).toBe(2)
    expect(w.everything()).toBe(before)
    expect((await post(key, several(2))).status).toBe(201)
    const last = await dry()
    expect([last.status, leftIn(last)?.[0]]).toEqual([200, 0])
  })

  test('counts a request that is repeated with its Idempotency-Key once, with either key of a rotation', async () => {
    const key = await keyWith(2)
    const body = several(2)
    const first = await post(key, body, { name: 'once' })
    const { id } = (await w.store.keyOf(key)) ?? { id: 0 }
    const { key: next } = await w.store.write({ author: null, reason: null }, (transaction) =>
      transaction.rotateKey(String(id), { overlapMs: 60_000 }),
    )
    for (const each of [key, next]) {
      const again = await post(each, body, { name: 'once' })
      expect([again.status, again.text, leftIn(again)?.[0]]).toEqual([201, first.text, 0])
    }
    for (const each of [key, next]) expect((await post(each, fresh())).status).toBe(429)
  })

  test('is exact where 40 clients write at once through two servers on one file', async () => {
    const key = await keyWith(15)
    const other = await startWriters({ url })
    const answers = await Promise.all(
      several(40).map((body, index) => post(key, body, { by: index % 2 === 0 ? w : other })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([
      ...Array(15).fill(201),
      ...Array(25).fill(429),
    ])
    await other.close()
  })

  test('is not sent to a key without one', async () => {
    expect((await post(w.keys.write, fresh())).headers.ratelimit).toBeUndefined()
  })

  test('stands beside the limit of requests in the same fields', async () => {
    const { buildApp } = await import('../../../src/http/app.ts')
    const key = await keyWith(5)
    const store = await openStore({ url, now: () => PRESENT })
    const app = await buildApp({ store, now: () => PRESENT, logLevel: 'silent', rateLimit: 10 })
    const { headers } = await app.inject({
      method: 'POST',
      url: PATH,
      headers: { authorization: `Bearer ${key}` },
      payload: fresh(),
    })
    expect(headers['ratelimit-policy']).toBe('"requests";q=10;w=60, "rows";q=5;w=86400')
    expect(headers.ratelimit).toMatch(/^"requests";r=9;t=60, "rows";r=4;t=43200$/)
    await app.close()
    await store.close()
  })
})
