import { get, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../../../src/http/app.ts'
import { openStore } from '../../../src/store/store.ts'
import { eventually } from '../../support/eventually.ts'
import { openStream } from '../../support/http/event-stream.ts'
import { PRESENT } from '../../support/http/harness.ts'

const IDLE_MS = 2_000
const PIECE = Buffer.alloc(64 * 1024, 'x')

/** The app with an answer that does not end, and which of its readers have been given up. */
async function startEndless() {
  const now = () => PRESENT
  const store = await openStore({ url: 'file::memory:', now })
  const app = await buildApp({ store, now, logLevel: 'silent', patience: { idleMs: IDLE_MS } })
  const givenUp: string[] = []
  async function* endless(reader: string) {
    try {
      for (;;) yield PIECE
    } finally {
      givenUp.push(reader)
    }
  }
  app.get('/endless/:reader', { config: { example: '/endless/x' } }, (request, reply) =>
    reply.send(Readable.from(endless((request.params as { reader: string }).reader))),
  )
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  onTestFinished(() => app.close().then(store.close))
  const read = (reader: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: `/endless/${reader}`, agent: false }, resolve).on('error', reject)
    })
  return { port: Number(port), read, givenUp }
}

test('a client that reads nothing is disconnected; one that reads slowly, or follows a quiet stream, is not', async () => {
  const { port, read, givenUp } = await startEndless()
  const quiet = await openStream(port, '/v1/changes/stream')
  const slow = await read('slow')
  const none = await read('none')
  none.pause().on('error', () => undefined)
  const reading = setInterval(() => {
    for (let piece = slow.read(); piece !== null; piece = slow.read());
  }, IDLE_MS / 40)
  onTestFinished(() => {
    clearInterval(reading)
    for (const each of [slow, none, quiet]) each.destroy()
  })
  await eventually(() => givenUp.length > 0)
  await setTimeout(IDLE_MS)
  expect(givenUp).toEqual(['none'])
  expect([slow.destroyed, quiet.destroyed]).toEqual([false, false])
})
