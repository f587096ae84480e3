import { expect, test } from 'vitest'
import { buildApp } from '../../../src/http/app.ts'
import { PRESENT, startApp } from '../../support/http/harness.ts'

test('live as long as it can answer, and never from a cache', async () => {
  const api = await startApp({ records: {} })
  const { status, text, headers } = await api.get('/health/live')
  expect([status, JSON.parse(text)]).toEqual([200, { status: 'live' }])
  expect(headers['cache-control']).toBe('no-store')
  await api.close()
})

test('ready with the newest version, and never from a cache', async () => {
  const api = await startApp()
  const { headers } = await api.get('/health/ready')
  expect(await api.json('/health/ready')).toMatchObject({ status: 'ready', version: 1 })
  expect(headers['cache-control']).toBe('no-store')
  await api.close()
})

test('not ready once the database cannot be read, though live, and says nothing of why', async () => {
  const api = await startApp()
  await api.store.close()
  const { status, headers } = await api.get('/health/ready')
  expect(status).toBe(503)
  expect(headers['retry-after']).toBeDefined()
  expect((await api.get('/health/live')).status).toBe(200)
  await api.app.close()
})

test('not ready while writes fail because of the machine, and ready again when one would not, without a restart', async () => {
  const api = await startApp()
  let isFull = true
  const canWrite = () => (isFull ? Promise.resolve(false) : api.store.canWrite())
  const app = await buildApp({ store: { ...api.store, canWrite }, now: () => PRESENT, logLevel: 'silent' })
  const { statusCode, headers } = await app.inject('/health/ready')
  expect([statusCode, headers['retry-after']]).toEqual([503, '5'])
  expect((await app.inject('/v1/totals')).statusCode).toBe(200)
  isFull = false
  expect((await app.inject('/health/ready')).statusCode).toBe(200)
  await app.close()
  await api.close()
})
