import { once } from 'node:events'
import { expect, test } from 'vitest'
import { exchangeRaw, startApp } from '../../support/http/harness.ts'

test('a server that stops finishes what is in flight, and its connections end with that', async () => {
  const api = await startApp()
  const request = 'GET /v1/series?interval=day HTTP/1.1\r\nHost: x\r\n\r\n'
  const arrived = once(api.app.server, 'request')
  const inFlight = exchangeRaw(api.port, request)
  await arrived
  await api.close()
  const text = await inFlight
  expect(text).toMatch(/^HTTP\/1\.1 200 /)
  expect(text).toMatch(/"next":/)
  expect(api.app.server.listening).toBe(false)
})
