import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openStore } from '../../../src/store/store.ts'
import type { AuditEntry } from '../../../src/store/write/audit-log.ts'
import { keyActivity } from '../../../src/store/write/key-activity.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

const FORBIDDEN = { api_key: 3, via: 'PUT /v1/borders/:id', status: 403, detail: null }
const UNKNOWN = { api_key: null, via: null, status: 401, detail: 'unknown key' }

let time: string
let writes: number
let isFailing: boolean
let entries: AuditEntry[]
let uses: [number, string][]
let activity: ReturnType<typeof keyActivity>

beforeEach(() => {
  time = '2026-06-01T12:00:00.000Z'
  writes = 0
  isFailing = false
  entries = []
  uses = []
  activity = keyActivity(
    async (work) => {
      writes += 1
      if (isFailing) throw new Error('the disk is full')
      work({
        audit: (entry) => void entries.push(entry),
        recordLastUse: (id, hour) => void uses.push([id, hour]),
      })
    },
    () => time,
  )
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('the activity of keys', () => {
  test('takes no write while requests come, and one write for all of them', async () => {
    for (let number = 0; number < 10_000; number++) {
      activity.writeRefused(UNKNOWN)
      activity.writeRefused(FORBIDDEN)
      activity.keyUsed(1 + (number % 3))
    }
    expect(writes).toBe(0)
    await activity.recordActivity()
    expect(writes).toBe(1)
    expect(entries.map(({ api_key, status, count }) => [api_key, status, count])).toEqual([
      [null, 401, 10_000],
      [3, 403, 10_000],
    ])
    expect(uses).toEqual([1, 2, 3].map((id) => [id, '2026-06-01T12:00:00.000Z']))
  })

  test('writes the first of equal refusals after seconds, and those that follow once an hour', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const minute = async (number: number) => {
      time = new Date(Date.UTC(2026, 5, 1, 12, number)).toISOString()
      for (let each = 0; each < 20; each++) activity.writeRefused(UNKNOWN)
      await vi.advanceTimersByTimeAsync(60_000)
    }
    await minute(0)
    expect(entries.map(({ count }) => count)).toEqual([20])
    for (let number = 1; number < 24 * 60; number++) await minute(number)
    await activity.recordActivity()
    expect(writes).toBeLessThanOrEqual(25)
    expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(24 * 60 * 20)
    // It keeps no timer: those of other tests in the same process are none of its delays.
    const setTimer = vi.spyOn(globalThis, 'setTimeout')
    await vi.advanceTimersByTimeAsync(2 * 3_600_000)
    expect(setTimer.mock.calls.filter(([, ms]) => ms === 5_000 || ms === 60_000)).toEqual([])
  })

  test('distinguishes refusals by key, route, status and detail', async () => {
    for (const change of [
      {},
      { api_key: 4 },
      { via: 'PUT /v1/indicators/:id' },
      { status: 412 },
      { detail: 'x' },
    ])
      activity.writeRefused({ ...FORBIDDEN, ...change })
    await activity.recordActivity()
    expect(entries).toHaveLength(5)
  })

  test('says from when to when refusals were counted together', async () => {
    activity.writeRefused(FORBIDDEN)
    time = '2026-06-01T12:30:00.000Z'
    activity.writeRefused(FORBIDDEN)
    time = '2026-06-01T12:40:00.000Z'
    await activity.recordActivity()
    expect(entries).toEqual([
      {
        ...FORBIDDEN,
        action: 'refused',
        count: 2,
        began_at: '2026-06-01T12:00:00.000Z',
        recorded_at: '2026-06-01T12:30:00.000Z',
      },
    ])
  })

  test('records the use of a key once an hour', async () => {
    for (const minute of ['00', '20', '59']) {
      time = `2026-06-01T12:${minute}:00.000Z`
      activity.keyUsed(1)
      await activity.recordActivity()
    }
    time = '2026-06-01T13:00:00.000Z'
    activity.keyUsed(1)
    await activity.recordActivity()
    expect(uses).toEqual([
      [1, '2026-06-01T12:00:00.000Z'],
      [1, '2026-06-01T13:00:00.000Z'],
    ])
    expect(writes).toBe(2)
  })

  test('loses and doubles nothing where a write fails, and throws nothing', async () => {
    activity.writeRefused(FORBIDDEN)
    activity.keyUsed(1)
    isFailing = true
    await activity.recordActivity()
    time = '2026-06-01T12:10:00.000Z'
    activity.writeRefused(FORBIDDEN)
    activity.keyUsed(2)
    isFailing = false
    await activity.recordActivity()
    await activity.recordActivity()
    expect(entries.map(({ count, began_at, recorded_at }) => [count, began_at, recorded_at])).toEqual([
      [2, '2026-06-01T12:00:00.000Z', '2026-06-01T12:10:00.000Z'],
    ])
    expect(uses.map(([id]) => id).toSorted()).toEqual([1, 2])
  })
})

test('a store records what is left of it when it is closed, and the newest use stays', async () => {
  const url = `file:${scratchFolder()}/crossings.sqlite`
  const open = () => openStore({ url, now: () => time })
  const use = async (moment: string) => {
    time = moment
    const store = await open()
    store.keyUsed(1)
    store.writeRefused({ ...FORBIDDEN, api_key: 1 })
    await store.close()
  }
  const first = await open()
  await first.write({ author: null, reason: null }, (transaction) =>
    transaction.addKey({ name: 'x', scope: 'write', expires_at: null }),
  )
  await first.close()
  await use('2026-06-01T12:10:00.000Z')
  await use('2026-06-01T15:20:00.000Z')
  await use('2026-06-01T13:30:00.000Z')
  const store = await open()
  expect((await store.keyReports('2026-06-01'))[0]?.last_used_at).toBe('2026-06-01T15:00:00.000Z')
  expect((await store.auditEntries({ limit: 9 })).map(({ action }) => action)).toEqual([
    'created',
    ...Array(3).fill('refused'),
  ])
  expect(await store.currentVersion()).toEqual({ version: 0, recorded_at: null })
  await store.close()
})
