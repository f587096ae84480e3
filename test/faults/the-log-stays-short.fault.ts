import { statSync } from 'node:fs'
import { get } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { extent, report } from '../support/faults/extent.ts'
import { databaseIn, faultsIn, prepareDatabase, send, serve, source } from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const WRITES = extent(150, 30_000)
const MB = 1024 * 1024

/** Asks for a long answer and reads 1 KB a second of it, until it is told to let go. */
function readSlowly(port: number): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const request = get(
      { host: '127.0.0.1', port, path: '/v1/observations?limit=10000&format=csv' },
      (response) => {
        const timer = setInterval(() => response.read(1024), 1_000)
        response.pause()
        resolve(() => {
          clearInterval(timer)
          request.destroy()
        })
      },
    )
    request.on('error', (error: Error & { code?: string }) => {
      if (error.code !== 'ECONNRESET') reject(error)
    })
  })
}

test(`the log stays short through ${WRITES} writes beside a reader that takes a download slowly`, async () => {
  const folder = scratchFolder()
  const key = await prepareDatabase(folder)
  const server = await serve(folder)
  const letGo = await readSlowly(server.port)
  const sizes: number[] = []
  const sizeNow = () => statSync(`${databaseIn(folder)}-wal`).size
  let number = 0
  const write = async () => {
    while (number < WRITES) {
      const id = `s${number++}`
      expect(
        (await send(server, 'POST', '/v1/sources', { key, body: source(id, 'x'.repeat(900)) }))?.status,
      ).toBe(201)
      sizes.push(sizeNow())
    }
  }
  await Promise.all(Array.from({ length: 8 }, write))
  letGo()
  const most = Math.max(...sizes)
  report(`${WRITES} writes beside a slow download: the log had at most ${(most / MB).toFixed(1)} MB`)
  expect(most).toBeLessThanOrEqual(64 * MB)
  await setTimeout(100)
  await send(server, 'POST', '/v1/sources', { key, body: source('last') })
  expect(sizeNow()).toBeLessThanOrEqual(5 * MB)
  server.child.kill('SIGTERM')
  expect(await server.ended).toMatchObject({ code: 0 })
  expect(faultsIn(folder)).toEqual([])
})
