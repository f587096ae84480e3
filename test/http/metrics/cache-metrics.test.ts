import { expect, test } from 'vitest'
import { startMeasured } from '../../support/http/measured.ts'

const ANSWERS = 'crossings_http_cache_requests_total'

test('cache results are counted, and the size of the cache is reported', async () => {
  const api = await startMeasured()
  expect(await api.values(ANSWERS)).toEqual({ hit: 0, miss: 0, not_modified: 0 })
  expect(await api.values('crossings_http_cache_entries')).toEqual({ '': 0 })
  const target = '/v1/totals?period=2024'
  const { headers, bytes } = await api.get(target)
  await api.get('/v1/borders')
  await api.get('/v1/totals?nonsense=1')
  await api.get('/health/live')
  expect(await api.values(ANSWERS)).toEqual({ hit: 0, miss: 2, not_modified: 0 })
  await api.get(target)
  await api.get(target)
  expect(await api.values(ANSWERS)).toEqual({ hit: 2, miss: 2, not_modified: 0 })
  const known = { 'if-none-match': headers.etag ?? '' }
  await api.get(target, known)
  await api.add({})
  expect(await api.values(ANSWERS)).toEqual({ hit: 2, miss: 2, not_modified: 1 })
  expect(await api.values('crossings_http_cache_entries')).toEqual({ '': 2 })
  const { '': held = 0 } = await api.values('crossings_http_cache_bytes')
  expect(held).toBeGreaterThan(bytes.length)
  await api.close()
})

test('an answer that a client has already, and the server not, is not modified, and none is held', async () => {
  const api = await startMeasured()
  const target = '/v1/totals?period=2024'
  const { headers } = await api.get(target)
  await api.close()
  const other = await startMeasured()
  expect((await other.get(target, { 'if-none-match': headers.etag ?? '' })).status).toBe(304)
  expect(await other.values(ANSWERS)).toEqual({ hit: 0, miss: 0, not_modified: 1 })
  expect(await other.values('crossings_http_cache_entries')).toEqual({ '': 0 })
  await other.close()
})
