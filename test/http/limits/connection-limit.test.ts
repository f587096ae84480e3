import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../../../src/http/app.ts'
import { openStore } from '../../../src/store/store.ts'
import { PRESENT } from '../../support/http/harness.ts'

async function started(trustedProxies: readonly string[] = []) {
  const now = () => PRESENT
  const store = await openStore({ url: 'file::memory:', now })
  const app = await buildApp({
    store,
    now,
    logLevel: 'silent',
    maxConnections: 100,
    maxConnectionsPerClient: 3,
    trustedProxies,
  })
  const sockets: Socket[] = []
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await app.close()
    await store.close()
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return async (localAddress: string) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => undefined)
    sockets.push(socket)
    await once(socket, 'connect')
    return socket
  }
}

async function statusOn(socket: Socket): Promise<string | undefined> {
  socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n')
  const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => ['closed'])])
  return String(answer).split('\r\n', 1)[0]
}

const OK = 'HTTP/1.1 200 OK'

test('closes the connections of a client that has too many, and takes those of others', async () => {
  const open = await started()
  const silent = [await open('127.0.0.2'), await open('127.0.0.2'), await open('127.0.0.2')]
  expect(await statusOn(await open('127.0.0.2'))).toBe('closed')
  expect(await statusOn(await open('127.0.0.3'))).toBe(OK)
  const [leaving, ...others] = silent
  leaving?.end()
  if (leaving !== undefined) await once(leaving, 'close')
  expect(await statusOn(await open('127.0.0.2'))).toBe(OK)
  for (const socket of others) expect(await statusOn(socket)).toBe(OK)
})

test('does not limit the connections of a trusted proxy, which are those of many clients', async () => {
  const open = await started(['127.0.0.2'])
  for (let index = 0; index < 5; index++) expect(await statusOn(await open('127.0.0.2'))).toBe(OK)
})
