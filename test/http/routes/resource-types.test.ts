import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Border } from '../../../src/domain/border.ts'
import type { Event } from '../../../src/domain/event.ts'
import type { Indicator } from '../../../src/domain/indicator.ts'
import type { ObservationWithStatus } from '../../../src/domain/observation.ts'
import type { Source } from '../../../src/domain/source.ts'
import type { GrandTotal, Total } from '../../../src/domain/totals.ts'
import { addResource, newResources, type ResourceKind } from '../../support/http/new-resources.ts'
import {
  dayOf,
  figure,
  pointersOf,
  startWriters,
  stateOf,
  type Told,
  type Writers,
  type Written,
} from '../../support/http/writers.ts'
import { folderForAll, scratchFolder } from '../../support/store/scratch.ts'

const { source, happening, border, indicator, KINDS } = newResources()
const url = `file:${folderForAll()}/crossings.sqlite`
let w: Writers

beforeAll(async () => {
  w = await startWriters({ url })
})
afterAll(() => w.close())

const add = (kind: ResourceKind, facts?: object) => addResource(w, kind, facts)

describe('a source', () => {
  test.for<[keyof Source, unknown]>([
    ['id', 'Upper-Case'],
    ['id', 'a b'],
    ['id', 'a--b'],
    ['id', '../x'],
    ['id', 'x'.repeat(101)],
    ['publisher', ''],
    ['publisher', '\u200b'],
    ['publisher', 'a\0b'],
    ['origin', 'A, B'],
    ['origin', null],
    ['kind', 'rumour'],
    ['title', 'a\ud800b'],
    ['title', ''],
    ['published_on', '2023-02-29'],
    ['published_on', '2005'],
    ['url', 'javascript:alert(1)'],
    ['url', 'data:text/html,x'],
    ['url', 'ftp://example.org/'],
    ['url', '//example.org/'],
    ['url', 'https://'],
    ['url', 'https://example.org/a\nb'],
    ['url', ' https://example.org/'],
  ])('is refused for its %s %j', async ([field, value]) => {
    const before = await w.version()
    const problem = await w.refused(400, 'POST', '/v1/sources', { body: { ...source(), [field]: value } })
    expect(pointersOf(problem)).toEqual([`/${field}`])
    expect(await w.version()).toBe(before)
  })

  test.for<Partial<Source>>([
    { title: null, published_on: null, url: null },
    { publisher: '😀 Дзённік', origin: 'Straż Graniczna', title: '=1+1; "a" \'b\' \\ a\u202eb' },
    { publisher: 'Straz\u0307', origin: 'Stra\u017c' },
    { url: 'https://example.org/Дзённік?q=ą#ö' },
    { url: 'HTTP://EXAMPLE.ORG:80/../a' },
    { kind: 'claim', published_on: '0001-01-01' },
    { kind: 'analysis', published_on: '2026-06-02' },
  ])('is held exactly as it was sent: %j', async (facts) => {
    const body = source(facts)
    await w.expect(201, 'POST', '/v1/sources', { body })
    expect((await w.read<Told<Source>>(`/v1/sources/${body.id}`)).data).toEqual(body)
  })

  test('is rejected with a future date, and warned of with one of another century', async () => {
    const made = await w.send('POST', '/v1/sources', { body: source() })
    const { data } = JSON.parse(made.text) as Told<Source>
    const headers = { 'if-match': made.headers.etag ?? '' }
    const tomorrow = { ...data, published_on: '2026-06-03' }
    for (const refusal of [
      await w.refused(422, 'POST', '/v1/sources', { body: source({ published_on: '2026-06-03' }) }),
      await w.refused(422, 'PUT', `/v1/sources/${data.id}`, { body: tomorrow, headers }),
    ])
      expect(refusal.errors).toEqual([
        { pointer: '/published_on', detail: 'is a day to come; it is 2026-06-02 at the latest' },
      ])
    const sent = { body: [source(), source({ published_on: '1024-11-15' })] }
    const told = await w.expect<Told<Source[]>>(201, 'POST', '/v1/sources', sent)
    expect(told.warnings).toEqual([{ pointer: '/1/published_on', detail: 'is 1024-11-15, before 1900' }])
  })

  test('shows in its figures as it stands, and in the past as it stood', async () => {
    const body = source()
    const made = await w.send('POST', '/v1/sources', { body })
    const { data } = await w.add(figure({ source: body.id }))
    const target = `/v1/observations/${data.id}`
    const past = await w.send('GET', `${target}?as_of=${data.version}`)
    const changed = { ...body, publisher: 'Delfi', origin: 'Frontex', url: null, published_on: null }
    const headers = { 'if-match': made.headers.etag ?? '' }
    await w.expect(200, 'PUT', `/v1/sources/${body.id}`, { body: changed, headers })
    const { id: _, ...facts } = changed
    expect((await w.read<Told<Written>>(target)).data).toMatchObject({ ...facts, version: data.version })
    expect((await w.send('GET', `${target}?as_of=${data.version}`)).text).toBe(past.text)
  })

  test('decides by its kind which of two figures is believed', async () => {
    const claim = source({ kind: 'claim' })
    const analysis = source({ kind: 'analysis' })
    const made = await w.send('POST', '/v1/sources', { body: claim })
    await w.expect(201, 'POST', '/v1/sources', { body: analysis })
    const period = { period_start: '2016-01-01', period_end: '2016-01-31' }
    const claimed = await w.add(figure({ ...period, source: claim.id, count: 1 }))
    const analysed = await w.add(figure({ ...period, source: analysis.id, count: 2 }))
    const statuses = async (query = '') =>
      (await w.read<{ data: ObservationWithStatus[] }>(`/v1/observations?period=2016${query}`)).data.map(
        ({ id, status }) => [id, status],
      )
    expect(await statuses()).toEqual([
      [claimed.data.id, 'conflicting'],
      [analysed.data.id, 'accepted'],
    ])
    const headers = { 'if-match': made.headers.etag ?? '' }
    const body = { ...claim, kind: 'official' }
    await w.expect(200, 'PUT', `/v1/sources/${claim.id}`, { body, headers })
    expect(await statuses()).toEqual([
      [claimed.data.id, 'accepted'],
      [analysed.data.id, 'conflicting'],
    ])
    const totals = async (query = '') =>
      (await w.read<{ data: Total[] }>(`/v1/totals?country=LT&period=2016${query}`)).data[0]?.count
    expect(await totals()).toBe(1)
    const asOf = `&as_of=${analysed.data.version}`
    expect(await totals(asOf)).toBe(2)
    expect((await statuses(asOf)).map(([, status]) => status)).toEqual(['conflicting', 'accepted'])
  })
})

describe('an event', () => {
  test('names a source that is held', async () => {
    const body = happening({ source: 'nobody' })
    expect(pointersOf(await w.refused(422, 'POST', '/v1/events', { body }))).toEqual(['/source'])
    const listed = await w.refused(422, 'POST', '/v1/events', { body: [happening(), body] })
    expect(pointersOf(listed)).toEqual(['/1/source'])
  })

  test('does not end before it starts', async () => {
    const body = happening({ period_start: '2005-01-03' })
    const { status, text } = await w.send('POST', '/v1/events', { body })
    expect([400, 422]).toContain(status)
    expect(pointersOf(JSON.parse(text))).toEqual(['/period_end'])
  })

  test.for<[keyof Event, unknown]>([
    ['precision', 'hour'],
    ['title', null],
    ['title', 'a\tb'],
    ['period_start', '2005-02-29'],
    ['source', null],
  ])('is refused for its %s %j', async ([field, value]) => {
    const problem = await w.refused(400, 'POST', '/v1/events', { body: { ...happening(), [field]: value } })
    expect(pointersOf(problem)).toContain(`/${field}`)
  })

  test('is withdrawn for a reason, and stays in the past', async () => {
    const body = happening()
    const { headers } = await w.send('POST', '/v1/events', { body })
    const added = await w.version()
    const target = `/v1/events/${body.id}`
    for (const query of ['', '?reason=', '?reason=%20', `?reason=${'x'.repeat(501)}`]) {
      expect((await w.refused(400, 'DELETE', target + query)).errors?.[0]?.parameter).toBe('reason')
    }
    await w.refused(412, 'DELETE', `${target}?reason=Wrong`, { headers: { 'if-match': '"1"' } })
    const list = await w.send('GET', `/v1/events?as_of=${added}`)
    await w.rehearse('DELETE', `${target}?reason=Wrong`, { headers: { 'if-match': headers.etag ?? '' } })
    const gone = await w.version()
    expect(gone).toBe(added + 1)
    await w.refused(404, 'GET', target)
    await w.refused(404, 'DELETE', `${target}?reason=Wrong`)
    expect((await w.send('GET', '/v1/events')).text).not.toContain(`"${body.id}"`)
    expect((await w.send('GET', `/v1/events?as_of=${added}`)).text).toBe(list.text)
    expect((await w.read<Told<Event>>(`${target}?as_of=${added}`)).data).toEqual(body)
    expect(await w.version()).toBe(gone)
    const log = await w.store.changes({ version: added, rank: 9, id: '' }, gone, 10)
    expect(log).toMatchObject([{ change: 'retracted', reason: 'Wrong', resource: 'event', state: body }])
  })

  test('that was withdrawn keeps its id, and PUT revives it', async () => {
    const body = happening()
    const { headers } = await w.send('POST', '/v1/events', { body })
    const target = `/v1/events/${body.id}`
    await w.expect(200, 'DELETE', `${target}?reason=Wrong`)
    expect(pointersOf(await w.refused(409, 'POST', '/v1/events', { body }))).toEqual(['/id'])
    await w.refused(412, 'PUT', target, { body, headers: { 'if-match': headers.etag ?? '' } })
    await w.refused(412, 'PUT', target, { body, headers: { 'if-match': '*' } })
    const { detail } = await w.refused(412, 'PUT', target, { body, headers: { 'if-match': '"0"' } })
    const match = /send If-Match: (".*")\.$/.exec(detail)?.[1] ?? ''
    await w.expect(200, 'PUT', target, { body, headers: { 'if-match': match } })
    expect((await w.read<Told<Event>>(target)).data).toEqual(body)
  })

  test('that never was cannot be withdrawn', async () => {
    await w.refused(404, 'DELETE', '/v1/events/never-was?reason=Wrong')
  })
})

describe('an indicator', () => {
  test('that is new can be counted by', async () => {
    const { row } = await add(KINDS[2], { position: 3 })
    const told = await w.add(figure({ indicator: row.id, count: 12 }))
    expect(told.data.status).toBe('accepted')
    const { data } = await w.read<{ data: Total[] }>(`/v1/totals?indicator=${row.id}`)
    expect(data).toMatchObject([{ border: 'LT-BY', indicator: row.id, count: 12, qualifier: 'exact' }])
    expect((await w.send('GET', '/v1/totals?period=2005')).text).not.toContain(row.id)
  })

  test('keeps the definitions it had in the past', async () => {
    const { row, path, key, etag } = await add(KINDS[2])
    const version = await w.version()
    const body = { ...row, definitions: { LV: 'As VRS counts them.', EU: 'Ą "b"' } }
    await w.expect(200, 'PUT', path, { key, body, headers: { 'if-match': etag } })
    expect((await w.read<Told<Indicator>>(path)).data.definitions).toEqual(body.definitions)
    const past = (await w.read<Told<Indicator>>(`${path}?as_of=${version}`)).data
    expect(past.definitions).toEqual({ PL: 'As the Border Guard counts them.' })
    const none = { key, body: { ...row, definitions: {} }, headers: { 'if-match': '*' } }
    await w.expect(200, 'PUT', path, none)
    expect((await w.read<Told<Indicator>>(path)).data.definitions).toEqual({})
  })

  test.for<[string, object]>([
    ['/position', { position: 0 }],
    ['/position', { position: 1.5 }],
    ['/position', { position: 1_000_001 }],
    ['/position', { position: '1' }],
    ['/label', { label: '' }],
    ['/definition', { definition: null }],
    ['/definitions', { definitions: [] }],
    ['/definitions/PL', { definitions: { PL: '' } }],
    ['/definitions/pl', { definitions: { pl: 'x' } }],
    ['/definitions/POL', { definitions: { POL: 'x' } }],
  ])('is refused for its %s', async ([pointer, facts]) => {
    const body = { ...indicator(), ...facts }
    const sent = { key: w.keys.admin, body }
    expect(pointersOf(await w.refused(400, 'PUT', `/v1/indicators/${body.id}`, sent))).toEqual([pointer])
  })
})

describe('a border', () => {
  const put = (body: Border, headers = {}) =>
    w.send('PUT', `/v1/borders/${body.id}`, { key: w.keys.admin, body, headers })
  const refusedFor = async (body: Border, headers = {}) => {
    const before = w.everything()
    const sent = { key: w.keys.admin, body, headers }
    const pointers = pointersOf(await w.refused(422, 'PUT', `/v1/borders/${body.id}`, sent))
    expect(w.everything()).toBe(before)
    return pointers
  }
  const totals = (query: string) => w.read<{ data: Total[]; total: GrandTotal | null }>(`/v1/totals?${query}`)
  const any = { 'if-match': '*' }

  test('that is new, FI-RU or US-MX, is held, written to and totalled without code', async () => {
    for (const [country, alpha3, neighbour, code] of [
      ['FI', 'FIN', 'RU', 'attempted_crossings'],
      ['US', 'USA', 'MX', 'apprehensions'],
    ] as const) {
      const id = `${country}-${neighbour}`
      const body = figure({ country, neighbour, indicator: code, count: 321 })
      expect(pointersOf(await w.refused(422, 'POST', '/v1/observations', { body }))).toEqual(['/country'])
      await w.refused(400, 'GET', `/v1/totals?country=${country}&indicator=${code}`)
      expect((await put(border(id, { position: 20 }))).status).toBe(201)
      const empty = await totals(`country=${country}&indicator=${code}`)
      expect(empty).toMatchObject({ data: [], total: null })
      expect((await w.add(body)).data).toMatchObject({ border: id, status: 'accepted' })
      const answer = await totals(`country=${alpha3}&neighbour=${neighbour}&indicator=${code}&period=2005`)
      expect(answer.data).toMatchObject([
        { border: id, count: 321, qualifier: 'at_least', days_reported: 31 },
      ])
      expect(answer.total).toMatchObject({ border: id, count: 321 })
      const series = await w.read<{ data: object[] }>(`/v1/series?country=${country}&indicator=${code}`)
      expect(series.data).toMatchObject([{ border: id, period: '2005-01', count: 321, qualifier: 'exact' }])
      const rival = await w.add({ ...body, source: 'lrytas-2025-10-18', count: 5 })
      const own = (await w.read<Told<Written>>(`/v1/observations/${rival.data.id}`)).data
      expect(own.status).toBe(rival.data.status)
      const conflicts = await w.read<{ data: object[] }>(`/v1/conflicts?country=${country}`)
      expect(conflicts.data).toHaveLength(1)
      const { data } = await w.read<{ data: { id: string }[] }>(`/v1/borders?country=${country}`)
      expect(data).toMatchObject([{ id, indicators: [code], observations: 2, period_start: '2005-01-01' }])
    }
  })

  test('stands in lists by its position', async () => {
    const order = async () => (await w.read<{ data: Border[] }>('/v1/borders')).data.map(({ id }) => id)
    await put(border('AA-AB', { position: 900 }))
    await put(border('AA-AC', { position: 899 }))
    expect((await order()).slice(-2)).toEqual(['AA-AC', 'AA-AB'])
    await put(border('AA-AB', { position: 898 }), any)
    expect((await order()).slice(-2)).toEqual(['AA-AB', 'AA-AC'])
  })

  test('has the sides that its id names', async () => {
    for (const facts of [{ country: 'BC' }, { neighbour: 'BC' }, { country: 'BB', neighbour: 'BA' }]) {
      const body = border('BA-BB', facts)
      const problem = await w.refused(400, 'PUT', '/v1/borders/BA-BB', { key: w.keys.admin, body })
      expect(pointersOf(problem)).toEqual(['/id'])
    }
  })

  test.for<[string, object]>([
    ['/position', { position: 0 }],
    ['/position', { position: 1e9 }],
    ['/label', { label: ' x' }],
    ['/label', { label: 'x'.repeat(201) }],
    ['/country', { country: 'fi' }],
    ['/members', { members: null }],
    ['/members/0', { members: ['pl-by'] }],
    ['/members/1', { members: ['PL-BY', 'nothing'] }],
  ])('is refused for its %s', async ([pointer, facts]) => {
    const sent = { key: w.keys.admin, body: { ...border('BA-BB'), ...facts } }
    expect(pointersOf(await w.refused(400, 'PUT', '/v1/borders/BA-BB', sent))[0]).toBe(pointer)
  })

  test('that is not there is not changed under If-Match, by which one says that it is (RFC 9110, 13.1.1)', async () => {
    for (const etag of ['"5"', '*']) {
      const sent = { key: w.keys.admin, body: border('BA-BD'), headers: { 'if-match': etag } }
      await w.refused(412, 'PUT', '/v1/borders/BA-BD', sent)
    }
  })

  describe('that is a group', () => {
    beforeAll(async () => {
      for (const id of ['CA-ZY', 'CB-ZY', 'CC-ZY']) expect((await put(border(id))).status).toBe(201)
      expect((await put(border('CG-ZY', { members: ['CA-ZY', 'CB-ZY'] }))).status).toBe(201)
    })

    test('is read with its members in the order of lists', async () => {
      await put(border('CH-ZY', { members: ['CC-ZY', 'CA-ZY', 'CB-ZY'] }))
      const { data } = await w.read<Told<Border>>('/v1/borders/CH-ZY')
      expect(data.members).toEqual(['CA-ZY', 'CB-ZY', 'CC-ZY'])
    })

    test('has plain borders as members, each once, and not itself', async () => {
      expect(await refusedFor(border('CI-ZY', { members: ['CA-ZY', 'CG-ZY'] }))).toEqual(['/members/1'])
      expect(await refusedFor(border('CI-ZY', { members: ['EU-BY'] }))).toEqual(['/members/0'])
      expect(await refusedFor(border('CI-ZY', { members: ['QQ-QQ', 'CA-ZY'] }))).toEqual(['/members/0'])
      expect(await refusedFor(border('CI-ZY', { members: ['CI-ZY'] }))).toEqual(['/members/0'])
      expect(await refusedFor(border('CC-ZY', { members: ['CC-ZY'] }), any)).toContain('/members/0')
      expect(await refusedFor(border('CG-ZY', { members: ['CG-ZY'] }), any)).toEqual(['/members/0'])
      const twice = ['CA-ZY', 'CB-ZY', 'CA-ZY']
      expect(await refusedFor(border('CI-ZY', { members: twice }))).toEqual(['/members/2'])
    })

    test('cannot be made of a member of a group', async () => {
      expect(await refusedFor(border('CA-ZY', { members: ['CC-ZY'] }), any)).toEqual(['/members'])
    })

    /** Makes a group of two borders that no other test knows, with 10 and 20 crossings, and a border beside it with 100. */
    async function makeCounted(letter: string): Promise<void> {
      for (const side of ['A', 'B', 'C']) await put(border(`${letter}${side}-ZY`))
      await put(border(`${letter}G-ZY`, { members: [`${letter}A-ZY`, `${letter}B-ZY`] }))
      for (const [side, count] of [
        ['A', 10],
        ['B', 20],
        ['C', 100],
      ] as const)
        await w.add(figure({ country: `${letter}${side}`, neighbour: 'ZY', count }))
    }

    test('is the sum of its members, and a figure of its own is held against them', async () => {
      await makeCounted('G')
      expect((await totals('country=GG&neighbour=ZY')).data).toMatchObject([{ border: 'GG-ZY', count: 30 }])
      expect((await totals('country=GA,GB&neighbour=ZY')).total).toMatchObject({ border: 'GG-ZY', count: 30 })
      const told = await w.add(figure({ country: 'GG', neighbour: 'ZY', count: 31 }))
      expect(told.data.conflict).toMatchObject({ accepted_min: 30, accepted_max: 30, difference: 1 })
    })

    test('may change its members, and the past keeps those it had', async () => {
      await makeCounted('H')
      const target = '/v1/totals?country=HG&neighbour=ZY&period=2005-01'
      const { meta } = await w.read<Told<unknown>>(target)
      const past = await w.send('GET', `${target}&as_of=${meta.version}`)
      await put(border('HG-ZY', { members: ['HA-ZY', 'HC-ZY'] }), any)
      expect((await totals('country=HG&neighbour=ZY&period=2005-01')).data).toMatchObject([{ count: 110 }])
      expect((await w.send('GET', `${target}&as_of=${meta.version}`)).text).toBe(past.text)
      expect(past.text).toContain('"count":30')
    })

    test('may become a plain border, and then a member of another', async () => {
      await put(border('DA-ZY'))
      await put(border('DG-ZY', { members: ['DA-ZY'] }))
      expect((await put(border('DG-ZY'), any)).status).toBe(200)
      expect((await put(border('DH-ZY', { members: ['DG-ZY'] }))).status).toBe(201)
      expect(await refusedFor(border('DG-ZY', { members: ['DA-ZY'] }), any)).toEqual(['/members'])
    })
  })
})

describe('an answer of the past', () => {
  const query = 'period=2024&explain=true'
  const targets = [
    `/v1/totals?${query}`,
    `/v1/totals?${query}&country=PL,LV`,
    `/v1/totals?${query}&country=EU`,
    '/v1/totals?format=csv&country=PL,LV,LT,EU',
    '/v1/totals?kind=analysis&published_until=2024-11-15',
    '/v1/series?interval=quarter&period=2024&country=EU&explain=true',
    '/v1/series?interval=month&from=2023&to=2024&format=csv',
    '/v1/observations?limit=100',
    '/v1/observations?limit=10000&format=csv',
    '/v1/observations/1',
    '/v1/observations/1/revisions',
    '/v1/conflicts',
    '/v1/conflicts?country=EU&format=csv',
    '/v1/borders',
    '/v1/borders/EU-BY',
    '/v1/borders/PL-BY',
    '/v1/indicators',
    '/v1/indicators/attempted_crossings',
    '/v1/sources',
    '/v1/sources/pozirk-2024-11-15',
    '/v1/events',
    '/v1/events?format=csv',
  ]

  test('stays as it was, byte for byte, whatever is written', async () => {
    const w = await startWriters({ url: `file:${scratchFolder()}/past.sqlite` })
    onTestFinished(() => w.close())
    const version = await w.version()
    const answers = async (asOf: string) => {
      const all = []
      for (const target of targets) {
        const { text, headers } = await w.send('GET', `${target}${target.includes('?') ? '&' : '?'}${asOf}`)
        all.push({ target, text, link: headers.link, etag: headers.etag })
      }
      return all
    }
    const [past, present] = [await answers(`as_of=${version}`), await answers('_=1')]
    const { recorded_at: time } = await w.store.currentVersion()
    const key = w.keys.admin
    const headers = { 'if-match': '*' }

    w.setTime('2026-06-02T00:00:00.000Z')
    const { data: sources } = await w.read<{ data: Source[] }>('/v1/sources?kind=official,analysis')
    for (const { id } of sources.slice(0, 15)) {
      const { data } = await w.read<Told<Source>>(`/v1/sources/${id}`)
      const body = { ...data, kind: 'claim', publisher: 'Someone', published_on: '2020-01-01' }
      await w.expect(200, 'PUT', `/v1/sources/${id}`, { body, headers })
    }
    for (const id of ['PL-BY', 'LV-BY', 'LT-BY', 'BY-EU']) {
      const { data } = await w.read<Told<Border>>(`/v1/borders/${id}`)
      const body = { ...data, label: `Renamed ${id}`, position: 600 - data.position }
      await w.expect(200, 'PUT', `/v1/borders/${id}`, { key, body, headers })
    }
    const { data: group } = await w.read<Told<Border>>('/v1/borders/EU-BY')
    const body = { ...group, members: ['LT-BY'] }
    await w.expect(200, 'PUT', '/v1/borders/EU-BY', { key, body, headers })
    await w.expect(201, 'PUT', '/v1/borders/EU-ZX', {
      key,
      body: border('EU-ZX', { members: ['PL-BY', 'LV-BY'] }),
    })
    const { data: counted } = await w.read<Told<Indicator>>('/v1/indicators/attempted_crossings')
    const renamed = { ...counted, label: 'Renamed', definitions: {}, position: 99 }
    await w.expect(200, 'PUT', '/v1/indicators/attempted_crossings', { key, body: renamed, headers })
    for (const { id } of (await w.read<{ data: Event[] }>('/v1/events?limit=5')).data)
      await w.expect(200, 'DELETE', `/v1/events/${id}?reason=Wrong`)
    await w.add(figure({ period_start: dayOf(0), period_end: '2024-03-01', count: 1 }))
    const { data: first } = await w.read<Told<Written>>('/v1/observations/1')
    const sent = { body: { ...stateOf(first), count: first.count + 1, note: 'Corrected' }, headers }
    await w.expect(200, 'PUT', '/v1/observations/1', sent)

    expect(await answers(`as_of=${version}`)).toEqual(past)
    const changed = (await answers('_=1')).filter(({ text }, index) => text !== present[index]?.text)
    expect(changed.map(({ target }) => target)).toEqual(targets)
    const byTime = (await answers(`as_of=${time}`)).map(({ text }) => dataOf(text))
    expect(byTime).toEqual(past.map(({ text }) => dataOf(text)))
  })

  /** The rows of an answer, whichever form it has. */
  function dataOf(text: string): string {
    return text.startsWith('{') ? JSON.stringify({ ...JSON.parse(text), meta: null }) : text
  }
})
