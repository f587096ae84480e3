import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { clientAddressResolver } from '../../../src/http/limits/client-address.ts'

function requestFrom(remoteAddress: string | undefined, forwardedFor?: string): IncomingMessage {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage
}

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
  ['2001:0DB8::1:ffff:2:3:4', '2001:db8:0:1::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  [undefined, ''],
])('%s is the client %s', (address, client) => {
  expect(clientAddressResolver([])(requestFrom(address))).toBe(client)
})

describe('X-Forwarded-For', () => {
  test('is believed of a trusted proxy, and of nobody else', () => {
    const clientOf = clientAddressResolver(['192.0.2.0/24'])
    expect(clientOf(requestFrom('192.0.2.7', '198.51.100.1'))).toBe('198.51.100.1')
    expect(clientOf(requestFrom('198.51.100.9', '198.51.100.1'))).toBe('198.51.100.9')
    expect(clientAddressResolver([])(requestFrom('192.0.2.7', '198.51.100.1'))).toBe('192.0.2.7')
  })

  test('is believed back to the first address that is not trusted', () => {
    const clientOf = clientAddressResolver(['192.0.2.0/24'])
    expect(clientOf(requestFrom('192.0.2.7', '203.0.113.1, 198.51.100.1, 192.0.2.8'))).toBe('198.51.100.1')
  })

  test.each([
    ['198.51.100.1:4711', '198.51.100.1'],
    ['[2001:db8:0:1::5]:4711', '2001:db8:0:1::/64'],
    ['[2001:db8:0:1::5]', '2001:db8:0:1::/64'],
    ['198.51.100.1:4711, 192.0.2.8:80', '198.51.100.1'],
  ])('is understood with a port, as in %s', (forwardedFor, client) => {
    expect(clientAddressResolver(['192.0.2.0/24'])(requestFrom('192.0.2.7', forwardedFor))).toBe(client)
  })

  test('is ignored where it is not an address', () => {
    expect(clientAddressResolver(['192.0.2.0/24'])(requestFrom('192.0.2.7', 'unknown'))).toBe('192.0.2.7')
  })
})
