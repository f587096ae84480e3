import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { report } from '../support/faults/extent.ts'
import { does, mayMount, smallDisk } from '../support/faults/mounted.ts'
import {
  columnOf,
  faultsIn,
  prepareDatabase,
  type Serving,
  send,
  serve,
  source,
} from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const TITLE = 'x'.repeat(990)

/** Writes publications until so many in a row were refused; answers the ids that were taken, and the refusals. */
async function writeUntilRefused(server: Serving, key: string, prefix: string) {
  const taken: string[] = []
  const refusals: string[] = []
  for (let number = 0; refusals.length < 20 && number < 20_000; number++) {
    const id = `${prefix}${number}`
    const answer = await send(server, 'POST', '/v1/sources', { key, body: source(id, TITLE) })
    if (answer?.status === 201) taken.push(id)
    else {
      expect(answer).toMatchObject({
        status: 503,
        text: expect.stringContaining('/problems/service-unavailable'),
      })
      refusals.push(answer?.text ?? '')
    }
  }
  return { taken, refusals }
}

async function expectReadable(server: Serving, key: string): Promise<void> {
  for (const path of ['/v1', '/v1/totals', '/v1/observations?limit=10000', '/v1/series?interval=year']) {
    expect((await send(server, 'GET', path, { key }))?.status, path).toBe(200)
  }
}

async function expectRecovered(
  server: Serving,
  key: string,
  folder: string,
  taken: readonly string[],
): Promise<void> {
  while ((await send(server, 'GET', '/health/ready', { key }))?.status !== 200) await setTimeout(100)
  expect((await send(server, 'POST', '/v1/sources', { key, body: source('after', TITLE) }))?.status).toBe(201)
  server.child.kill('SIGTERM')
  expect(await server.ended).toMatchObject({ code: 0 })
  const held = columnOf(
    folder,
    "SELECT source FROM source_revisions WHERE publisher = 'Desk' ORDER BY version",
  )
  expect(held).toEqual([...taken, 'after'])
  expect(faultsIn(folder)).toEqual([])
}

if (!mayMount()) report('a full disk is not tried: nothing may be mounted here')
test.skipIf(!mayMount())(
  'on a full disk writes are a 503, reads a 200, and no restart is needed once there is room',
  async () => {
    const folder = smallDisk(4_000)
    const key = await prepareDatabase(folder)
    writeFileSync(join(folder, 'filler'), Buffer.alloc(1_500_000))
    const server = await serve(folder)
    const { taken, refusals } = await writeUntilRefused(server, key, 's')
    expect(refusals[0]).toContain('its disk is full')
    await expectReadable(server, key)
    expect((await send(server, 'GET', '/health/ready', { key }))?.status).toBe(503)
    expect((await send(server, 'GET', '/health/live', { key }))?.status).toBe(200)
    rmSync(join(folder, 'filler'))
    report(`disk full after ${taken.length} acknowledged writes; ${refusals.length} refused, all of them 503`)
    await expectRecovered(server, key, folder, taken)
  },
)

const hasLimits = does('prlimit', '--version')
if (!hasLimits) report('failing writes are not tried: there is no prlimit here')
test.skipIf(!hasLimits)(
  'where the disk takes no more writes they are a 503 too, and no restart is needed either',
  async () => {
    const folder = scratchFolder()
    const key = await prepareDatabase(folder)
    const server = await serve(folder)
    const limit = (bytes: string) =>
      expect(does('prlimit', '--pid', String(server.child.pid), `--fsize=${bytes}:unlimited`)).toBe(true)
    limit('300000')
    const { taken, refusals } = await writeUntilRefused(server, key, 's')
    expect(refusals[0]).toContain('its disk fails')
    await expectReadable(server, key)
    expect((await send(server, 'GET', '/health/ready', { key }))?.status).toBe(503)
    limit('unlimited')
    report(
      `disk failing after ${taken.length} acknowledged writes; ${refusals.length} refused, all of them 503`,
    )
    await expectRecovered(server, key, folder, taken)
  },
)
