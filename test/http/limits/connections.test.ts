import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../../../src/http/app.ts'
import { openStore } from '../../../src/store/store.ts'
import { eventually } from '../../support/eventually.ts'
import { PRESENT } from '../../support/http/harness.ts'

test('connections above the cap are closed as they come, the others answer, and there is room again', async () => {
  const now = () => PRESENT
  const store = await openStore({ url: 'file::memory:', now })
  const app = await buildApp({ store, now, logLevel: 'silent', maxConnections: 3 })
  onTestFinished(async () => {
    app.server.closeAllConnections()
    await app.close().finally(store.close)
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const opened = async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    await once(socket, 'connect')
    return socket
  }
  const answerOn = async (socket: Socket) => {
    socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n')
    const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => ['closed'])])
    return String(answer).split('\r\n', 1)[0]
  }
  const held = [await opened(), await opened(), await opened()]
  for (const socket of held) expect(await answerOn(socket)).toBe('HTTP/1.1 200 OK')
  expect(await answerOn(await opened())).toBe('closed')
  for (const socket of held) expect(await answerOn(socket)).toBe('HTTP/1.1 200 OK')
  const [leaving] = held
  leaving?.end()
  await once(leaving as Socket, 'close')
  await eventually(async () => (await answerOn(await opened())) === 'HTTP/1.1 200 OK')
})
