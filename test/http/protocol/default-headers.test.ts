import { afterAll, beforeAll, expect, test } from 'vitest'
import { SECURITY_HEADERS } from '../../../src/http/protocol/default-headers.ts'
import { type Harness, startApp } from '../../support/http/harness.ts'

let api: Harness
beforeAll(async () => {
  api = await startApp()
})
afterAll(() => api.close())

test.for([
  '/v1/totals',
  '/v1/series?format=csv',
  '/v1/observations?format=ndjson&limit=all',
  '/v1/totals?x=1',
  '/nowhere',
  '/v1/%zz',
  '/openapi.json',
])('%s may be loaded by any page and may itself do nothing, computed or cached', async (url) => {
  for (const _ of ['made', 'kept']) {
    const { headers } = await api.app.inject(url)
    expect(headers).toMatchObject(SECURITY_HEADERS)
    expect(headers).not.toHaveProperty('strict-transport-security')
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests')
  }
})

test('pages have policies of their own, and a 304 takes none of them away', async () => {
  const fresh = await startApp()
  for (const [url, ancestors] of [
    ['/', "'none'"],
    ['/embed', '*'],
    ['/docs/', "'self'"],
  ] as const) {
    const { headers } = await api.app.inject(url)
    expect(headers['content-security-policy'], url).toContain(`frame-ancestors ${ancestors}`)
    if (url === '/docs/') continue
    for (const { app } of [api, fresh]) {
      const known = await app.inject({ url, headers: { 'if-none-match': headers.etag ?? '' } })
      expect(known.statusCode, url).toBe(304)
      expect([undefined, headers['content-security-policy']]).toContain(
        known.headers['content-security-policy'],
      )
    }
  }
  await fresh.close()
})
