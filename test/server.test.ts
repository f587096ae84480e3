import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../src/config.ts'
import { openConfiguredStore, presentTime, startServer } from '../src/server.ts'
import { closeWithTest } from './support/close-with-test.ts'
import { scratchFolder } from './support/store/scratch.ts'

/** A server on a free port, with a store of its own. */
async function start(settings: Readonly<Record<string, string>> = {}) {
  const config = readConfig({ DATABASE_URL: 'file::memory:', PORT: '0', LOG_LEVEL: 'silent', ...settings })
  const store = await openConfiguredStore(config)
  const server = await startServer(config, store)
  return { store, server: { ...server, close: closeWithTest(server.close) } }
}

/** A connection on which something is sent, and whether it is closed. */
async function connectTo(url: string, text: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await once(socket, 'connect')
  socket.write(text)
  return { socket, closed }
}

describe('the server', () => {
  test('answers at the address it names, on a free port where it is given 0', async () => {
    const [a, b] = [await start(), await start()]
    expect(a.server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(a.server.url).not.toBe(b.server.url)
    for (const { server } of [a, b]) {
      expect(await (await fetch(`${server.url}/health/live`)).json()).toEqual({ status: 'live' })
      await server.close()
    }
  })

  test('uses the database that is configured', async () => {
    const { server, store } = await start({ DATABASE_URL: `file:${scratchFolder()}/crossings.sqlite` })
    expect(await (await fetch(`${server.url}/health/ready`)).json()).toEqual({ status: 'ready', version: 0 })
    await server.close()
    await expect(store.currentVersion()).rejects.toThrow(/not open/)
  })

  test('closes idle connections at once, so that nothing keeps it from ending', async () => {
    const { server } = await start()
    const idle = await connectTo(server.url, 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(idle.socket, 'data')
    const half = await connectTo(server.url, 'GET /health/live HTTP/1.1\r\nhost:')
    const stopped = server.close()
    await idle.closed
    // The other one has its grace: were the idle one closed with it, it would be gone a moment later.
    for (let turn = 0; turn < 10; turn++) await setImmediate()
    expect(half.socket.closed).toBe(false)
    await stopped
  })

  test('does not wait for a request that never comes whole', async () => {
    const { server } = await start()
    const half = await connectTo(server.url, 'GET /health/live HTTP/1.1\r\nhost:')
    await server.close()
    await half.closed
  })

  test('rejects a port that is in use, and leaves the store to whoever opened it', async () => {
    const { server } = await start()
    const config = readConfig({
      DATABASE_URL: 'file::memory:',
      PORT: new URL(server.url).port,
      LOG_LEVEL: 'silent',
    })
    const store = await openConfiguredStore(config)
    await expect(startServer(config, store)).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' })
    expect(await store.currentVersion()).toMatchObject({ version: 0 })
    await store.close()
    await server.close()
  })

  test('reads the clock in UTC, to the millisecond', () => {
    expect(presentTime()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(Math.abs(Date.parse(presentTime()) - Date.now())).toBeLessThan(1_000)
  })
})
