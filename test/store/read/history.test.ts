import { copyFileSync } from 'node:fs'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Change } from '../../../src/domain/change.ts'
import { buildApp } from '../../../src/http/app.ts'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { afterVersion, historyReader } from '../../../src/store/read/changes.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import {
  inLogOrder,
  readAll,
  readLog,
  rebuild,
  reconciled,
  rounds,
  START,
  timeAt,
  write,
} from '../../support/store/random-history.ts'
import { DIMENSIONS, happening, publication, records, statement } from '../../support/store/sample-records.ts'
import { folderForAll, scratchFolder } from '../../support/store/scratch.ts'

describe('whatever is written by several writers', () => {
  const SOURCES = ['a', 'b', 'c'].map((id) => publication({ id }))
  const template = `${folderForAll()}/template.sqlite`

  beforeAll(async () => {
    const store = await openStore({ url: `file:${template}`, now: () => timeAt(START) })
    await store.addMissing(records({ sources: SOURCES }))
    await store.close()
  })

  /** The log of what the template holds. */
  const first = (): Change[] => {
    const recorded = {
      version: 1,
      recorded_at: timeAt(START),
      author: null,
      reason: null,
      change: 'created',
    } as const
    return [
      ...DIMENSIONS.indicators.map((state) => ({
        ...recorded,
        resource: 'indicator' as const,
        id: state.id,
        state,
      })),
      ...DIMENSIONS.borders.map((row) => {
        const state = { ...row, members: row.members.toSorted() }
        return { ...recorded, resource: 'border' as const, id: row.id, state }
      }),
      ...SOURCES.map((state) => ({ ...recorded, resource: 'source' as const, id: state.id, state })),
    ].toSorted(inLogOrder)
  }

  test('every answer as of every version and time is a rebuild from the log, and so is the log itself', async () => {
    const seen = { versions: 0, retracted: 0, conflicting: 0, clockBack: 0 }
    const folder = scratchFolder()
    let run = 0
    const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(rounds, lengths, async (rounds, lengths) => {
        const path = `${folder}/${run++}.sqlite`
        copyFileSync(template, path)
        let clock = START
        const now = () => timeAt(clock)
        const options = { url: `file:${path}`, now }
        const stores = [await openStore(options), await openStore(options)] as const
        const app = await buildApp({ store: stores[1], now: () => timeAt(START + 1e9), logLevel: 'silent' })
        const log = first()
        try {
          for (const { clockMs, steps } of rounds) {
            clock += clockMs
            if (clockMs < 0) seen.clockBack += 1
            const before = log.at(-1)?.version ?? 0
            const made = (await Promise.all(steps.map((each) => write(stores[each.by], each)))).flat()
            const last = log.at(-1)?.recorded_at ?? ''
            const recorded_at = last > now() ? last : now()
            log.push(...made.map((change) => ({ ...change, recorded_at })).toSorted(inLogOrder))
            const versions = new Set(made.map(({ version }) => version))
            const version = before + versions.size
            expect([...versions].toSorted((a, b) => a - b)).toEqual(
              [...versions.keys()].map((_, i) => before + 1 + i),
            )
            for (const store of stores) expect((await store.currentVersion()).version).toBe(version)
            await expectHistory(stores[0], stores[1], log, version)
            expect(await readLog(stores[0], lengths, version)).toEqual(log)
            await expectTotals(app, log, version)
          }
          const { version } = await stores[1].currentVersion()
          for (let asOf = 0; asOf <= version; asOf++) {
            await expectTotals(app, log, asOf)
            const tail = await readLog(stores[1], lengths, version, asOf)
            expect(tail).toEqual(log.filter((change) => change.version > asOf))
            const head = await readLog(stores[1], lengths, asOf)
            expect(rebuild(head, version)).toEqual(rebuild(log, asOf))
          }
          seen.versions += version
          seen.retracted += log.filter(({ change }) => change === 'retracted').length
        } finally {
          await app.close()
          for (const store of stores) await store.close()
        }
      }),
      { numRuns: 9 },
    )
    expect(seen.versions).toBeGreaterThan(0)
    expect(seen.retracted).toBeGreaterThan(0)
    expect(seen.clockBack).toBeGreaterThan(0)
    expect(seen.conflicting).toBeGreaterThan(0)

    async function expectHistory(one: Store, other: Store, log: readonly Change[], newest: number) {
      for (let version = 0; version <= newest; version++) {
        const store = version % 2 === 0 ? one : other
        expect(await readAll(store, version)).toEqual(rebuild(log, version))
      }
      const moments = new Set(log.map(({ recorded_at }) => Date.parse(recorded_at)))
      for (const moment of [...moments].flatMap((each) => [each - 1, each, each + 1])) {
        const at = log.findLast(({ recorded_at }) => recorded_at <= timeAt(moment))
        const { version } = await one.versionAt(timeAt(moment))
        expect(version).toBe(at?.version ?? 0)
      }
    }

    async function expectTotals(
      app: Awaited<ReturnType<typeof buildApp>>,
      log: readonly Change[],
      version: number,
    ) {
      const state = rebuild(log, version)
      for (const indicator of ['attempted_crossings', 'apprehensions']) {
        for (const countries of [undefined, ['EU', 'LV']]) {
          const country = countries === undefined ? '' : `&country=${countries}`
          const answer = await app.inject(`/v1/totals?indicator=${indicator}&as_of=${version}${country}`)
          const { data, total, meta } = answer.json()
          expect(meta).toMatchObject({ version })
          expect({ data, total }).toEqual(reconciled(state, indicator, countries).totals)
        }
      }
      const statuses = new Map(
        state.indicators.flatMap(({ id }) => [...reconciled(state, id).statuses.entries()]),
      )
      const { data } = (await app.inject(`/v1/observations?as_of=${version}`)).json()
      expect(data).toEqual(
        state.observations.map(({ version, ...row }) => ({ ...row, status: statuses.get(row.id), version })),
      )
      seen.conflicting += [...statuses.values()].filter((status) => status === 'conflicting').length
    }
  })
})

describe('before the first record', () => {
  const FIGURES = ['totals', 'series?interval=day', 'totals?country=EU&explain=true']
  const LISTS = ['observations', 'conflicts', 'borders', 'indicators', 'sources', 'events']
  const ONES = [
    'observations/1',
    'observations/1/revisions',
    'sources/a',
    'borders/PL-BY',
    'indicators/apprehensions',
  ]

  test.for(['0', '2026-06-01T11:59:59.999Z', '1999-12-31T23:59:59Z'])(
    'as_of=%s answers as an empty database does, never today’s',
    async (asOf) => {
      const now = () => timeAt(START)
      const full = await openStore({ url: `file:${scratchFolder()}/full.sqlite`, now })
      const empty = await openStore({ url: `file:${scratchFolder()}/empty.sqlite`, now })
      const figures = [statement({}), statement({ period_end: '2024-01-30', count: 2 })]
      await full.addMissing(
        records({ sources: [publication({})], observations: figures, events: [happening({})] }),
      )
      const app = await buildApp({ store: full, now, logLevel: 'silent' })
      const none = await buildApp({ store: empty, now, logLevel: 'silent' })
      const ask = (by: typeof app, path: string, version: string) =>
        by.inject(`/v1/${path}${path.includes('?') ? '&' : '?'}as_of=${version}`)
      for (const path of [...LISTS, ...LISTS.map((list) => `${list}?format=csv`)]) {
        const { body, statusCode } = await ask(app, path, asOf)
        expect(statusCode).toBe(200)
        expect(body).toBe((await ask(none, path, asOf)).body)
        expect(body).not.toBe((await ask(app, path, '1')).body)
      }
      for (const path of FIGURES) {
        const { data, total = null, meta } = (await ask(app, path, asOf)).json()
        expect({ data, total, meta }).toMatchObject({ data: [], total: null, meta: { version: 0 } })
        expect((await ask(app, path, '1')).json().data).not.toEqual([])
      }
      for (const path of ONES) {
        expect((await ask(app, path, asOf)).statusCode, path).toBe(404)
        expect((await ask(app, path, '1')).statusCode, path).toBe(200)
      }
      for (const part of [app, none, full, empty]) await part.close()
    },
  )

  test('the log is the same from however many statements, with a pause between any two', async () => {
    const url = `file:${scratchFolder()}/log.sqlite`
    const store = await openStore({ url, now: () => timeAt(START) })
    await store.addMissing(records({}))
    const whole = await store.changes(afterVersion(0), 1, 99)
    await store.close()
    const connection = openDatabase(url)
    for (const changesPerStatement of [1, 2, 7]) {
      const reader = historyReader(drizzle(connection), { changesPerStatement })
      for (const limit of [1, 3, 7, 99]) {
        let pauses = 0
        const pause = async () => {
          pauses++
        }
        const log = await reader.changes(afterVersion(0), 1, limit, pause)
        expect(log).toEqual(whole.slice(0, limit))
        expect(pauses).toBeGreaterThanOrEqual(Math.ceil(log.length / changesPerStatement) - 1)
      }
    }
    connection.close()
  })

  test('there is no change', async () => {
    const store = await openStore({ url: `file:${scratchFolder()}/new.sqlite`, now: () => timeAt(START) })
    expect(await store.changes(afterVersion(0), 9, 9)).toEqual([])
    await store.addMissing(records({}))
    expect(await store.changes(afterVersion(0), 0, 9)).toEqual([])
    expect(await store.changes(afterVersion(1), 9, 9)).toEqual([])
    expect((await store.changes(afterVersion(0), 1, 99)).length).toBe(7)
    expect(await store.revisions(1, 9)).toEqual([])
    expect(await store.versionAt(timeAt(START - 1))).toEqual({ version: 0, recorded_at: null })
    await store.close()
  })
})
