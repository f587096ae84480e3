import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, startApp } from '../../support/http/harness.ts'

let api: Harness
beforeAll(async () => {
  api = await startApp({ records: {} })
})
afterAll(async () => {
  await api.close()
})

describe.for([
  ['/assets/page.css', 'text/css; charset=utf-8'],
  ['/assets/page.js', 'text/javascript; charset=utf-8'],
  ['/assets/icon.svg', 'image/svg+xml'],
])('%s', ([url = '', type]) => {
  test('is sent with its type, and may be cached for a while', async () => {
    const { statusCode, headers, body } = await api.app.inject(url)
    expect([statusCode, headers['content-type']]).toEqual([200, type])
    expect(headers['cache-control']).toContain('max-age=300')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers.vary).toBe('Accept-Encoding')
    expect(body).not.toMatch(/url\(\s*['"]?(?:https?:)?\/\/|@import|\beval\(|innerHTML/)
  })

  test('is a 304 for a matching ETag', async () => {
    const { headers } = await api.app.inject(url)
    const etag = String(headers.etag)
    for (const known of [etag, `"other", ${etag}`, etag.replace('W/', ''), '*']) {
      const again = await api.app.inject({ url, headers: { 'if-none-match': known } })
      expect([again.statusCode, again.body, again.headers.etag], known).toEqual([304, '', etag])
    }
    expect((await api.app.inject({ url, headers: { 'if-none-match': '"other"' } })).statusCode).toBe(200)
  })

  test('is small where the client can read that', async () => {
    const plain = await api.app.inject(url)
    for (const encoding of ['gzip', 'br']) {
      const { headers, rawPayload } = await api.app.inject({ url, headers: { 'accept-encoding': encoding } })
      expect(headers['content-encoding']).toBe(encoding)
      expect(rawPayload.length).toBeLessThan(Math.max(plain.rawPayload.length, 400))
    }
  })

  test('takes no parameters', async () => {
    expect((await api.app.inject(`${url}?v=1`)).statusCode).toBe(400)
  })
})

test('nothing else of the server lies there', async () => {
  for (const url of [
    '/assets/',
    '/assets/page.ts',
    '/assets/../page.ts',
    '/assets/%2e%2e/html.ts',
    '/assets/page.css/',
  ])
    expect((await api.app.inject(url)).statusCode, url).toBe(404)
})
