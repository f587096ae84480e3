import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../../src/http/app.ts'
import { presentTime } from '../../src/server.ts'
import { openStore } from '../../src/store/store.ts'
import { shareOf, watch } from '../support/faults/child-server.ts'
import { extent, isShort, report } from '../support/faults/extent.ts'
import { databaseIn, prepareDatabase, serve } from '../support/faults/serving.ts'
import { openRaw } from '../support/faults/sockets.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const EACH = extent(20, 200)
const DRIP_MS = 500

/** Who is not let go by then never is. */
const GIVES_UP_MS = extent(20_000, 60_000)

interface Sender {
  readonly says: string
  readonly drips?: boolean
}

/** Who begins a request and does not end it. */
function senders(key: string): Readonly<Record<string, Sender>> {
  const post = (path: string, type: string) =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: ${type}\r\ncontent-length: 1000\r\n\r\n{`
  return {
    'say nothing': { says: '' },
    'stop in their headers': { says: 'GET /v1 HTTP/1.1\r\nhost:' },
    'drip their headers': { says: 'GET /v1 HTTP/1.1\r\nx: ', drips: true },
    'stop in their body': { says: post('/v1/sources', 'application/json') },
    'drip their body': { says: post('/v1/sources', 'application/json'), drips: true },
    'stop in a table': { says: post('/v1/imports', 'text/csv') },
  }
}

/** The server as it is; where it has to be quick, one that waits less. */
async function serveOne(folder: string): Promise<{ url: string; port: number }> {
  if (!isShort) return await serve(folder)
  const store = await openStore({ url: `file:${databaseIn(folder)}`, now: presentTime })
  const patience = { headersMs: 1_500, bodyMs: 2_000 }
  const app = await buildApp({ store, now: presentTime, logLevel: 'silent', patience })
  onTestFinished(() => app.close().then(store.close))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, port: Number(new URL(url).port) }
}

/** Sends as a slow sender does, and answers what came back and when the connection was closed. */
async function send(port: number, { says, drips = false }: Sender) {
  const begun = performance.now()
  const { socket, closed } = await openRaw(port, says)
  const timer = setInterval(() => drips && socket.write('x'), DRIP_MS)
  const deadline = globalThis.setTimeout(() => socket.destroy(), GIVES_UP_MS)
  const answer = await closed
  clearInterval(timer)
  clearTimeout(deadline)
  return { answer, ms: performance.now() - begun }
}

test(`${EACH} of each kind of slow sender get a 408 and are let go, and others are answered meanwhile`, async () => {
  const folder = scratchFolder()
  const key = await prepareDatabase(folder)
  const { url, port } = await serveOne(folder)
  const stopWatchingBefore = watch(url, ['/v1/borders', '/v1/totals'])
  await setTimeout(extent(500, 5_000))
  const before = await stopWatchingBefore()
  const stopWatching = watch(url, ['/v1/borders', '/v1/totals'])
  const kinds = Object.entries(senders(key))
  const outcomes = await Promise.all(
    kinds.map(async ([kind, sender]) => {
      const sent = await Promise.all(Array.from({ length: EACH }, () => send(port, sender)))
      const statuses = new Set(sent.map(({ answer }) => answer.split(' ', 2)[1]))
      return { kind, statuses: [...statuses], times: sent.map(({ ms }) => ms) }
    }),
  )
  const meanwhile = await stopWatching()
  for (const { kind, times } of outcomes) {
    report(`${EACH} who ${kind}: let go after ${shareOf(times, 0)} to ${shareOf(times, 1)} ms`)
  }
  report(`others, p99: ${before.p99Ms} ms before, ${meanwhile.p99Ms} ms meanwhile`)
  expect(outcomes.map(({ kind, statuses }) => [kind, statuses])).toEqual(
    kinds.map(([kind]) => [kind, ['408']]),
  )
  expect(Object.keys(meanwhile.statuses)).toEqual(['200'])
  expect(meanwhile.statuses[200]).toBeGreaterThan(10)
})
