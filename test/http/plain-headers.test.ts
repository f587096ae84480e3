import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { plainHeaders } from '../../src/http/plain-headers.ts'

function request(rawHeaders: readonly string[], method = 'GET', httpVersion = '1.1'): IncomingMessage {
  return { method, httpVersion, rawHeaders } as unknown as IncomingMessage
}

test('of a request that only reads what its answer may depend on is read, however it is written', () => {
  const raw = [
    'HOST',
    'a',
    'Accept',
    'text/csv',
    'X-Other',
    'x',
    'accept-language',
    'pl',
    'If-None-Match',
    '"1"',
  ]
  const read = { host: 'a', accept: 'text/csv', 'accept-language': 'pl', 'if-none-match': '"1"' }
  expect(plainHeaders(request(raw))).toEqual(read)
  expect(plainHeaders(request(raw, 'HEAD'))).toEqual(read)
})

test.each([
  ['writes', request(['Host', 'a'], 'POST')],
  ['has a body', request(['Host', 'a', 'Content-Length', '1'])],
  ['may have a body', request(['Host', 'a', 'Transfer-Encoding', 'chunked'])],
  ['names no host', request(['Accept', 'a'])],
  ['names two hosts', request(['Host', 'a', 'host', 'b'])],
  ['says twice what it accepts', request(['Host', 'a', 'Accept', 'text/csv', 'Accept', 'text/html'])],
  ['is of an older HTTP', request(['Host', 'a'], 'GET', '1.0')],
])('one that %s is none', (_, asked) => {
  expect(plainHeaders(asked)).toBeNull()
})
