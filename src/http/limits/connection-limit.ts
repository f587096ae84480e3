import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import proxyAddr from '@fastify/proxy-addr'
import { createClientCounts } from '../../concurrency/client-counts.ts'
import { normalizeAddress } from './client-address.ts'

export interface ConnectionLimitOptions {
  /** The connections that one client may have open. */
  readonly perClient: number
  /** Addresses and networks whose connections are those of many clients, and not limited. */
  readonly trustedProxies: readonly string[]
}

/** Closes connections of a client that has too many, so that none can take the places of all others. */
export function limitConnections(
  server: Server,
  { perClient, trustedProxies }: ConnectionLimitOptions,
): void {
  const connections = createClientCounts()
  const isProxy = trustedProxies.length === 0 ? () => false : proxyAddr.compile([...trustedProxies])
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket
    if (isProxy(remoteAddress, 0)) return
    const client = normalizeAddress(remoteAddress)
    if (connections.of(client) < perClient) socket.once('close', connections.add(client))
    else socket.destroy()
  })
}
