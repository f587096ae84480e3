import type { IncomingMessage } from 'node:http'
import { isIP, isIPv6 } from 'node:net'
import proxyAddr from '@fastify/proxy-addr'

/** Tells the clients of a server apart. */
export type ClientOf = (request: IncomingMessage) => string

/**
 * Who asks, as far as it can be told: an address, of IPv6 the network, because a client has all of one.
 * @param trustedProxies whose `X-Forwarded-For` is believed: addresses and networks
 */
export function clientsBehind(trustedProxies: readonly string[]): ClientOf {
  if (trustedProxies.length === 0) return ({ socket }) => clientAt(socket.remoteAddress)
  const isTrusted = proxyAddr.compile([...trustedProxies])
  return (request) => {
    const address = withoutPort(proxyAddr(request, (each, index) => isTrusted(withoutPort(each), index)))
    return clientAt(isIP(address) === 0 ? request.socket.remoteAddress : address)
  }
}

/** Returns the address alone: some proxies forward it with the port of the connection, IPv6 in brackets. */
function withoutPort(text: string): string {
  const [, ipv4, ipv6] = /^(?:(\d+\.\d+\.\d+\.\d+):\d+|\[([^\]]+)\](?::\d+)?)$/.exec(text) ?? []
  return ipv4 ?? ipv6 ?? text
}

/** Returns what tells a client apart: its address, of IPv6 the network. */
export function clientAt(address = ''): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? []
  if (mapped !== undefined) return mapped
  return isIPv6(address) ? networkOf(address) : address
}

/** The first 64 bits of an IPv6 address, in one way of writing. */
function networkOf(address: string): string {
  const [before = '', after = ''] = address.replace(/%.*/, '').split('::')
  const [head, rest] = [groupsOf(before), groupsOf(after)]
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - rest.length) }, () => '0')
  const groups = [...head, ...zeros, ...rest].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':')
}
