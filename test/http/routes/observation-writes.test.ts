import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { formatDay, toDay } from '../../../src/domain/calendar.ts'
import type { Revision } from '../../../src/domain/change.ts'
import type { Conflict } from '../../../src/domain/conflict.ts'
import type { ObservationWithStatus, Statement } from '../../../src/domain/observation.ts'
import type { Source } from '../../../src/domain/source.ts'
import type { Total } from '../../../src/domain/totals.ts'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import {
  dayOf,
  figure,
  PRESENT,
  pointersOf,
  type Sent,
  startWriters,
  stateOf,
  type Told,
  type Writers,
  type Written,
} from '../../support/http/writers.ts'
import { processorTimeMs } from '../../support/processor-time.ts'
import { folderForAll, scratchFolder } from '../../support/store/scratch.ts'

const PATH = '/v1/observations'
const JSON_TYPE = { 'content-type': 'application/json' }
const seeds = readSeeds()
const url = `file:${folderForAll()}/crossings.sqlite`
let w: Writers
let days = 0

beforeAll(async () => {
  w = await startWriters({ url })
})
afterAll(() => w.close())

/** A figure of a day that no other figure is of. */
function fresh(facts: Partial<Statement> = {}): Statement {
  const period_start = dayOf(days)
  const period_end = dayOf(days)
  days += 1
  return figure({ period_start, period_end, ...facts })
}

async function one(id: number): Promise<ObservationWithStatus> {
  return (await w.read<Told<ObservationWithStatus>>(`${PATH}/${id}`)).data
}

/** What a correction must send to be let through. */
function matching({ version }: { readonly version: number }): { 'if-match': string } {
  return { 'if-match': `"${version}"` }
}

function revise(written: Written, facts: Partial<Statement> = {}): Sent {
  return { headers: matching(written), body: stateOf({ ...written, ...facts }) }
}

describe('POST /v1/observations of one figure', () => {
  test('holds it as it was sent, and says where', async () => {
    const sent = fresh({ count: 7, qualifier: 'more_than', period_basis: 'inferred', note: 'as of noon' })
    const before = await w.version()
    const { status, headers, text } = await w.send('POST', PATH, { body: sent })
    const { data, meta }: Told<Written> = JSON.parse(text)
    expect(status).toBe(201)
    expect(data).toMatchObject({ ...sent, border: 'LT-BY', publisher: 'Pozirk', version: before + 1 })
    expect(meta).toEqual({ version: before + 1, dry_run: false })
    expect(headers).toMatchObject({ location: `${PATH}/${data.id}`, etag: `"${before + 1}"` })

    const read = await w.send('GET', headers.location ?? '', { key: null })
    const { conflict, ...row } = data
    expect(conflict).toBeNull()
    expect(JSON.parse(read.text).data).toEqual(row)
    expect(read.headers.etag).toBe(headers.etag)
    expect(await w.version()).toBe(before + 1)
  })

  test.for<[keyof Statement, string, RegExp]>([
    ['source', 'pozirk-2024-11-16', /did you mean pozirk-2024-11-15\?/],
    ['source', 'nobody', /"nobody"/],
    ['country', 'LU', /"LU-BY".*did you mean L[TV]-BY\?/],
    ['neighbour', 'RU', /"LT-RU"/],
    ['indicator', 'attempted_crossing', /did you mean attempted_crossings\?/],
  ])('refuses %s %s, which is not held, and names what is near', async ([field, name, hint]) => {
    const before = await w.version()
    const problem = await w.refused(422, 'POST', PATH, { body: fresh({ [field]: name }) })
    expect(pointersOf(problem)).toEqual([field === 'neighbour' ? '/country' : `/${field}`])
    expect(problem.errors?.[0]?.detail).toContain(JSON.stringify(name).slice(1, -1))
    expect(problem.errors?.[0]?.detail).toMatch(hint)
    expect(await w.version()).toBe(before)
  })

  test('names every reference that is not held at once', async () => {
    const body = fresh({ source: 'nobody', country: 'XX', indicator: 'nothing' })
    const problem = await w.refused(422, 'POST', PATH, { body })
    expect(pointersOf(problem)).toEqual(['/source', '/country', '/indicator'])
  })

  test('refuses a second one with its natural key, and names the first', async () => {
    const sent = fresh()
    const { data } = await w.add(sent)
    const before = w.everything()
    const problem = await w.refused(409, 'POST', PATH, { body: { ...sent, count: 1, qualifier: 'about' } })
    expect(problem.errors?.[0]?.detail).toContain(`${PATH}/${data.id} `)
    expect(w.everything()).toBe(before)
  })

  test('takes figures that differ in one part of the natural key only', async () => {
    const sent = fresh()
    const others: Partial<Statement>[] = [
      { source: 'lrytas-2025-10-18' },
      { country: 'LV' },
      { country: 'BY', neighbour: 'EU' },
      { indicator: 'apprehensions' },
      { period_end: dayOf(days++) },
    ]
    for (const facts of [{}, ...others]) await w.add({ ...sent, ...facts })
  })

  test('refuses one of a retracted figure, and names that one, which PUT revives', async () => {
    const sent = fresh()
    const { data } = await w.add(sent)
    await w.expect(200, 'DELETE', `${PATH}/${data.id}?reason=Misprint`)
    const problem = await w.refused(409, 'POST', PATH, { body: sent })
    expect(problem.errors?.[0]?.detail).toContain(`${PATH}/${data.id} `)
  })

  test('refuses a period that ends before it starts', async () => {
    const body = fresh({ period_start: '2005-02-01', period_end: '2005-01-31' })
    expect(pointersOf(await w.refused(400, 'POST', PATH, { body }))).toEqual(['/period_end'])
  })

  test.for([
    '2023-02-29',
    '1900-02-29',
    '2024-02-30',
    '0000-01-01',
    '2024-1-1',
    '2024-01-01\n',
    '٢٠٢٤-٠١-٠١',
  ])('refuses the day %j, which is not in the calendar', async (day) => {
    const body = fresh({ period_start: day, period_end: day })
    expect(pointersOf(await w.refused(400, 'POST', PATH, { body }))).toEqual(['/period_start', '/period_end'])
  })

  test('takes a leap day, the first day of all, and today wherever on Earth it is', async () => {
    for (const day of ['2024-02-29', '2000-02-29', '0001-01-01', '2026-06-02'])
      await w.add(fresh({ period_start: day, period_end: day, qualifier: 'about' }))
  })

  test('refuses days that have begun nowhere on Earth, in a list, a dry run and a correction too', async () => {
    const own = await startWriters({ url: `file:${scratchFolder()}/crossings.sqlite` })
    const tomorrow = fresh({ period_end: '2026-06-03' })
    const before = own.everything()
    const detail = 'is a day to come; a period may end on 2026-06-02'
    for (const [target, body, pointer] of [
      [PATH, tomorrow, '/period_end'],
      [`${PATH}?dry_run=true`, tomorrow, '/period_end'],
      [PATH, [fresh(), tomorrow], '/1/period_end'],
    ] as const)
      expect((await own.refused(422, 'POST', target, { body })).errors).toEqual([{ pointer, detail }])
    expect(own.everything()).toBe(before)

    own.setTime('2026-06-02T10:00:00.000Z')
    const { data } = await own.add(tomorrow)
    own.setTime(PRESENT)
    const { errors } = await own.refused(422, 'PUT', `${PATH}/${data.id}`, revise(data, { count: 3 }))
    expect(errors).toEqual([{ pointer: '/period_end', detail }])
    const read = await own.read<Told<ObservationWithStatus>>(`${PATH}/${data.id}`)
    expect(read.data).toMatchObject({ count: tomorrow.count, version: data.version })
    await own.expect(200, 'DELETE', `${PATH}/${data.id}?reason=Too%20early`)
    await own.close()
  })

  test('warns of likely slips, and records them all the same', async () => {
    const told = await w.add(fresh({ period_start: '1024-03-01', qualifier: 'about' }))
    const { period_end, source } = told.data
    expect(source).toBe('pozirk-2024-11-15')
    expect(told.warnings).toEqual([
      { pointer: '/period_start', detail: 'is 1024-03-01, before 1900' },
      { pointer: '/period_end', detail: expect.stringMatching(/^ends a period of 9\d\d years$/) },
    ])
    expect(period_end < '2024').toBe(true)
    const corrected = await w.expect<Told<Written>>(
      200,
      'PUT',
      `${PATH}/${told.data.id}`,
      revise(told.data, { count: 3 }),
    )
    expect(corrected.warnings).toEqual(told.warnings)
    expect((await w.add(fresh())).warnings).toEqual([])
  })

  test('warns of a figure decades away from all others of its series', async () => {
    const indicator = 'trafficking_rings_broken_up'
    const on = (day: string, facts: Partial<Statement> = {}) =>
      figure({ indicator, period_start: day, period_end: day, source: 'lrytas-2025-10-18', ...facts })
    const far = (pointer: string, day: string) => ({
      pointer,
      detail: `is ${day}, more than 20 years away from all other figures of its border and indicator`,
    })
    const { warnings } = await w.expect<Told<Written[]>>(201, 'POST', PATH, {
      body: [on('2023-01-01'), on('1925-01-01'), on('2023-01-02'), on('2003-01-05')],
    })
    expect(warnings).toEqual([far('/1/period_start', '1925-01-01')])
    const target = `${PATH}?dry_run=true`
    const warned = async (...body: Statement[]) =>
      (await w.expect<Told<Written[]>>(200, 'POST', target, { body })).warnings
    expect(await warned(on('1983-06-01'), on('1983-01-02'))).toEqual([])
    expect(await warned(on('1970-06-01'), on('1970-01-02'))).toEqual([
      far('/0/period_start', '1970-06-01'),
      far('/1/period_start', '1970-01-02'),
    ])
    expect(await warned(on('1970-06-01', { country: 'LV' }))).toEqual([])
  })

  test('keeps why, and by whose key', async () => {
    const target = `${PATH}?reason=${encodeURIComponent('The ministry’s evening figure')}`
    const { data } = await w.expect<Told<Written>>(201, 'POST', target, { body: fresh() })
    expect(await w.revisions(data.id)).toMatchObject([
      {
        change: 'created',
        author: 'The write desk',
        reason: 'The ministry’s evening figure',
        version: data.version,
      },
    ])
  })

  test.for(['', ' ', 'a%00b', `${'x'.repeat(501)}`])('refuses the reason %j', async (reason) => {
    const problem = await w.refused(400, 'POST', `${PATH}?reason=${reason}`, { body: fresh() })
    expect(problem.errors?.[0]?.parameter).toBe('reason')
  })
})

describe('POST /v1/observations of a list', () => {
  test('adds all of it in one version, answered in its order', async () => {
    const figures = [
      fresh({ count: 3 }),
      fresh({ country: 'PL', count: 1 }),
      fresh({ country: 'LV', count: 2 }),
    ]
    const sent = figures.toReversed()
    const before = await w.version()
    const answer = await w.send('POST', PATH, { body: sent })
    expect(answer.status).toBe(201)
    expect(answer.headers.location).toBeUndefined()
    const { data, meta }: Told<Written[]> = JSON.parse(answer.text)
    expect(data).toMatchObject(sent)
    expect(data.map(({ version }) => version)).toEqual([before + 1, before + 1, before + 1])
    expect(meta.version).toBe(before + 1)
    for (const { conflict: _, ...row } of data) expect(await one(row.id)).toEqual(row)
  })

  test('of one figure answers a list of one', async () => {
    const { data } = await w.expect<Told<Written[]>>(201, 'POST', PATH, { body: [fresh()] })
    expect(data).toHaveLength(1)
  })

  test('takes 1,000 figures', async () => {
    const periods = Array.from({ length: 250 }, () => fresh())
    const borders = [
      ['PL', 'BY'],
      ['LV', 'BY'],
      ['LT', 'BY'],
      ['BY', 'EU'],
    ] as const
    const sent = borders.flatMap(([country, neighbour]) =>
      periods.map((each) => ({ ...each, country, neighbour, indicator: 'apprehensions' })),
    )
    const before = await w.version()
    const { data } = await w.expect<Told<Written[]>>(201, 'POST', PATH, { body: sent })
    expect(data).toMatchObject(sent)
    expect(new Set(data.map(({ id }) => id)).size).toBe(1_000)
    expect(await w.version()).toBe(before + 1)
  })

  test.for([0, 1_001])('refuses one of %i', async (length) => {
    const before = await w.version()
    const body = Array.from({ length }, () => fresh())
    const problem = await w.refused(400, 'POST', PATH, { body })
    expect(pointersOf(problem)).toEqual([''])
    expect(await w.version()).toBe(before)
  })

  test('adds nothing where one of them names an unknown value', async () => {
    const before = w.everything()
    const body = [fresh(), fresh(), fresh({ source: 'nobody' }), fresh({ country: 'XX' })]
    const problem = await w.refused(422, 'POST', PATH, { body })
    expect(pointersOf(problem)).toEqual(['/2/source', '/3/country'])
    expect(w.everything()).toBe(before)
  })

  test('adds nothing where one of them is recorded', async () => {
    const recorded = fresh()
    const { data } = await w.add(recorded)
    const before = w.everything()
    const problem = await w.refused(409, 'POST', PATH, { body: [fresh(), recorded, fresh()] })
    expect(pointersOf(problem)).toEqual(['/1'])
    expect(problem.errors?.[0]?.detail).toContain(`${PATH}/${data.id} `)
    expect(w.everything()).toBe(before)
  })

  test('adds nothing where one of them is malformed', async () => {
    const before = w.everything()
    const problem = await w.refused(400, 'POST', PATH, {
      body: [fresh(), { ...fresh(), count: -1 }, fresh()],
    })
    expect(pointersOf(problem)).toEqual(['/1/count'])
    expect(w.everything()).toBe(before)
  })

  test('adds nothing where it says the same figure twice, and promises no id that is not there', async () => {
    const twice = fresh()
    const before = w.everything()
    const problem = await w.refused(409, 'POST', PATH, { body: [twice, fresh(), { ...twice, count: 5 }] })
    expect(pointersOf(problem)).toEqual(['/2'])
    expect(w.everything()).toBe(before)
    const [, named] = /observations?[ /](\d+)/.exec(problem.errors?.[0]?.detail ?? '') ?? []
    if (named !== undefined) await w.revisions(Number(named))
  })

  test('adds nothing where it says a recorded figure twice, and names that one both times', async () => {
    const recorded = fresh()
    const { data } = await w.add(recorded)
    const problem = await w.refused(409, 'POST', PATH, { body: [recorded, recorded] })
    expect(pointersOf(problem)).toEqual(['/0', '/1'])
    for (const { detail } of problem.errors ?? []) expect(detail).toContain(`${PATH}/${data.id} `)
  })
})

describe('what the service sets itself', () => {
  const owned: Record<string, unknown> = {
    id: 1,
    version: 1,
    status: 'accepted',
    recorded_at: PRESENT,
    publisher: 'Pozirk',
    origin: 'Pozirk',
    kind: 'official',
    title: 'A title',
    published_on: '2024-11-15',
    url: 'https://example.org/',
    border: 'LT-BY',
    conflict: null,
    author: 'somebody',
    reason: 'why',
    retraction: 'why not',
    change: 'created',
    scope: 'admin',
    owner: 'me',
    role: 'admin',
  }

  test.for(Object.entries(owned))('cannot be sent: %s', async ([field, value]) => {
    const held = await w.add(fresh())
    const before = w.everything()
    const posted = await w.refused(400, 'POST', PATH, { body: { ...fresh(), [field]: value } })
    expect(pointersOf(posted)).toEqual([`/${field}`])
    const listed = await w.refused(400, 'POST', PATH, { body: [fresh(), { ...fresh(), [field]: value }] })
    expect(pointersOf(listed)).toEqual([`/1/${field}`])
    const sent = revise(held.data, { count: 5 })
    const put = await w.refused(400, 'PUT', `${PATH}/${held.data.id}`, {
      ...sent,
      body: { ...Object(sent.body), [field]: value },
    })
    expect(pointersOf(put)).toEqual([`/${field}`])
    expect(w.everything()).toBe(before)
  })

  test('cannot be sent even as it is held', async () => {
    const { data } = await w.add(fresh())
    const sent = { headers: matching(data), body: await one(data.id) }
    const problem = await w.refused(400, 'PUT', `${PATH}/${data.id}`, sent)
    expect(pointersOf(problem)).toContain('/id')
    expect(pointersOf(problem)).toContain('/status')
  })

  test('is named by a JSON pointer, whatever its name', async () => {
    const body = { ...fresh(), 'a/b~c': 1 }
    expect(pointersOf(await w.refused(400, 'POST', PATH, { body }))).toEqual(['/a~1b~0c'])
  })
})

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

describe('the status of a written figure', () => {
  const MONTH = { period_start: '2011-01-01', period_end: '2011-01-31' }

  /** Holds what the answer to a write says against what everyone is told afterwards. */
  async function expectTrue({ data, observations }: Told<Written>): Promise<void> {
    const { conflict, ...row } = data
    expect(await one(row.id)).toEqual(row)
    const { border, indicator, period_start: from, period_end: to, source } = row
    const query = new URLSearchParams({ indicator, country: row.country, from, to })
    const conflicts = await w.read<{ data: Conflict[]; observations: ObservationWithStatus[] }>(
      `/v1/conflicts?${query}&source=${source}`,
    )
    const told = conflicts.data.find(({ id }) => id === row.id)
    const totals = await w.read<{ data: Total[] }>(`/v1/totals?${query}`)
    const total = totals.data.find((each) => each.border === border)
    if (total === undefined) throw new Error(`no total of ${border}`)
    if (conflict === null) {
      expect(told).toBeUndefined()
      expect(row.status).toBe(row.qualifier === 'about' ? 'approximate' : 'accepted')
      if (row.status === 'accepted' && row.qualifier === 'exact')
        expect(total).toMatchObject({ min: row.count, max: row.count })
      return
    }
    expect(row.status).toBe('conflicting')
    expect(told).toEqual({ ...row, ...conflict })
    expect(total).toMatchObject({ min: conflict.accepted_min, max: conflict.accepted_max })
    const proven = new Set(conflict.proof.map((term) => term.observation))
    expect(new Set(observations.map(({ id }) => id))).toEqual(proven)
    for (const { id } of observations)
      expect(observations.find((each) => each.id === id)).toEqual(
        conflicts.observations.find((each) => each.id === id),
      )
  }

  test('comes with the accepted figures that contradict it, and by how much', async () => {
    const sources = { official: 'vsat-2021-08-03', claim: 'pozirk-2024-11-15' }
    const known = seeds.sources.map(({ id }) => id)
    const [first = sources.claim] = known.filter((id) => id.startsWith('lrt')).concat(sources.claim)
    const whole = await w.add(fresh({ ...MONTH, source: first, count: 100 }))
    expect(whole.data).toMatchObject({ status: 'accepted', conflict: null })
    const rival = known.find((id) => id !== first && id !== sources.claim) ?? ''
    const half = await w.add(
      fresh({ period_start: '2011-01-01', period_end: '2011-01-15', source: rival, count: 130 }),
    )
    const statuses = [await one(whole.data.id), await one(half.data.id)].map(({ status }) => status)
    expect(statuses.toSorted()).toEqual(['accepted', 'conflicting'])
    await expectTrue(half)
    if (half.data.conflict === null) {
      const told = await w.read<{ data: Conflict[] }>(
        `/v1/conflicts?source=${first}&country=LT&from=2011&to=2011`,
      )
      expect(told.data).toMatchObject([{ id: whole.data.id, difference: -30 }])
    } else {
      expect(half.data.conflict).toEqual({
        ...{ accepted_min: 0, accepted_max: 100, difference: 30 },
        proof: [{ observation: whole.data.id, sign: 1 }],
      })
    }
  })

  test('is that of a correction too', async () => {
    const { data } = await w.add(fresh({ period_start: '2011-03-01', period_end: '2011-03-31', count: 10 }))
    const part = await w.add(fresh({ period_start: '2011-03-01', period_end: '2011-03-01', count: 5 }))
    expect(part.data.status).toBe('accepted')
    const revised = await w.expect<Told<Written>>(
      200,
      'PUT',
      `${PATH}/${data.id}`,
      revise(data, { count: 4, qualifier: 'at_most' }),
    )
    await expectTrue(revised)
    expect(revised.data).toMatchObject({
      status: 'conflicting',
      conflict: { accepted_min: 5, accepted_max: null, difference: -1 },
    })
  })

  test('is that of a group figure by those of its members', async () => {
    const period = { period_start: '2011-05-01', period_end: '2011-05-31' }
    const members = ['PL', 'LV', 'LT'].map((country) => fresh({ ...period, country, count: 10 }))
    await w.expect(201, 'POST', PATH, { body: members })
    const told = await w.add(fresh({ ...period, country: 'EU', count: 25 }))
    expect(told.data.conflict).toMatchObject({ accepted_min: 30, accepted_max: 30, difference: -5 })
    expect(told.observations.map(({ border }) => border).toSorted()).toEqual(['LT-BY', 'LV-BY', 'PL-BY'])
    await expectTrue(told)
    const fitting = await w.add(fresh({ ...period, country: 'EU', count: 30, source: 'lrytas-2025-10-18' }))
    expect(fitting.data.status).toBe('accepted')
  })

  test('is the same as in later answers, for figures of all sorts', async () => {
    const sources = seeds.sources.slice(0, 12).map(({ id }) => id)
    // In 2035, of which no other test tells.
    const first = 3_000
    const facts = fc.record({
      source: fc.constantFrom(...sources),
      country: fc.constantFrom('PL', 'LV', 'LT', 'EU'),
      start: fc.nat(6),
      length: fc.nat(6),
      period_basis: fc.constantFrom('stated' as const, 'inferred' as const),
      qualifier: fc.constantFrom('exact', 'exact', 'at_least', 'more_than', 'at_most', 'about'),
      count: fc.nat(60),
    })
    let conflicts = 0
    await fc.assert(
      fc.asyncProperty(facts, async ({ start, length, ...each }) => {
        const period_start = dayOf(first + start)
        const period_end = dayOf(first + start + length)
        const body = figure({
          ...each,
          qualifier: each.qualifier as Statement['qualifier'],
          period_start,
          period_end,
        })
        const { status, text } = await w.send('POST', PATH, { body })
        if (status === 409) return
        expect(status, text).toBe(201)
        const told: Told<Written> = JSON.parse(text)
        if (told.data.conflict !== null) conflicts += 1
        await expectTrue(told)
      }),
      { numRuns: 40, endOnFailure: true },
    )
    expect(conflicts).toBeGreaterThan(2)
  })
})

describe('dry_run=true', () => {
  test('answers an addition, a list, a correction and a retraction as they will be, and writes nothing', async () => {
    const headers = { 'idempotency-key': 'rehearsed' }
    const posted = await w.rehearse('POST', PATH, { headers, body: fresh() })
    const { data }: Told<Written> = JSON.parse(posted.text)
    await w.rehearse('POST', PATH, { body: [fresh({ country: 'EU', count: 1 }), fresh()] })
    await w.rehearse('PUT', `${PATH}/${data.id}`, revise(data, { count: 3 }))
    await w.rehearse('DELETE', `${PATH}/${data.id}?reason=Misprint`)
    const revived = { headers: { 'if-match': '*' }, body: stateOf(data) }
    await w.rehearse('PUT', `${PATH}/${data.id}`, revived)
  })

  test('reports a conflict', async () => {
    const period = { period_start: '2013-01-01', period_end: '2013-01-01' }
    await w.add(figure({ ...period, count: 5 }))
    const body = figure({ ...period, period_end: '2013-01-02', qualifier: 'at_most', count: 2 })
    const real = await w.rehearse('POST', PATH, { body })
    expect(JSON.parse(real.text).data.conflict).toMatchObject({ accepted_min: 5, difference: -3 })
  })

  test('refuses what would be refused', async () => {
    const recorded = fresh()
    const { data } = await w.add(recorded)
    const before = w.everything()
    await w.refused(409, 'POST', `${PATH}?dry_run=true`, { body: recorded })
    await w.refused(422, 'POST', `${PATH}?dry_run=true`, { body: fresh({ source: 'nobody' }) })
    await w.refused(400, 'POST', `${PATH}?dry_run=true`, { body: { ...fresh(), id: 1 } })
    await w.refused(428, 'PUT', `${PATH}/${data.id}?dry_run=true`, { body: stateOf(data) })
    await w.refused(412, 'PUT', `${PATH}/${data.id}?dry_run=true`, {
      headers: { 'if-match': '"1"' },
      body: stateOf(data),
    })
    await w.refused(404, 'DELETE', `${PATH}/999999?dry_run=true&reason=x`)
    expect(w.everything()).toBe(before)
  })

  test.for(['', 'yes', '1', 'TRUE'])('takes no %j for an answer', async (value) => {
    await w.refused(400, 'POST', `${PATH}?dry_run=${value}`, { body: fresh() })
  })
})

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

describe('a series of more figures than can be weighed for one answer', () => {
  test('accepts more figures, and answers that their status is left out', async () => {
    const many = await startWriters({ url: `file:${scratchFolder()}/crossings.sqlite` })
    const day = (number: number) => formatDay(toDay('1860-01-01') + number)
    const days = Array.from({ length: 50_001 }, (_, number) => ({
      period_start: day(number),
      period_end: day(number),
    }))
    await many.store.write({ author: null, reason: null }, async (transaction) => {
      for (const each of days)
        await transaction.addObservation(figure({ indicator: 'migrant_deaths', ...each }))
    })
    const body = figure({ indicator: 'migrant_deaths', period_start: '2005-01-01', period_end: '2005-01-01' })
    const { data } = await many.add(body)
    expect(data).toMatchObject({ status: null, conflict: null, count: body.count })
    const version = await many.version()
    const headers = { 'if-match': `"${data.version}"` }
    const revised = { body: { ...stateOf(body), count: 7 }, headers }
    expect(await many.expect(200, 'PUT', `${PATH}/${data.id}`, revised)).toMatchObject({
      data: { count: 7, status: null },
    })
    expect(await many.version()).toBe(version + 1)
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

/** A figure as JSON in which some values are written by hand. */
function written(facts: Readonly<Record<string, string>>, base = fresh({ indicator: 'migrant_deaths' })) {
  const values = Object.entries(base).map(([key, value]) => [key, JSON.stringify(value)])
  const entries = Object.entries({ ...Object.fromEntries(values), ...facts })
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`
}

const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth)
/** Text as bytes in which each \xNN is that byte. */
const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('a body that is not a figure', () => {
  const whole = () => written({})
  const wrongTypes = Object.keys(figure()).flatMap((field) =>
    ['null', '1', '-1', 'true', '[]', '{}', '""', `[${JSON.stringify(Reflect.get(figure(), field))}]`]
      .filter((value) => !(field === 'note' && value === 'null') && !(field === 'count' && value === '1'))
      .map((value): [string, () => string | Buffer] => [
        `${field}: ${value}`,
        () => written({ [field]: value }),
      ]),
  )
  const corpus: [string, () => string | Buffer][] = [
    ['nothing', () => ''],
    ...[' ', '{', '}', '[', ']', '{]', '[}', '{"a"', '{"source":', ',', ':', '"', '\\', '[,]', '{,}'].map(
      (text): [string, () => string] => [JSON.stringify(text), () => text],
    ),
    ...[
      'true',
      'null',
      '42',
      '-0',
      '"text"',
      '{}',
      '[]',
      '[[]]',
      '[null]',
      '[1]',
      '["a"]',
      '[{}]',
      '[{},[]]',
    ].map((text): [string, () => string] => [text, () => text]),
    ['half of it', () => whole().slice(0, 100)],
    ['all but the last character', () => whole().slice(0, -1)],
    ['something behind it', () => `${whole()}x`],
    ['two of them', () => whole() + whole()],
    ['two of them by lines', () => `${whole()}\n${whole()}`],
    ['a comma behind it', () => `${whole()},`],
    ['a comma before the end', () => whole().replace(/}$/, ',}')],
    ['a list with a comma before the end', () => `[${whole()},]`],
    ['a list in a list', () => `[[${whole()}]]`],
    ['an envelope', () => `{"data":${whole()}}`],
    ['a list as an object', () => `{"0":${whole()}}`],
    ['text that is JSON', () => JSON.stringify(whole())],
    ['single quotes', () => whole().replaceAll('"', "'")],
    ['names without quotes', () => whole().replace('"count"', 'count')],
    ['a comment', () => whole().replace('{', '{/* here */')],
    ['a comment at the end', () => `${whole()}// done`],
    ...[
      'NaN',
      'Infinity',
      '-Infinity',
      'undefined',
      '0x10',
      '010',
      '+1',
      '.5',
      '1.',
      '1e',
      '1_000',
      '１００',
    ].map((value): [string, () => string] => [`count: ${value}`, () => written({ count: value })]),
    ...[
      '1e400',
      '-1e400',
      '9007199254740993',
      '9007199254740992',
      '1e16',
      '1.5',
      '0.1',
      '-0.5',
      '1000000001',
    ].map((value): [string, () => string] => [`count: ${value}`, () => written({ count: value })]),
    ...['"5"', '"five"', '[5]', '{"count":5}', 'false'].map((value): [string, () => string] => [
      `count: ${value}`,
      () => written({ count: value }),
    ]),
    ['an escape that is none', () => written({ note: '"\\x41"' })],
    ['half an escape', () => written({ note: '"\\u12"' })],
    ['a line break in a text', () => written({ note: '"a\nb"' })],
    ['a tab in a text', () => written({ note: '"a\tb"' })],
    ['a NUL in a text', () => written({ note: '"a\0b"' })],
    ['an escaped NUL in a text', () => written({ note: '"a\\u0000b"' })],
    ['a NUL at the end', () => `${whole()}\0`],
    ['a NUL before it', () => `\0${whole()}`],
    ['a form feed as a blank', () => `\f${whole()}`],
    ['a no-break space as a blank', () => `\u00a0${whole()}`],
    ['UTF-16', () => Buffer.from(whole(), 'utf16le')],
    ['UTF-16 with a byte order mark', () => Buffer.from(`\ufeff${whole()}`, 'utf16le')],
    ['Latin-1', () => bytes(written({ note: '"Stra\u017c\u0107"' }).replace(/[^\0-\x7f]/g, '\xe9'))],
    ['a byte that is never in UTF-8', () => bytes(written({ note: '"a\xff"' }))],
    ['an overlong form', () => bytes(written({ note: '"a\xc0\xafb"' }))],
    ['a surrogate as bytes', () => bytes(written({ note: '"a\xed\xa0\x80b"' }))],
    ['a continuation alone', () => bytes(written({ note: '"a\x80b"' }))],
    ['a character cut to two of three bytes', () => bytes(written({ note: '"a\xe2\x82"' }))],
    ['a character cut to three of four bytes', () => bytes(written({ note: '"a\xf0\x9f\x98"' }))],
    ['bad bytes in a name', () => bytes(written({ '\xf0\x9f\x98': '1' }))],
    ['bad bytes behind it', () => bytes(`${whole()}\xff`)],
    [
      'bytes at random',
      () => Buffer.from(Array.from({ length: 200 }, (_, index) => (index * 89 + 13) % 256)),
    ],
    ['gzip', () => gzipSync(whole())],
    [
      '__proto__',
      () => written({ ['__proto__']: '{"count":1}' }).replace('{', '{"__proto__":{"admin":true},'),
    ],
    ['__proto__ as null', () => whole().replace('{', '{"__proto__":null,')],
    ['__proto__ escaped', () => whole().replace('{', '{"\\u005f_proto__":{"admin":true},')],
    ['__proto__ in a list', () => `[${whole().replace('{', '{"__proto__":[],')}]`],
    ['__proto__ in a value', () => written({ note: '{"__proto__":{"admin":true}}' })],
    ['constructor', () => whole().replace('{', '{"constructor":{"prototype":{"admin":true}},')],
    ['constructor as a number', () => whole().replace('{', '{"constructor":1,')],
    ...['prototype', 'hasOwnProperty', 'toString', '__defineGetter__', 'length', '0', ''].map(
      (name): [string, () => string] => [`a field ${JSON.stringify(name)}`, () => written({ [name]: '1' })],
    ),
    ['a name in capitals', () => whole().replace('"count"', '"Count"')],
    ['a name with a blank', () => whole().replace('"count"', '"count "')],
    ['a name with a NUL', () => whole().replace('"count"', '"count\\u0000"')],
    ['a name that ends in half a character', () => written({ [`${'x'.repeat(99)}😀`]: '1' })],
    ['a long name', () => written({ ['x'.repeat(100_000)]: '1' })],
    [
      'many names',
      () => written(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`x${i}`, '1']))),
    ],
    ['many numbers', () => `[${'1,'.repeat(300_000)}1]`],
    ['many lists', () => `[${'[],'.repeat(300_000)}[]]`],
    ['1,000 empty objects', () => `[${'{},'.repeat(999)}{}]`],
    ['a long number', () => written({ count: '9'.repeat(100_000) })],
    ['a long fraction', () => written({ count: `1.${'9'.repeat(15)}` })],
    ['a long text', () => written({ note: JSON.stringify('x'.repeat(2_001)) })],
    ['a very long text', () => written({ note: JSON.stringify('x'.repeat(1_000_000)) })],
    ['a very long source', () => written({ source: JSON.stringify('a-'.repeat(100_000)) })],
    ...[10_000, 400_000].flatMap((depth): [string, () => string][] => [
      [`${depth} lists in one another`, () => nested(depth)],
      [`a list with ${depth} of them`, () => `[${whole()},${nested(depth)}]`],
      [`a note of ${depth} lists`, () => written({ note: nested(depth) })],
      [`a count of ${depth} lists`, () => written({ count: nested(depth) })],
      [`a qualifier of ${depth} lists`, () => written({ qualifier: nested(depth) })],
      [`a field of ${depth} lists`, () => written({ deep: nested(depth) })],
      [`${depth} lists that do not end`, () => '['.repeat(depth)],
    ]),
    ['10,000 objects in one another', () => `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    [
      '100,000 objects as a note',
      () => written({ note: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}` }),
    ],
    ...wrongTypes,
  ]
  const version = () => w.version()
  let before = 0
  beforeAll(async () => {
    before = await version()
  })
  afterAll(async () => {
    expect(await version()).toBe(before)
  })

  test('is tried in more than a hundred ways', () => {
    expect(corpus.length).toBeGreaterThan(100)
    expect(new Set(corpus.map(([name]) => name)).size).toBe(corpus.length)
  })

  test.for(corpus)('is a 400, and soon: %s', async ([_, make]) => {
    const bytes = make()
    const usedMs = await processorTimeMs(async () => {
      const answer = await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes })
      expect(answer.status, answer.text).toBe(400)
      expect(answer.text.length).toBeLessThan(20_000)
    })
    expect(usedMs).toBeLessThan(2_000)
  })

  test('is a 400 without a stated length too', async () => {
    for (const make of corpus.filter(([name]) =>
      /byte|character|surrogate|overlong|UTF-16|Latin/.test(name),
    )) {
      const sent = { headers: JSON_TYPE, bytes: make[1](), isChunked: true }
      expect((await w.sendBytes('POST', PATH, sent)).status, make[0]).toBe(400)
    }
  })

  test('is a 400 for PUT too, and leaves the figure as it is', async () => {
    const { id } = (await w.read<{ data: ObservationWithStatus[] }>(`${PATH}?limit=1`)).data[0] ?? { id: 0 }
    const held = await one(id)
    for (const [name, make] of corpus.slice(0, 60)) {
      const headers = { ...JSON_TYPE, ...matching(held) }
      const answer = await w.sendBytes('PUT', `${PATH}/${id}`, { headers, bytes: make() })
      expect(answer.status, name).toBe(400)
    }
    expect(await one(id)).toEqual(held)
  })
})

describe('a body of an odd form', () => {
  const mebibyte = 1024 * 1024

  test.for<[string, string, number]>([
    ['-0', '-0', 0],
    ['1e3', '1e3', 1_000],
    ['1.0', '1.0', 1],
    ['1E+3', '1E+3', 1_000],
    ['the largest', '1000000000', 1_000_000_000],
    ['0', '0', 0],
  ])('is accepted where its count is %s', async ([_, count, value]) => {
    const answer = await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes: written({ count }) })
    expect(answer.status, answer.text).toBe(201)
    const { data }: Told<Written> = JSON.parse(answer.text)
    expect(Object.is((await one(data.id)).count, value)).toBe(true)
    expect(answer.text).toContain(`"count":${value},`)
  })

  test('is accepted with whitespace around it, and its fields in any order', async () => {
    const reversed = Object.fromEntries(Object.entries(fresh()).toReversed())
    const text = `\r\n\t ${JSON.stringify(reversed, null, 4)} \n`
    expect((await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes: text })).status).toBe(201)
  })

  test('is accepted with a byte order mark, which RFC 8259 lets a reader ignore', async () => {
    const text = `\ufeff${written({})}`
    expect((await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes: text })).status).toBe(201)
  })

  test('is accepted in chunks without a stated length', async () => {
    const sent = { headers: JSON_TYPE, bytes: written({ note: '"Straż Graniczna 😀"' }), isChunked: true }
    const { data }: Told<Written> = JSON.parse((await w.sendBytes('POST', PATH, sent)).text)
    expect((await one(data.id)).note).toBe('Straż Graniczna 😀')
  })

  test('is held as it is read, or refused, where it says a field twice', async () => {
    const text = written({}).replace('"count":100', '"count":1,"count":2')
    const answer = await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes: text })
    if (answer.status === 400) return
    expect(answer.status).toBe(201)
    expect(JSON.parse(answer.text).data.count).toBe(2)
  })

  test('is accepted up to 1 MiB, and a 413 beyond', async () => {
    const text = written({})
    const full = text + ' '.repeat(mebibyte - text.length)
    expect((await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes: full })).status).toBe(201)
    const more = written({})
    const over = more + ' '.repeat(mebibyte + 1 - more.length)
    const before = await w.version()
    expect((await w.sendBytes('POST', PATH, { headers: JSON_TYPE, bytes: over })).status).toBe(413)
    const pieces = { headers: JSON_TYPE, bytes: over, isChunked: true }
    expect((await w.sendBytes('POST', PATH, pieces)).status).toBe(413)
    expect(await w.version()).toBe(before)
  })
})

describe('a content type', () => {
  test.for([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'APPLICATION/JSON',
    'Application/Json ; charset=utf-8',
  ])('is JSON: %s', async (type) => {
    const sent = { headers: { 'content-type': type }, bytes: written({}) }
    expect((await w.sendBytes('POST', PATH, sent)).status).toBe(201)
  })

  test.for([
    '',
    'text/plain',
    'text/plain; charset=utf-8',
    'text/json',
    'text/html',
    'text/csv',
    'application',
    'json',
    '*/*',
    'application/*',
    'application/xml',
    'application/octet-stream',
    'application/javascript',
    'application/jsonp',
    'application/json5',
    'application/jsonx',
    'application/json-seq',
    'application/x-ndjson',
    'application/ld+json',
    'application/problem+json',
    'application/merge-patch+json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json\ttext/plain',
    'application/json text/plain',
    'application/json, text/plain',
    'application/json/x',
    'application / json',
    'text/plain; application/json',
    'text/plain, application/json',
    'null',
    'garbage',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
  ])('is rejected unread: %j', async (type) => {
    const before = await w.version()
    const sent = { headers: { 'content-type': type }, bytes: written({}) }
    const { status, text } = await w.sendBytes('POST', PATH, sent)
    expect(status, text).toBe(415)
    expect(await w.version()).toBe(before)
  })

  test('must be there', async () => {
    expect((await w.sendBytes('POST', PATH, { bytes: written({}) })).status).toBe(415)
    expect((await w.sendBytes('POST', PATH, { bytes: written({}), isChunked: true })).status).toBe(415)
  })

  test.for(['gzip', 'br', 'deflate', 'zstd', 'compress', 'GZIP', 'gzip, identity', 'x'])(
    'cannot be helped by the Content-Encoding %s',
    async (coding) => {
      const before = await w.version()
      for (const bytes of [gzipSync(written({})), written({})]) {
        const headers = { ...JSON_TYPE, 'content-encoding': coding }
        expect((await w.sendBytes('POST', PATH, { headers, bytes })).status).toBe(415)
      }
      expect(await w.version()).toBe(before)
    },
  )

  test('may come with the Content-Encoding identity', async () => {
    const headers = { ...JSON_TYPE, 'content-encoding': 'identity' }
    expect((await w.sendBytes('POST', PATH, { headers, bytes: written({}) })).status).toBe(201)
  })
})

test('a reason that is not percent-encoded UTF-8 withdraws nothing', async () => {
  const { data } = await w.add(fresh())
  for (const target of [
    `${PATH}/${data.id}?reason=%ff`,
    `${PATH}/${data.id}?reason=%`,
    `${PATH}/%zz?reason=x`,
  ]) {
    const { status, text } = await w.sendBytes('DELETE', target, { bytes: '' })
    expect([status, text]).toEqual([400, expect.stringContaining('percent-encoded')])
  }
  expect(await one(data.id)).toMatchObject({ id: data.id })
})

describe('a note', () => {
  const taken = [
    ['composed', 'Stra\u017c Graniczna'],
    ['decomposed', 'Straz\u0307 Graniczna'],
    ['Cyrillic', 'Дзяржаўны памежны камітэт'],
    ['Greek', 'Ελληνική Αστυνομία'],
    ['Arabic', 'حرس الحدود'],
    ['Hebrew', 'משמר הגבול'],
    ['Chinese', '边防警察'],
    ['Japanese', '国境警備隊 カナ'],
    ['Korean', '국경수비대'],
    ['Thai', 'ตำรวจตระเวนชายแดน'],
    ['Devanagari', 'सीमा सुरक्षा'],
    ['Tamil', 'எல்லை'],
    ['an emoji', '😀'],
    ['a family of emoji', '👩‍👩‍👧‍👦'],
    ['a flag', '🇵🇱 🇱🇹'],
    ['beyond the basic plane', '𝒳 𐍈 𠜎'],
    ['many marks', 'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞'],
    ['an override of direction', 'a\u202eb'],
    ['marks of direction', '\u200fa\u200e'],
    ['a zero-width space within', 'a\u200bb'],
    ['a zero-width joiner within', 'a\u200db'],
    ['a soft hyphen', 'a\u00adb'],
    ['a no-break space within', '10\u00a0000'],
    ['a full-width equals sign', '＝1'],
    ['a line separator', 'a\u2028b\u2029c'],
    ['a replacement character', 'a\ufffdb'],
    ['a noncharacter', 'a\uffffb\u{1ffff}'],
    ['a private character', 'a\ue000b'],
    ['a tag character', 'a\u{e0041}'],
    ['a byte order mark within', 'a\ufeffb'],
    ['ligatures', 'ﬁ ﬀ Ĳ ß ẞ'],
    ['the Turkish i', 'İ ı i I'],
    ['quotes', `"a" 'b' «c» „d“`],
    ['backslashes', 'C:\\x \\n \\u0000 \\\\'],
    ['SQL', "'; DROP TABLE observations; --"],
    ['HTML', '</script><script>alert(1)</script>'],
    ['a template', '{{7*7}} $\\{7*7} <%= 7 %>'],
    ['a formula', '=HYPERLINK("http://x","y")'],
    ['a minus', '-1+1'],
    ['an at sign', '@SUM(A1)'],
    ['commas and semicolons', 'a,b;c'],
    ['wildcards', '%_*?[a]'],
    ['an accent that ends the longest text', `${'x'.repeat(1_999)}é`],
    ['symbols', '±≤≥≈€₽…–—'],
    ['one character', 'x'],
    ['the words of nothing', 'null'],
  ] as const
  const refused = [
    ['empty', ''],
    ['a blank', ' '],
    ['blanks', '\u00a0\u2003\u3000'],
    ['a zero-width space alone', '\u200b'],
    ['zero-width characters alone', '\u200b\u200c\u200d\u2060\ufeff'],
    ['a soft hyphen alone', '\u00ad'],
    ['a combining mark alone', '\u0301'],
    ['a high surrogate alone', 'a\ud800b'],
    ['a low surrogate alone', 'a\udc00'],
    ['surrogates the wrong way round', '\udc00\ud800'],
    ['NUL', 'a\0b'],
    ['NUL alone', '\0'],
    ['a line feed', 'a\nb'],
    ['a carriage return', 'a\rb'],
    ['a tab', 'a\tb'],
    ['escape', 'a\u001b[31mb'],
    ['delete', 'a\u007fb'],
    ['next line', 'a\u0085b'],
    ['a blank before', ' a'],
    ['a blank behind', 'a '],
    ['a byte order mark before', '\ufeffa'],
    ['an ideographic blank behind', 'a\u3000'],
    ['2,001 characters', 'é'.repeat(2_001)],
  ] as const

  test('is tried in more than forty ways', () => {
    expect(taken.length + refused.length).toBeGreaterThan(60)
  })

  test.for(taken)('is read as it was sent: %s', async ([_, note]) => {
    const { data } = await w.add(fresh({ note, indicator: 'migrant_deaths' }))
    expect(data.note).toBe(note)
    expect((await one(data.id)).note).toBe(note)
    expect((await w.revisions(data.id)).map((revision) => revision.note)).toEqual([note])
    const escaped = JSON.stringify(note).replace(
      /[^\0-\x7f]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    const sent = {
      headers: { ...JSON_TYPE, ...matching(data) },
      bytes: JSON.stringify(stateOf({ ...data, count: 1 })),
    }
    const put = await w.sendBytes('PUT', `${PATH}/${data.id}`, {
      ...sent,
      bytes: sent.bytes.replace(JSON.stringify(note), escaped),
    })
    expect(JSON.parse(put.text).data.note).toBe(note)
  })

  test.for(refused)('is refused: %s', async ([_, note]) => {
    const before = await w.version()
    expect(pointersOf(await w.refused(400, 'POST', PATH, { body: fresh({ note }) }))).toEqual(['/note'])
    expect(await w.version()).toBe(before)
  })
})
