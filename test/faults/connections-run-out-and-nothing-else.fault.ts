import { readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { clientOf } from '../support/faults/clients.ts'
import { extent, isShort, report } from '../support/faults/extent.ts'
import { does } from '../support/faults/mounted.ts'
import { prepareDatabase, type Serving, serve, withFiles } from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const CLIENTS = 1_000
const MORE = extent(300, CLIENTS)
const FEW_FILES = 256
const PICTURE = '/v1/charts/series.png'

/** Answers for which files are opened, when they are asked for first or each time. */
const OUT_OF_FILES = ['/', '/docs', '/openapi.json', PICTURE]

const canLimit = does('prlimit', '--version')
if (!canLimit) report('a lack of descriptors is not tried: there is no prlimit here')

/** Those of so many clients that are answered; the connections of the others are refused. */
async function connected(server: Serving, count: number) {
  const clients = Array.from({ length: count }, () => clientOf(server))
  const answers = await Promise.all(clients.map((client) => client.ask('/health/live')))
  const taken = clients.filter((_, index) => answers[index]?.status === 200)
  return { taken, leave: () => clients.forEach((client) => void client.leave()) }
}

/** Waits until so many clients are answered at once, once others have left. */
async function answersAgain(server: Serving, count: number): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { taken, leave } = await connected(server, count)
    leave()
    if (taken.length === count) return true
    await setTimeout(100)
  }
  return false
}

function descriptorsOf({ child }: Serving): number {
  return readdirSync(`/proc/${child.pid}/fd`).length
}

test.skipIf(isShort)(
  `${CLIENTS} clients keep their connections, and they and others are answered`,
  async () => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    const server = await serve(folder)
    const before = descriptorsOf(server)
    const clients = Array.from({ length: CLIENTS }, () => clientOf(server))
    const askAll = () => Promise.all(clients.map((client) => client.ask('/v1/borders')))
    const first = await askAll()
    expect((await fetch(`${server.url}/v1/totals`)).status).toBe(200)
    const again = await askAll()
    report(`${CLIENTS} connections are kept: ${descriptorsOf(server)} descriptors, ${before} before`)
    expect([...first, ...again].filter(({ status }) => status !== 200)).toEqual([])
    expect(again.filter(({ isSameConnection }) => !isSameConnection)).toEqual([])
  },
)

test.skipIf(!canLimit)('with few descriptors connections are refused, and files are opened', async () => {
  const folder = scratchFolder()
  await prepareDatabase(folder)
  const server = await serve(folder, {}, withFiles(FEW_FILES))
  const { taken, leave } = await connected(server, MORE)
  report(`of ${FEW_FILES} descriptors connections take ${taken.length}; ${MORE} were tried`)
  expect(taken.length).toBeLessThanOrEqual(FEW_FILES / 2)
  const answers = await Promise.all(OUT_OF_FILES.map((path, index) => taken[index]?.ask(path)))
  leave()
  expect(await answersAgain(server, 20)).toBe(true)
  expect(answers.map((answer) => answer?.status)).toEqual(OUT_OF_FILES.map(() => 200))
  // By another address of the same picture, because the first one is kept.
  const drawnAnew = await clientOf(server).ask(`${PICTURE}?theme=light`)
  expect(answers.at(-1)?.bytes.equals(drawnAnew.bytes)).toBe(true)
})

test.skipIf(!canLimit)(
  'with no descriptor left the server lives, and answers again once there are',
  async () => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    const server = await serve(folder)
    const known = clientOf(server)
    await known.ask('/v1/borders')
    const most = descriptorsOf(server) + 10
    expect(does('prlimit', '--pid', String(server.child.pid), `--nofile=${most}`)).toBe(true)
    const { taken, leave } = await connected(server, 100)
    report(`of 10 descriptors that are left connections take ${taken.length}; 100 were tried`)
    expect(taken.length).toBeLessThan(100)
    expect((await known.ask('/v1/borders')).status).toBe(200)
    leave()
    expect(await answersAgain(server, 8)).toBe(true)
    server.child.kill('SIGTERM')
    expect(await server.ended).toMatchObject({ code: 0 })
  },
)
