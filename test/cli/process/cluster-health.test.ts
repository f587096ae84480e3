import { once } from 'node:events'
import { renameSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../support/cli/free-port.ts'
import { clientOf } from '../../support/faults/clients.ts'
import { childrenOf, databaseIn, prepareDatabase, serve } from '../../support/faults/serving.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

async function serveWatched(env: Readonly<Record<string, string>>) {
  const folder = scratchFolder()
  await prepareDatabase(folder)
  const port = await freePort()
  const server = await serve(folder, { METRICS_PORT: String(port), ...env })
  const ask = async (path: string): Promise<[number, unknown]> => {
    const response = await fetch(`http://127.0.0.1:${port}/health/${path}`)
    return [response.status, await response.json()]
  }
  return { folder, server, ask }
}

const DETAIL = {
  database_size_bytes: expect.any(Number),
  database_wal_size_bytes: expect.any(Number),
  backup: null,
  is_backup_overdue: false,
}

test('health is answered beside the metrics while connections of the public port are all taken', async () => {
  const { server, ask } = await serveWatched({})
  const sockets = Array.from({ length: 2_000 }, () => connect(server.port, '127.0.0.1'))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  for (const socket of sockets) socket.on('error', () => undefined)
  await Promise.all(
    sockets.map((socket) => (socket.connecting ? once(socket, 'connect').catch(() => null) : null)),
  )
  expect((await clientOf(server).ask('/v1')).status).not.toBe(200)
  expect(await ask('live')).toEqual([200, { status: 'live' }])
  expect(await ask('ready')).toEqual([200, { status: 'ready', version: 1 }])
  expect(await ask('ready?detail=true')).toEqual([200, { status: 'ready', version: 1, detail: DETAIL }])
})

test('of two processes one that is blocked does not keep the service from being ready, and is counted', async () => {
  const { server, ask } = await serveWatched({ WORKERS: '2' })
  const processes = (ready: number) => ({ serving: 2, ready })
  const detailed = (ready: number) => [
    200,
    { status: 'ready', version: 1, detail: DETAIL, processes: processes(ready) },
  ]
  expect(await ask('live')).toEqual([200, { status: 'live' }])
  expect(await ask('ready?detail=true')).toEqual(detailed(2))
  const [one = 0] = childrenOf(server)
  process.kill(one, 'SIGSTOP')
  expect(await ask('ready')).toEqual([200, { status: 'ready', version: 1 }])
  expect(await ask('ready?detail=true')).toEqual(detailed(1))
  process.kill(one, 'SIGCONT')
  expect(await ask('ready?detail=true')).toEqual(detailed(2))
  server.child.kill('SIGTERM')
  await server.ended
})

test('without a process that serves it is neither live nor ready, and both again when one does', async () => {
  const { folder, server, ask } = await serveWatched({ WORKERS: '2', PORT: String(await freePort()) })
  const aside = join(scratchFolder(), 'aside.sqlite')
  renameSync(databaseIn(folder), aside)
  for (const pid of childrenOf(server)) process.kill(pid, 'SIGKILL')
  while ((await ask('live'))[0] === 200) await setTimeout(20)
  expect(await ask('live')).toEqual([503, expect.objectContaining({ detail: 'No process serves now.' })])
  expect(await ask('ready')).toEqual([503, expect.objectContaining({ detail: 'No process serves now.' })])
  renameSync(aside, databaseIn(folder))
  while ((await ask('live'))[0] !== 200) await setTimeout(50)
  expect((await ask('ready'))[0]).toBe(200)
  server.child.kill('SIGKILL')
})
