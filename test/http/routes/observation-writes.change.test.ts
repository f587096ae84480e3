import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Revision } from '../../../src/domain/change.ts'
import type { ObservationWithStatus, Statement } from '../../../src/domain/observation.ts'
import {
  figure,
  freshFigures,
  matching,
  PATH,
  PRESENT,
  pointersOf,
  revise,
  startWriters,
  stateOf,
  type Told,
  type Writers,
  type Written,
} from '../../support/http/writers.ts'
import { folderForAll } from '../../support/store/scratch.ts'

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

describe('PUT /v1/observations/{id}', () => {
  test('records a new state, and shows it from then on', async () => {
    const { data } = await w.add(fresh())
    const answer = await w.send('PUT', `${PATH}/${data.id}`, revise(data, { count: 8, note: 'corrected' }))
    expect(answer.status).toBe(200)
    const told: Told<Written> = JSON.parse(answer.text)
    expect(told.data).toEqual({ ...data, count: 8, note: 'corrected', version: data.version + 1 })
    expect(answer.headers.etag).toBe(`"${data.version + 1}"`)
    expect(await one(data.id)).toMatchObject({ count: 8, note: 'corrected', version: data.version + 1 })
    const past = await w.read<Told<ObservationWithStatus>>(`${PATH}/${data.id}?as_of=${data.version}`)
    expect(past.data).toMatchObject({ count: 100, note: null, version: data.version })
  })

  test('needs If-Match', async () => {
    const { data } = await w.add(fresh())
    await w.refused(428, 'PUT', `${PATH}/${data.id}`, { body: stateOf({ ...data, count: 1 }) })
    expect((await one(data.id)).count).toBe(100)
  })

  test('refuses an ETag that is not that of the newest state, and says which is', async () => {
    const { data } = await w.add(fresh())
    await w.expect(200, 'PUT', `${PATH}/${data.id}`, revise(data, { count: 1 }))
    const problem = await w.refused(412, 'PUT', `${PATH}/${data.id}`, revise(data, { count: 2 }))
    expect(problem.detail).toContain(`"${data.version + 1}"`)
    expect((await one(data.id)).count).toBe(1)
  })

  test.for(['"0"', '""', 'VERSION', 'W/"VERSION"', '"VERSION', 'x', '"VERSION0"'])(
    'refuses the ETag %s, which names no state of it',
    async (etag) => {
      const { data } = await w.add(fresh())
      const headers = { 'if-match': etag.replace('VERSION', String(data.version)) }
      const { status } = await w.send('PUT', `${PATH}/${data.id}`, { headers, body: stateOf(figure()) })
      expect([400, 412]).toContain(status)
    },
  )

  test('takes any state for *, and its ETag in a list', async () => {
    const { data } = await w.add(fresh())
    const any = { headers: { 'if-match': '*' }, body: stateOf({ ...data, count: 1 }) }
    const next = await w.expect<Told<Written>>(200, 'PUT', `${PATH}/${data.id}`, any)
    const listed = { 'if-match': `"1", "${next.data.version}" , "2"` }
    await w.expect(200, 'PUT', `${PATH}/${data.id}`, {
      headers: listed,
      body: stateOf({ ...data, count: 2 }),
    })
  })

  test('knows only what was recorded', async () => {
    for (const id of [999_999, 999_999_999_999_999]) {
      const body = stateOf(figure())
      await w.refused(404, 'PUT', `${PATH}/${id}`, { body })
      await w.refused(412, 'PUT', `${PATH}/${id}`, { headers: { 'if-match': '*' }, body })
      await w.refused(404, 'DELETE', `${PATH}/${id}?reason=x`)
      await w.refused(412, 'DELETE', `${PATH}/${id}?reason=x`, { headers: { 'if-match': '"1"' } })
    }
    for (const id of ['0', '-1', '1.5', '1e3', '0x1', 'one', '%00', '9007199254740993', '01']) {
      const sent = { headers: { 'if-match': '*' }, body: stateOf(figure()) }
      await w.refused(400, 'PUT', `${PATH}/${id}`, sent)
    }
  })

  test('makes no version of the same state', async () => {
    const { data } = await w.add(fresh({ note: 'as of noon' }))
    const before = w.everything()
    const answer = await w.send('PUT', `${PATH}/${data.id}`, revise(data))
    expect(answer.status).toBe(200)
    expect(answer.headers.etag).toBe(`"${data.version}"`)
    expect(JSON.parse(answer.text)).toMatchObject({ data, meta: { version: data.version } })
    expect(w.everything()).toBe(before)
  })

  test('notices each field that changes', async () => {
    const { data } = await w.add(fresh({ note: 'first' }))
    const changes: Partial<Statement>[] = [
      { count: 101 },
      { qualifier: 'about' },
      { period_basis: 'inferred' },
      { note: 'second' },
      { note: null },
    ]
    let held = data
    for (const facts of changes) {
      const { data: next } = await w.expect<Told<Written>>(
        200,
        'PUT',
        `${PATH}/${held.id}`,
        revise(held, facts),
      )
      expect(next).toMatchObject(facts)
      expect(next.version).toBe(held.version + 1)
      held = next
    }
  })

  test('may repeat the natural key, but not change it', async () => {
    const { data } = await w.add(fresh())
    const { source, country, neighbour, indicator, period_start, period_end } = data
    const key = { source, country, neighbour, indicator, period_start, period_end }
    const others = {
      source: 'lrytas-2025-10-18',
      country: 'LV',
      neighbour: 'EU',
      indicator: 'apprehensions',
      period_start: '2020-01-01',
      period_end: '2029-12-31',
    }
    const state = stateOf({ ...data, count: 9 })
    for (const [field, value] of Object.entries(others)) {
      const sent = { headers: matching(data), body: { ...state, ...key, [field]: value } }
      expect(pointersOf(await w.refused(422, 'PUT', `${PATH}/${data.id}`, sent))).toEqual([`/${field}`])
    }
    const all = await w.refused(422, 'PUT', `${PATH}/${data.id}`, {
      headers: matching(data),
      body: { ...state, ...others },
    })
    expect(pointersOf(all)).toEqual(Object.keys(others).map((field) => `/${field}`))
    expect((await one(data.id)).version).toBe(data.version)
    await w.expect(200, 'PUT', `${PATH}/${data.id}`, { headers: matching(data), body: { ...state, ...key } })
  })

  test.for(['period_basis', 'count', 'qualifier', 'note'])('needs the whole state: %s too', async (field) => {
    const { data } = await w.add(fresh())
    const { [field]: _, ...body } = stateOf(data) as Record<string, unknown>
    const problem = await w.refused(400, 'PUT', `${PATH}/${data.id}`, { headers: matching(data), body })
    expect(pointersOf(problem)).toEqual([`/${field}`])
  })

  test('revives a retracted one, also as it was, and only from its retraction', async () => {
    const { data } = await w.add(fresh())
    const retracted = await w.send('DELETE', `${PATH}/${data.id}?reason=Misprint`)
    await w.refused(412, 'PUT', `${PATH}/${data.id}`, revise(data))
    const headers = { 'if-match': retracted.headers.etag ?? '' }
    const { data: revived } = await w.expect<Told<Written>>(200, 'PUT', `${PATH}/${data.id}`, {
      headers,
      body: stateOf(data),
    })
    expect(revived).toEqual({ ...data, version: data.version + 2 })
    const { conflict: _, ...row } = revived
    expect(await one(data.id)).toEqual(row)
    expect((await w.revisions(data.id)).map(({ change }) => change)).toEqual([
      'created',
      'retracted',
      'revised',
    ])
  })
})

describe('DELETE /v1/observations/{id}', () => {
  test('takes it out of every answer, but not of those of the past', async () => {
    const { data } = await w.add(fresh({ count: 77 }))
    const window = `from=${data.period_start}&to=${data.period_end}`
    const targets = [
      `${PATH}?${window}&country=LT`,
      `/v1/totals?${window}&country=LT`,
      `/v1/series?interval=day&${window}&country=LT`,
    ]
    const past = (target: string) => w.send('GET', `${target}&as_of=${data.version}`, { key: null })
    const before = await Promise.all(targets.map(past))
    for (const { text } of before) expect(text).toContain('77')

    const answer = await w.send('DELETE', `${PATH}/${data.id}?reason=Counted%20twice`)
    expect(answer.status).toBe(200)
    const { data: told, meta }: Told<Revision> = JSON.parse(answer.text)
    expect(told).toMatchObject({ id: data.id, change: 'retracted', reason: 'Counted twice', count: 77 })
    expect(meta).toEqual({ version: data.version + 1, dry_run: false })
    expect(answer.headers.etag).toBe(`"${data.version + 1}"`)

    await w.refused(404, 'GET', `${PATH}/${data.id}`, { key: null })
    for (const target of targets) expect((await w.send('GET', target)).text).not.toContain('77')
    expect((await Promise.all(targets.map(past))).map(({ text }) => text)).toEqual(
      before.map(({ text }) => text),
    )
    expect((await w.read<Told<Written>>(`${PATH}/${data.id}?as_of=${data.version}`)).data.count).toBe(77)
  })

  test.for(['', '?reason=', '?reason=%20', '?reason=a%0Ab', `?reason=${'x'.repeat(501)}`])(
    'needs a reason: rejects %s',
    async (query) => {
      const { data } = await w.add(fresh())
      const problem = await w.refused(400, 'DELETE', `${PATH}/${data.id}${query}`)
      expect(problem.errors?.[0]?.parameter).toBe('reason')
      await one(data.id)
    },
  )

  test('does so once', async () => {
    const { data } = await w.add(fresh())
    await w.expect(200, 'DELETE', `${PATH}/${data.id}?reason=Misprint`)
    const before = w.everything()
    await w.refused(404, 'DELETE', `${PATH}/${data.id}?reason=Misprint`)
    await w.refused(404, 'DELETE', `${PATH}/999999?reason=Misprint`)
    expect(w.everything()).toBe(before)
  })

  test('obeys If-Match where it is sent', async () => {
    const { data } = await w.add(fresh())
    const target = `${PATH}/${data.id}?reason=Misprint`
    await w.refused(412, 'DELETE', target, { headers: { 'if-match': `"${data.version - 1}"` } })
    await one(data.id)
    await w.expect(200, 'DELETE', target, { headers: matching(data) })
  })
})

describe('GET /v1/observations/{id}/revisions', () => {
  test('lists every state in order, with time, author and reason', async () => {
    const at = (hour: number) => `2026-06-02T${String(hour).padStart(2, '0')}:00:00.000Z`
    const sent = fresh()
    w.setTime(at(1))
    const { data } = await w.add(sent)
    w.setTime(at(2))
    const why = encodeURIComponent('Ministry’s correction')
    await w.expect(200, 'PUT', `${PATH}/${data.id}?reason=${why}`, {
      ...revise(data, { count: 5 }),
      key: w.keys.admin,
    })
    w.setTime(at(3))
    await w.expect(200, 'DELETE', `${PATH}/${data.id}?reason=Wrong`)
    w.setTime(at(4))
    const { version } = data
    const again = (match: string) => ({ headers: { 'if-match': match }, body: stateOf(sent) })
    for (const match of ['*', `"${version}"`, `"0", *`]) {
      const problem = await w.refused(412, 'PUT', `${PATH}/${data.id}`, again(match))
      expect(problem.detail).toContain(`retracted in version ${version + 2}`)
    }
    const taken = await w.refused(409, 'POST', PATH, { body: sent })
    expect(taken.errors?.[0]?.detail).toContain(`If-Match: "${version + 2}" holds it again`)
    await w.expect(200, 'PUT', `${PATH}/${data.id}`, again(`"${version + 2}"`))
    const state = { ...sent, id: data.id }
    const all: Revision[] = [
      { ...state, version, recorded_at: at(1), author: 'The write desk', reason: null, change: 'created' },
      {
        ...{ ...state, count: 5, version: version + 1, recorded_at: at(2), author: 'The admin desk' },
        ...{ reason: 'Ministry’s correction', change: 'revised' },
      },
      {
        ...{ ...state, count: 5, version: version + 2, recorded_at: at(3), author: 'The write desk' },
        ...{ reason: 'Wrong', change: 'retracted' },
      },
      {
        ...{ ...state, version: version + 3, recorded_at: at(4), author: 'The write desk' },
        ...{ reason: null, change: 'revised' },
      },
    ]
    expect(await w.revisions(data.id)).toEqual(all)
    for (const [index, { recorded_at }] of all.entries()) {
      for (const asOf of [version + index, recorded_at]) {
        const target = `${PATH}/${data.id}/revisions?as_of=${asOf}`
        expect((await w.read<Told<Revision[]>>(target)).data).toEqual(all.slice(0, index + 1))
      }
    }
    await w.refused(404, 'GET', `${PATH}/${data.id}/revisions?as_of=${version - 1}`)
    await w.refused(404, 'GET', `${PATH}/999999/revisions`)
    w.setTime(PRESENT)
  })

  test('has no author for a seeded figure', async () => {
    expect(await w.revisions(1)).toMatchObject([
      { change: 'created', author: null, reason: null, version: 1 },
    ])
  })
})
