import type { IncomingMessage } from 'node:http'
import { isIP, isIPv6 } from 'node:net'
import proxyAddr from '@fastify/proxy-addr'

/** Identifies the client of a request. */
export type ClientAddressOf = (request: IncomingMessage) => string

/**
 * Returns what identifies clients by their address, or by the /64 network of an IPv6 address, all of which one client
 * has.
 * @param trustedProxies the addresses and networks whose `X-Forwarded-For` is trusted
 */
export function clientAddressResolver(trustedProxies: readonly string[]): ClientAddressOf {
  if (trustedProxies.length === 0) return ({ socket }) => normalizeAddress(socket.remoteAddress)
  const isTrusted = proxyAddr.compile([...trustedProxies])
  return (request) => {
    const address = withoutPort(proxyAddr(request, (each, index) => isTrusted(withoutPort(each), index)))
    return normalizeAddress(isIP(address) === 0 ? request.socket.remoteAddress : address)
  }
}

/** Returns the address alone: some proxies forward it with the port of the connection, IPv6 in brackets. */
function withoutPort(text: string): string {
  const [, ipv4, ipv6] = /^(?:(\d+\.\d+\.\d+\.\d+):\d+|\[([^\]]+)\](?::\d+)?)$/.exec(text) ?? []
  return ipv4 ?? ipv6 ?? text
}

/** Returns an IPv4 address, or the /64 network of an IPv6 address. */
export function normalizeAddress(address = ''): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? []
  if (mapped !== undefined) return mapped
  return isIPv6(address) ? ipv6Prefix64(address) : address
}

/** Returns the first 64 bits of an IPv6 address, in canonical form. */
function ipv6Prefix64(address: string): string {
  const [before = '', after = ''] = address.replace(/%.*/, '').split('::')
  const [head, rest] = [groupsOf(before), groupsOf(after)]
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - rest.length) }, () => '0')
  const groups = [...head, ...zeros, ...rest].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':')
}
