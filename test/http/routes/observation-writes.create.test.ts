import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
  type Told,
  type Writers,
  type Written,
} from '../../support/http/writers.ts'
import { folderForAll, scratchFolder } from '../../support/store/scratch.ts'

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
      { period_end: fresh().period_end },
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
