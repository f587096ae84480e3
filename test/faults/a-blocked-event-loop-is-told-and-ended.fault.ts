import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { COMMAND } from '../support/cli/command.ts'
import { clientOf } from '../support/faults/clients.ts'
import {
  childrenOf,
  faultsIn,
  prepareDatabase,
  type Serving,
  send,
  serve,
  source,
} from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const BLOCKER = fileURLToPath(new URL('../support/faults/block-loop.ts', import.meta.url))

/** A server whose event loop can be blocked by a signal, and that follows its own changes for a client. */
async function serveBlockable(env: Readonly<Record<string, string>>) {
  const folder = scratchFolder()
  const key = await prepareDatabase(folder)
  const node = join(folder, 'blockable-node')
  writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' --import '${BLOCKER}' "$@"\n`)
  chmodSync(node, 0o755)
  const server = await serve(folder, env, [node, COMMAND])
  let told = ''
  server.child.stderr?.on('data', (text: string) => {
    told += text
  })
  const stream = await fetch(`${server.url}/v1/changes/stream`)
  expect(stream.status).toBe(200)
  return { folder, key, server, told: () => told }
}

function killing(server: Serving, signal: NodeJS.Signals): void {
  server.child.kill(signal)
}

test('a block is a line in the log with the route, and the service goes on', async () => {
  const { server } = await serveBlockable({ MAX_BLOCK_MS: '300', EXIT_AFTER_BLOCK_MS: '60000' })
  killing(server, 'SIGUSR2')
  const log = await server.said(/the event loop was blocked/)
  expect(log).toMatch(/"blockedMs":\d+,"routes":\{"\/v1\/changes\/stream":1\}/)
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200)
  server.child.kill('SIGKILL')
})

test('an endless loop ends the process with a line that names the route, and loses nothing', async () => {
  const { folder, key, server } = await serveBlockable({ EXIT_AFTER_BLOCK_MS: '1000' })
  expect((await send(server, 'POST', '/v1/sources', { key, body: source('before') }))?.status).toBe(201)
  killing(server, 'SIGHUP')
  const { signal, stderr } = await server.ended
  expect(signal).toBe('SIGKILL')
  expect(stderr).toBe(
    'crossings: ended because its event loop was blocked for 1 s; it was answering /v1/changes/stream (1)\n',
  )
  expect(faultsIn(folder)).toEqual([])
})

test('one of two processes in an endless loop is ended and replaced, and the other answers all the while', async () => {
  const { server, told } = await serveBlockable({ WORKERS: '2', EXIT_AFTER_BLOCK_MS: '3000' })
  const before = childrenOf(server)
  process.kill(before[0] ?? 0, 'SIGHUP')
  // Until its loop is blocked, it may still take a connection.
  await setTimeout(300)
  const statuses = new Set<number>()
  while (!told().includes('takes its place')) {
    // A connection of its own, for one that is kept may lead to the process that is blocked.
    const client = clientOf(server)
    statuses.add((await client.ask('/v1/totals')).status)
    client.leave()
  }
  expect(statuses).toEqual(new Set([200]))
  expect(told()).toMatch(
    /^crossings: ended because its event loop was blocked for 3 s[^\n]*\ncrossings: one of the processes ended \(SIGKILL\)/,
  )
  while (childrenOf(server).length < 2) await setTimeout(20)
  expect(childrenOf(server)).not.toEqual(before)
  server.child.kill('SIGTERM')
  await server.ended
})

test('a process that was stopped as a whole, as by a machine that slept, is not blocked', async () => {
  const { server, told } = await serveBlockable({ MAX_BLOCK_MS: '1000', EXIT_AFTER_BLOCK_MS: '1000' })
  for (let round = 0; round < 6; round++) {
    killing(server, 'SIGSTOP')
    await setTimeout(1_500)
    killing(server, 'SIGCONT')
    for (let time = 0; time < 5; time++) {
      expect((await fetch(`${server.url}/health/live`)).status).toBe(200)
      await setTimeout(50)
    }
  }
  expect(told()).toBe('')
  server.child.kill('SIGKILL')
})
