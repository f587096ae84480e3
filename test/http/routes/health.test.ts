import { expect, test } from 'vitest'
import { startApp } from '../harness.ts'

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
