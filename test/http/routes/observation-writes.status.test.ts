import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { formatDay, toDay } from '../../../src/domain/calendar.ts'
import type { Conflict } from '../../../src/domain/conflict.ts'
import type { ObservationWithStatus, Statement } from '../../../src/domain/observation.ts'
import type { Total } from '../../../src/domain/totals.ts'
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
    const proven = new Set(conflict.proof.terms.map((term) => term.observation))
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
        proof: { divisor: 1, terms: [{ observation: whole.data.id, weight: 1 }] },
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

describe('a series of more figures than can be weighed for one answer', () => {
  test('accepts a correction, and answers that its status is left out; it accepts no more figures', async () => {
    const many = await startWriters({ url: `file:${scratchFolder()}/crossings.sqlite` })
    const day = (number: number) => formatDay(toDay('1860-01-01') + number)
    const days = Array.from({ length: 50_001 }, (_, number) => ({
      period_start: day(number),
      period_end: day(number),
    }))
    const ids = await many.store.write({ author: null, reason: null }, async (transaction) => {
      const added: (number | null)[] = []
      for (const each of days)
        added.push(await transaction.addObservation(figure({ indicator: 'migrant_deaths', ...each })))
      return added
    })
    const body = figure({ indicator: 'migrant_deaths', period_start: '2005-01-01', period_end: '2005-01-01' })
    await many.refused(422, 'POST', PATH, { body })
    const version = await many.version()
    const headers = { 'if-match': `"${version}"` }
    const revised = { body: { ...stateOf(body), count: 7 }, headers }
    expect(await many.expect(200, 'PUT', `${PATH}/${ids[0]}`, revised)).toMatchObject({
      data: { count: 7, status: null, conflict: null },
    })
    expect(await many.version()).toBe(version + 1)
    await many.close()
  })
})
