import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { KeyRejected } from '../../../src/store/write/api-keys.ts'
import { contentOf, messageOf, scratchFolder } from '../../support/store/scratch.ts'

const OPERATOR = { author: null, reason: null, via: 'a test' }
const DAY_MS = 86_400_000

let url: string
let time: string
let store: Store

beforeEach(async () => {
  url = `file:${scratchFolder()}/crossings.sqlite`
  time = '2026-06-01T12:00:00.000Z'
  store = await openStore({ url, now: () => time })
  onTestFinished(() => store.close())
})

function addKey(facts: { name?: string; expires_at?: string | null; rows_a_day?: number } = {}) {
  return store.write(OPERATOR, (transaction) =>
    transaction.addKey({ name: 'Newsroom', scope: 'admin', expires_at: null, ...facts }),
  )
}

function rotate(named: string, overlapMs = 7 * DAY_MS, expires_at?: string) {
  return store.write(OPERATOR, (transaction) => transaction.rotateKey(named, { overlapMs, expires_at }))
}

const reports = () => store.keyReports(time.slice(0, 10))

describe('a rotation', () => {
  test('makes a key of the same name, scope and quota, and ends the old one after the overlap', async () => {
    const old = await addKey({ rows_a_day: 500 })
    const { key, id, replaced } = await rotate('1')
    expect(replaced).toEqual({ id: 1, expires_at: '2026-06-08T12:00:00.000Z' })
    const common = { name: 'Newsroom', scope: 'admin', rows_a_day: 500, lineage: 1 }
    expect(await store.keyOf(key)).toMatchObject({ ...common, id, replaces: 1, expires_at: null })
    expect(await store.keyOf(old)).toMatchObject({ ...common, id: 1, expires_at: replaced.expires_at })
    expect((await reports()).map(({ replaced_by }) => replaced_by)).toEqual([2, null])
  })

  test('lets no key live longer than it would have, and the new one as long as the old was made to', async () => {
    await addKey({ expires_at: '2026-06-03T00:00:00.000Z' })
    const { id, replaced } = await rotate('1')
    expect(replaced.expires_at).toBe('2026-06-03T00:00:00.000Z')
    expect((await reports()).find((key) => key.id === id)?.expires_at).toBe('2026-06-03T00:00:00.000Z')
    time = '2026-06-02T23:00:00.000Z'
    const next = await rotate('2', 0, '2027-01-01T00:00:00.000Z')
    expect(next.replaced.expires_at).toBe(time)
    expect((await reports()).at(-1)).toMatchObject({ expires_at: '2027-01-01T00:00:00.000Z', lineage: 1 })
  })

  test('finds a key by the name that it alone has of those that work', async () => {
    await addKey({ name: 'Desk' })
    await addKey({ name: 'Desk' })
    await expect(rotate('Desk')).rejects.toThrow(/several keys.*1, 2/)
    await store.write(OPERATOR, (transaction) => transaction.revokeKey(1))
    expect((await rotate('Desk')).replaced.id).toBe(2)
    expect((await rotate('Desk')).replaced.id).toBe(3)
  })

  test('refuses a key that is revoked, expired, replaced, or not there, and changes nothing', async () => {
    await addKey({ name: 'A' })
    await addKey({ name: 'B', expires_at: '2026-06-01T12:00:00.000Z' })
    await addKey({ name: 'C' })
    await rotate('3')
    await store.write(OPERATOR, (transaction) => transaction.revokeKey(1))
    const before = await reports()
    for (const [named, reason] of [
      ['1', /key 1 was revoked/],
      ['A', /key 1 was revoked/],
      ['2', /key 2 has expired/],
      ['3', /key 3 was rotated; rotate key 4/],
      ['9', /there is no key 9/],
      ['Nobody', /no key has that name/],
    ] as const) {
      const error = await rotate(named).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(KeyRejected)
      expect(String(error)).toMatch(reason)
    }
    expect(await reports()).toEqual(before)
  })
})

describe('the audit log', () => {
  test('records each change of a key, with its command and time', async () => {
    await addKey({ rows_a_day: 500 })
    time = '2026-06-02T12:00:00.000Z'
    const { key } = await rotate('1')
    await store.write(OPERATOR, (transaction) => transaction.setRowQuota(2, null))
    await store.write(OPERATOR, (transaction) => transaction.revokeKey(1))
    await store.write(OPERATOR, (transaction) => transaction.revokeKey(1))
    const entries = await store.auditEntries({ limit: 10 })
    expect(
      entries.map(({ action, api_key, detail, recorded_at }) => [action, api_key, detail, recorded_at]),
    ).toEqual([
      ['created', 1, 'scope admin, 500 rows a day, no end', '2026-06-01T12:00:00.000Z'],
      ['created', 2, 'scope admin, 500 rows a day, no end', time],
      ['rotated', 1, 'key 2 takes over; ends 2026-06-09T12:00:00.000Z', time],
      ['quota_changed', 2, 'any number of rows a day', time],
      ['revoked', 1, null, time],
    ])
    for (const entry of entries)
      expect(entry).toMatchObject({ via: 'a test', count: 1, status: null, name: 'Newsroom' })
    expect(JSON.stringify(entries)).not.toContain(key.slice(4, 68))
  })

  test('is read by key, from a day on, and to a limit of the newest', async () => {
    for (const day of [1, 2, 3]) {
      time = `2026-06-0${day}T00:00:00.000Z`
      await addKey()
    }
    const read = async (filter: { api_key?: number; since?: string; limit: number }) =>
      (await store.auditEntries(filter)).map(({ id }) => id)
    expect(await read({ limit: 9 })).toEqual([1, 2, 3])
    expect(await read({ limit: 2 })).toEqual([2, 3])
    expect(await read({ limit: 9, api_key: 2 })).toEqual([2])
    expect(await read({ limit: 9, since: '2026-06-02' })).toEqual([2, 3])
  })

  test('loses an entry where the change is not made', async () => {
    const failing = store.write(OPERATOR, async (transaction) => {
      await transaction.addKey({ name: 'x', scope: 'write', expires_at: null })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await store.auditEntries({ limit: 9 })).toEqual([])
  })
})

describe('SQL by itself', () => {
  test.for([
    'DELETE FROM audit_log',
    'UPDATE audit_log SET count = count + 1',
    'INSERT OR REPLACE INTO audit_log SELECT * FROM audit_log',
    'DELETE FROM api_keys',
    "UPDATE api_keys SET name = 'Other'",
    "UPDATE api_keys SET scope = 'write'",
    `UPDATE api_keys SET hash = '${'0'.repeat(64)}'`,
    "UPDATE api_keys SET created_at = ''",
    'UPDATE api_keys SET revoked_at = NULL WHERE id = 1',
    "UPDATE api_keys SET expires_at = '9999-01-01T00:00:00.000Z' WHERE id = 2",
    'UPDATE api_keys SET expires_at = NULL WHERE id = 2',
    'UPDATE api_keys SET replaces = NULL, lineage = id WHERE id = 3',
    'DELETE FROM api_key_rows',
    'UPDATE api_key_rows SET rows = rows - 1',
    "UPDATE api_key_rows SET day = '2020-01-01'",
  ])('refuses %s', async (sql) => {
    await addKey()
    await addKey()
    await rotate('2')
    await store.write(OPERATOR, (transaction) => transaction.revokeKey(1))
    const connection = openDatabase(url)
    onTestFinished(() => void connection.close())
    connection.exec("INSERT INTO api_key_rows VALUES (1, '2026-06-01', 5)")
    const before = contentOf(connection)
    expect(messageOf(() => connection.exec(sql))).toMatch(/never changed/)
    expect(contentOf(connection)).toEqual(before)
  })

  test.for([
    ['a lineage that is not that of the key it replaces', [4, 1, 2], /lineage/],
    ['a lineage of another without replacing it', [4, null, 1], /CHECK/],
    ['a second successor', [4, 2, 2], /UNIQUE/],
    ['a quota of no row', [4, null, 4, 0], /CHECK/],
  ] as const)('refuses a key with %s', async ([, [id, replaces, lineage, rows = 5], reason]) => {
    await addKey()
    await addKey()
    await rotate('2')
    const connection = openDatabase(url)
    onTestFinished(() => void connection.close())
    const insert = connection.prepare(
      `INSERT INTO api_keys (id, name, scope, hash, created_at, replaces, lineage, rows_a_day)
       VALUES (?, 'x', 'write', ?, '2026-06-01T12:00:00.000Z', ?, ?, ?)`,
    )
    expect(messageOf(() => insert.run(id, 'f'.repeat(64), replaces, lineage, rows))).toMatch(reason)
  })
})
