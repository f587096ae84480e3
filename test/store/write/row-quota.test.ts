import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { QuotaExceeded } from '../../../src/store/write/row-quota.ts'
import type { Transaction } from '../../../src/store/write/transaction.ts'
import { performTogether, startProcesses } from '../../support/store/processes.ts'
import { happening, publication, records, statement } from '../../support/store/sample-records.ts'
import { scratchFolder, textColumn } from '../../support/store/scratch.ts'

const NOBODY = { author: null, reason: null }
const NOON = '2026-06-01T12:00:00.000Z'

let url: string
let time: string
let store: Store

beforeEach(async () => {
  url = `file:${scratchFolder()}/crossings.sqlite`
  time = NOON
  store = await open()
})

async function open(now = () => time): Promise<Store> {
  const opened = await openStore({ url, now })
  onTestFinished(() => opened.close())
  return opened
}

async function addKey(rows_a_day: number | null): Promise<number> {
  await store.write(NOBODY, (transaction) =>
    transaction.addKey({ name: 'Newsroom', scope: 'write', expires_at: null, rows_a_day }),
  )
  return (await store.keys()).at(-1)?.id ?? 0
}

/** Adds publications in one write. */
function add(apiKey: number, ids: readonly string[], { dryRun = false, by = store } = {}) {
  return by.write({ ...NOBODY, apiKey, dryRun }, async (transaction) => {
    for (const id of ids) await transaction.putSource(publication({ id }))
    return transaction.rowQuota()
  })
}

const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)

/** How many rows the database says were recorded, by what it counts and by what there is. */
function recorded() {
  const connection = openDatabase(url)
  try {
    const count = (sql: string) => Number(textColumn(connection, sql)[0])
    return {
      counted: count('SELECT coalesce(sum(rows), 0) FROM api_key_rows'),
      there: count('SELECT count(*) FROM source_revisions'),
    }
  } finally {
    connection.close()
  }
}

describe('a quota of rows a day', () => {
  test('is used up to its last row, and refuses a write that needs one more as a whole', async () => {
    const key = await addKey(5)
    expect(await add(key, named('a', 3))).toEqual({ rowsADay: 5, left: 2, resetS: 43_200 })
    const refused = await add(key, named('b', 3)).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(QuotaExceeded)
    expect(refused).toMatchObject({ quota: { rowsADay: 5, left: 2, resetS: 43_200 } })
    expect(recorded()).toEqual({ counted: 3, there: 3 })
    expect(await add(key, named('c', 2))).toMatchObject({ left: 0 })
    await expect(add(key, ['d'])).rejects.toThrow(QuotaExceeded)
    expect(recorded()).toEqual({ counted: 5, there: 5 })
  })

  test('is reset at midnight UTC, and not before', async () => {
    const key = await addKey(2)
    await add(key, named('a', 2))
    time = '2026-06-01T23:59:59.999Z'
    const refused = await add(key, ['b']).catch((error: unknown) => error)
    expect(refused).toMatchObject({ quota: { left: 0, resetS: 1 } })
    time = '2026-06-02T00:00:00.000Z'
    expect(await add(key, ['b'])).toEqual({ rowsADay: 2, left: 1, resetS: 86_400 })
  })

  test('survives that the database is closed and opened again', async () => {
    const key = await addKey(2)
    await add(key, named('a', 2))
    await store.close()
    store = await open()
    await expect(add(key, ['b'])).rejects.toThrow(QuotaExceeded)
  })

  test('counts every kind of row, and each new state', async () => {
    const key = await addKey(7)
    await store.addMissing(records({}))
    const by = (work: (transaction: Transaction) => Promise<unknown>) =>
      store.write({ ...NOBODY, apiKey: key }, work)
    const id = await by(async (transaction) => {
      await transaction.putSource(publication({ id: 'a' }))
      await transaction.putEvent(happening({}))
      return transaction.addObservation(statement({}))
    })
    await by((transaction) => transaction.reviseObservation(Number(id), statement({ count: 2 })))
    await by((transaction) => transaction.reviseObservation(Number(id), statement({ count: 2 }), 'wrong'))
    const { version } = await store.currentVersion()
    const [[border], [indicator]] = [await store.borders(version), await store.indicators(version)]
    await by(async (transaction) => border && (await transaction.putBorder(border)))
    await by(async (transaction) => indicator && (await transaction.putIndicator(indicator)))
    expect(recorded().counted).toBe(7)
    await expect(add(key, ['b'])).rejects.toThrow(QuotaExceeded)
  })

  test('neither counts nor refuses a dry run', async () => {
    const key = await addKey(2)
    expect(await add(key, named('a', 5), { dryRun: true })).toMatchObject({ left: 2 })
    await add(key, named('a', 2))
    expect(await add(key, ['b'], { dryRun: true })).toMatchObject({ left: 0 })
    expect(recorded()).toEqual({ counted: 2, there: 2 })
  })

  test('does not count what a write recorded that failed', async () => {
    const key = await addKey(2)
    const failing = store.write({ ...NOBODY, apiKey: key }, async (transaction) => {
      await transaction.putSource(publication({ id: 'a' }))
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await add(key, named('a', 2))).toMatchObject({ left: 0 })
  })

  test('is each lineage’s own, and none limits a key without one or the operator', async () => {
    const [one, other, free] = [await addKey(1), await addKey(1), await addKey(null)]
    await add(one, ['a'])
    await add(other, ['b'])
    expect(await add(free, named('c', 20))).toBeNull()
    await store.write(NOBODY, async (transaction) => {
      for (const id of named('d', 20)) await transaction.putSource(publication({ id }))
    })
    for (const key of [one, other]) await expect(add(key, ['e'])).rejects.toThrow(QuotaExceeded)
  })

  test('is one for a key and the one it was rotated into, however often', async () => {
    const first = await addKey(4)
    await add(first, ['a'])
    const rotate = (named: string) =>
      store.write(NOBODY, (transaction) => transaction.rotateKey(named, { overlapMs: 1_000 }))
    const second = (await rotate(String(first))).id
    await add(second, ['b'])
    const third = (await rotate(String(second))).id
    await add(third, ['c'])
    await add(first, ['d'])
    for (const key of [first, second, third]) await expect(add(key, ['e'])).rejects.toThrow(QuotaExceeded)
  })

  test('that is changed counts what was recorded before, for all of the lineage', async () => {
    const first = await addKey(null)
    await add(first, named('a', 3))
    const { id: second } = await store.write(NOBODY, (transaction) =>
      transaction.rotateKey(String(first), { overlapMs: 1_000 }),
    )
    const set = (rows: number | null) =>
      store.write(NOBODY, (transaction) => transaction.setRowQuota(first, rows))
    expect(await set(4)).toBe(true)
    expect(await add(second, ['b'])).toMatchObject({ left: 0 })
    await set(2)
    for (const key of [first, second]) {
      const refused = await add(key, ['c']).catch((error: unknown) => error)
      expect(refused).toMatchObject({ quota: { rowsADay: 2, left: 0 } })
    }
    await set(null)
    expect(await add(second, named('d', 9))).toBeNull()
    expect(await store.write(NOBODY, (transaction) => transaction.setRowQuota(99, 1))).toBe(false)
  })

  test('is exact where many small writes come at once', async () => {
    const key = await addKey(10)
    const other = await open()
    const writes = named('a', 40).map((id, index) => add(key, [id], { by: index % 2 === 0 ? store : other }))
    const outcomes = await Promise.allSettled(writes)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(QuotaExceeded)
    expect(recorded()).toEqual({ counted: 10, there: 10 })
  })

  test('is exact where several processes write with one key', async () => {
    const key = await addKey(50)
    const children = startProcesses(3)
    const task = { url, action: 'use up the quota', apiKey: key } as const
    expect(await performTogether(children, task)).toEqual([null, null, null])
    expect(recorded()).toEqual({ counted: 50, there: 50 })
  })
})
