import { expect, test } from 'vitest'
import { inOneLine, runCommand } from '../support/cli/command.ts'
import { report } from '../support/faults/extent.ts'
import { does, failingDisk, mayMount, smallDisk } from '../support/faults/mounted.ts'
import { databaseIn, prepareDatabase, send, serve, source } from '../support/faults/serving.ts'

const canMount = mayMount()
if (!canMount) report('a read-only disk is not tried: nothing may be mounted here')

test.skipIf(!canMount)(
  'a server does not start on a disk that can only be read, and says so in one line',
  async () => {
    const folder = smallDisk(4_000)
    await prepareDatabase(folder)
    expect(does('mount', '-o', 'remount,ro', folder)).toBe(true)
    const env = { DATABASE_URL: `file:${databaseIn(folder)}`, PORT: '0' }
    expect(await runCommand(['serve'], { env })).toEqual(inOneLine(/cannot be used as the database/))
  },
)

test.skipIf(!canMount)(
  'on a disk that turns read-only writes are a 503, reads a 200, and the server is not ready',
  async () => {
    const folder = failingDisk(32)
    if (folder === null) return report('a disk that fails is not tried: no loop device may be had here')
    const key = await prepareDatabase(folder)
    const server = await serve(folder)
    expect((await send(server, 'POST', '/v1/sources', { key, body: source('before') }))?.status).toBe(201)
    does('mount', '-o', 'remount,abort', folder)
    for (const id of ['s1', 's2', 's3']) {
      const answer = await send(server, 'POST', '/v1/sources', { key, body: source(id) })
      expect(answer).toMatchObject({
        status: 503,
        text: expect.stringContaining('The database cannot be used now'),
      })
    }
    expect((await send(server, 'GET', '/health/ready', { key }))?.status).toBe(503)
    for (const path of ['/v1/totals', '/v1/observations?limit=10000', '/v1/sources/before', '/health/live']) {
      expect((await send(server, 'GET', path, { key }))?.status, path).toBe(200)
    }
    expect((await send(server, 'GET', '/v1/sources/s1', { key }))?.status).toBe(404)
    server.child.kill('SIGTERM')
    await server.ended
  },
)
