import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bodyTimeout } from '../../../src/http/limits/body-timeout.ts'

const LIMIT_MS = 1_500
const app = fastify()
let port: number

beforeAll(async () => {
  bodyTimeout(app, LIMIT_MS)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  for (const [url, isLongBody] of [
    ['/long', true],
    ['/short', false],
  ] as const) {
    app.post(url, { config: { isLongBody } }, async ({ body }) => ({ received: String(body).length }))
  }
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
})
afterAll(() => app.close())

/** Sends a body in pieces, with a pause after each, and answers what comes back. */
async function drip(
  path: string,
  pieces: number,
  pauseMs: number,
  { length = pieces } = {},
): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  const answer = text(socket)
  socket.on('error', () => undefined)
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/csv\r\nContent-Length: ${length}\r\n\r\n`,
  )
  for (let piece = 0; piece < pieces && !socket.readableEnded; piece++) {
    socket.write('x')
    await setTimeout(pauseMs)
  }
  const received = await answer.catch(() => '')
  socket.destroy()
  return received
}

test('a table may come slowly for longer than the limit, as long as it comes', async () => {
  expect(await drip('/long', 12, 150)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"received":12\}$/)
})

test('a table that stops coming is a 408, and the connection is closed', async () => {
  expect(await drip('/long', 2, 50, { length: 100 })).toMatch(/^HTTP\/1\.1 408 [\s\S]*request-timeout/)
})

test('any other body must be there in time, however steadily it drips', async () => {
  expect(await drip('/short', 100, 100, { length: 1_000 })).toMatch(/^HTTP\/1\.1 408 /)
})
