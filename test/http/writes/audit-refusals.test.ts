import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newKey } from '../../../src/store/api-key.ts'
import { figure, PRESENT, startWriters, type Writers } from '../../support/http/writers.ts'
import { folderForAll } from '../../support/store/scratch.ts'

const url = `file:${folderForAll()}/crossings.sqlite`
let w: Writers
let seen = 0

beforeAll(async () => {
  w = await startWriters({ url })
})
afterAll(() => w.close())
beforeEach(async () => {
  await entries()
})

/** The entries that were made since this was last called. */
async function entries() {
  await w.store.recordActivity()
  const all = await w.store.auditEntries({ limit: 1_000 })
  const fresh = all.slice(seen)
  seen = all.length
  return fresh
}

const told = async () =>
  (await entries())
    .filter(({ action }) => action === 'refused')
    .map(({ api_key, via, status, detail, count }) => [api_key, via, status, detail, count])

const idOf = async (key: string) => (await w.store.keyOf(key))?.id ?? 0

describe('the audit log', () => {
  test('counts requests without a key, and with unknown ones, together whatever their route', async () => {
    const before = w.everything()
    for (let number = 0; number < 30; number++) {
      const key = newKey()
      await w.send('POST', '/v1/observations', { key, body: figure() })
      await w.send('DELETE', `/v1/events/${number}?reason=x`, { key: null })
      await w.send('PUT', '/v1/borders/PL-BY', { key: `${key}x`, body: {} })
    }
    expect(w.everything()).toBe(before)
    expect(await told()).toEqual([
      [null, null, 401, 'unknown key', 60],
      [null, null, 401, 'no key', 30],
    ])
  })

  test('names the key that was expired, revoked, or of too small a scope', async () => {
    const expired = await w.newKey('write', '2026-06-01T12:00:00.000Z')
    const revoked = await w.newKey('write')
    const id = await idOf(revoked)
    await w.store.write({ author: null, reason: null }, (transaction) => transaction.revokeKey(id))
    await w.send('POST', '/v1/observations', { key: expired, body: figure() })
    await w.send('POST', '/v1/sources', { key: revoked, body: {} })
    await w.send('PUT', '/v1/borders/PL-BY', { key: w.keys.write, body: {} })
    expect(await told()).toEqual([
      [await idOf(expired), 'POST /v1/observations', 401, 'expired key', 1],
      [id, 'POST /v1/sources', 401, 'revoked key', 1],
      [await idOf(w.keys.write), 'PUT /v1/borders/:id', 403, null, 1],
    ])
  })

  test('names the key whose write met another state, or went beyond its quota', async () => {
    const key = await w.store.write({ author: null, reason: null }, (transaction) =>
      transaction.addKey({ name: 'Small', scope: 'write', expires_at: null, rows_a_day: 1 }),
    )
    const put = { period_basis: 'stated', count: 1, qualifier: 'about', note: null }
    const send = (method: string, target: string, body: unknown, headers = {}) =>
      w.send(method, target, { key, body, headers })
    const statuses = [
      await send('PUT', '/v1/observations/1', put),
      await send('PUT', '/v1/observations/1', put, { 'if-match': '"99"' }),
      await send('POST', '/v1/observations', figure({ source: 'nothing' })),
      await send('POST', '/v1/observations', figure()),
      await send('POST', '/v1/observations', figure()),
      await send('POST', '/v1/observations', figure({ country: 'PL' })),
      await send('POST', '/v1/observations', {}),
      await send('PUT', '/v1/observations/999999', put, { 'if-match': '*' }),
    ].map(({ status }) => status)
    expect(statuses).toEqual([428, 412, 422, 201, 409, 429, 400, 412])
    const id = await idOf(key)
    expect(await told()).toEqual([
      [id, 'PUT /v1/observations/:id', 428, null, 1],
      [id, 'PUT /v1/observations/:id', 412, null, 2],
      [id, 'POST /v1/observations', 422, null, 1],
      [id, 'POST /v1/observations', 409, null, 1],
      [id, 'POST /v1/observations', 429, 'rows a day', 1],
    ])
  })

  test('holds nothing of what was sent', async () => {
    const [key, unknown] = [await w.newKey('write'), newKey()]
    const secret = 'bxk_in-the-address'
    await w.send('POST', '/v1/observations', { key: unknown, body: figure({ note: secret }) })
    await w.send('PUT', `/v1/borders/XX-YY?reason=${secret}`, { key, body: {} })
    const text = JSON.stringify(await entries())
    for (const part of [key.slice(4, 68), unknown.slice(4, 68), secret, 'XX-YY', 'Bearer'])
      expect(text).not.toContain(part)
  })

  test('holds no reads, and no writes that were done', async () => {
    await w.send('GET', '/v1/totals?period=nonsense', { key: newKey() })
    expect(
      (await w.send('POST', '/v1/observations?dry_run=true', { body: figure({ country: 'LV' }) })).status,
    ).toBe(200)
    expect(await told()).toEqual([])
  })
})

describe('the last use of a key', () => {
  const lastUseOf = async (key: string) => {
    await w.store.recordActivity()
    const id = await idOf(key)
    return (await w.store.keyReports('2026-06-01')).find((each) => each.id === id)?.last_used_at
  }

  test('is the hour of any request that it is valid for, refused and dry ones too', async () => {
    const key = await w.newKey('write')
    expect(await lastUseOf(key)).toBeNull()
    w.setTime('2026-06-01T13:14:15.000Z')
    await w.send('PUT', '/v1/borders/PL-BY', { key, body: {} })
    expect(await lastUseOf(key)).toBe('2026-06-01T13:00:00.000Z')
    w.setTime('2026-06-01T15:59:59.999Z')
    await w.send('POST', '/v1/observations?dry_run=true', { key, body: figure({ country: 'LV' }) })
    expect(await lastUseOf(key)).toBe('2026-06-01T15:00:00.000Z')
    w.setTime(PRESENT)
  })

  test('is not that of a key which is revoked', async () => {
    const key = await w.newKey('write')
    const id = await idOf(key)
    await w.store.write({ author: null, reason: null }, (transaction) => transaction.revokeKey(id))
    await w.send('POST', '/v1/observations', { key, body: figure() })
    expect(await lastUseOf(key)).toBeNull()
  })
})
