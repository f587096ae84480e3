import { expect, test } from 'vitest'
import { buildApp } from '../../../src/http/app.ts'
import { newKey } from '../../../src/store/api-key.ts'
import { openStore } from '../../../src/store/store.ts'
import { PRESENT } from '../../support/http/harness.ts'

async function startLogged() {
  const lines: string[] = []
  const store = await openStore({ url: 'file::memory:', now: () => PRESENT })
  const logTo = { write: (line: string) => void lines.push(line) }
  const app = await buildApp({ store, now: () => PRESENT, logLevel: 'trace', logTo })
  return { app, store, log: () => lines.join('') }
}

test('a key and an idempotency key are in no log, wherever a failing request has them', async () => {
  const { app, store, log } = await startLogged()
  const key = newKey()
  const headers = { authorization: `Bearer ${key}`, 'idempotency-key': 'once-only-7', 'x-api-key': key }
  app.get('/broken', () => {
    throw new Error(`cannot read ${key}`)
  })
  const statuses = new Set<number>()
  for (const url of [
    '/v1/sources',
    '/nowhere',
    `/${key}`,
    `/v1/totals?secret=${key}&once-only-7`,
    '/broken',
  ]) {
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      const payload = method === 'POST' ? { payload: `{"key":"${key}` } : {}
      const answer = await app.inject({
        method,
        url,
        headers: { ...headers, 'content-type': 'application/json' },
        ...payload,
      })
      statuses.add(answer.statusCode)
    }
  }
  expect([...statuses]).toEqual(expect.arrayContaining([400, 401, 404, 405, 500]))
  expect(log()).toContain('/v1/totals')
  expect(log()).toContain('[key]')
  expect(log()).not.toMatch(/bxk_|once-only-7/)
  await app.close()
  await store.close()
})

test('a fault of the server is answered with the id that it is logged under, never with one of the client', async () => {
  const { app, store, log } = await startLogged()
  app.get('/broken', () => {
    throw new Error('a fault')
  })
  const mine = { 'x-request-id': 'mine', 'request-id': 'mine' }
  const { request_id } = (await app.inject({ url: '/broken', headers: mine })).json()
  const logged =
    log()
      .split('\n')
      .find((line) => line.includes('request failed')) ?? '{}'
  expect(request_id).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/)
  expect(JSON.parse(logged).reqId).toBe(request_id)
  expect(log()).not.toContain('mine')
  expect((await app.inject('/nowhere')).json()).not.toHaveProperty('request_id')
  await app.close()
  await store.close()
})
