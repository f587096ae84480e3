import { existsSync, statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { report } from '../support/faults/extent.ts'
import { databaseIn, faultsIn, prepareDatabase, send, serve, source } from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const IN_FLIGHT = 50

async function openSocket(port: number, bytes: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined).resume()
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write(bytes)
  return socket
}

test(`told to stop, a server answers ${IN_FLIGHT} requests in flight, waits for no idle, silent or half-sent one, and leaves no log`, async () => {
  const folder = scratchFolder()
  const key = await prepareDatabase(folder)
  const server = await serve(folder, { LOG_LEVEL: 'info' })
  await openSocket(server.port, 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n')
  await openSocket(server.port, 'GET /v1 HTTP/1.1\r\nhost:')
  await openSocket(server.port, '')
  const arrivals = () => server.said(/"path":"\/v1\/(?:sources|series)/, IN_FLIGHT)
  const answers = Array.from({ length: IN_FLIGHT }, (_, number) =>
    number % 2 === 0
      ? send(server, 'POST', '/v1/sources', { key, body: source(`s${number}`) })
      : send(server, 'GET', `/v1/series?interval=week&period=2024&_=${number}`, { key }),
  )
  await arrivals()
  const begun = performance.now()
  server.child.kill('SIGTERM')
  const statuses = (await Promise.all(answers)).map((answer) => answer?.status)
  const { code, signal } = await server.ended
  report(
    `told to stop with ${IN_FLIGHT} requests in flight, ended after ${Math.round(performance.now() - begun)} ms`,
  )
  expect(statuses).toEqual(answers.map((_, number) => (number % 2 === 0 ? 201 : 200)))
  expect([code, signal]).toEqual([0, null])
  expect(existsSync(`${databaseIn(folder)}-wal`)).toBe(false)
  expect(statSync(databaseIn(folder)).size).toBeGreaterThan(0)
  await expect(fetch(server.url)).rejects.toThrow()
  expect(faultsIn(folder)).toEqual([])
})
