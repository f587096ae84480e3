import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { parseSimpleGet } from '../../../src/http/protocol/simple-get.ts'

function request(rawHeaders: readonly string[], changes: Partial<IncomingMessage> = {}): IncomingMessage {
  return { method: 'GET', url: '/', httpVersion: '1.1', rawHeaders, ...changes } as IncomingMessage
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
  expect(parseSimpleGet(request(raw))).toEqual(read)
  expect(parseSimpleGet(request(raw, { method: 'HEAD' }))).toEqual(read)
})

test.each([
  ['writes', request(['Host', 'a'], { method: 'POST' })],
  ['has a body', request(['Host', 'a', 'Content-Length', '1'])],
  ['may have a body', request(['Host', 'a', 'Transfer-Encoding', 'chunked'])],
  ['names no host', request(['Accept', 'a'])],
  ['names two hosts', request(['Host', 'a', 'host', 'b'])],
  ['says twice what it accepts', request(['Host', 'a', 'Accept', 'text/csv', 'Accept', 'text/html'])],
  ['is of an older HTTP', request(['Host', 'a'], { httpVersion: '1.0' })],
  ['names a server in its address', request(['Host', 'a'], { url: 'http://a/' })],
  ['has a fragment in its address', request(['Host', 'a'], { url: '/#x' })],
  ['says more than some versions of Node read', request(['Host', 'a', ...Array(1_000).fill('x')])],
])('a request that %s is not simple', (_, asked) => {
  expect(parseSimpleGet(asked)).toBeNull()
})
