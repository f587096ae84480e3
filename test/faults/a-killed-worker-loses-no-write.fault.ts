import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { freePort } from '../support/cli/free-port.ts'
import { extent, report } from '../support/faults/extent.ts'
import {
  between,
  childrenOf,
  columnOf,
  faultsIn,
  prepareDatabase,
  send,
  serve,
  source,
} from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const WRITERS = 8
/** One that is killed again soon after its start is replaced ever later, so that many would take long. */
const KILLS = extent(3, 12)

const held = (folder: string) =>
  columnOf(folder, "SELECT source FROM source_revisions WHERE publisher = 'Desk'").map(String)

test('a process that is killed beside another loses no write that was acknowledged, and doubles none that is sent again', async () => {
  const folder = scratchFolder()
  const key = await prepareDatabase(folder)
  // Where both are killed before one is replaced, the next listens anew, and has to do so on the same port.
  const server = await serve(folder, { WORKERS: '2', PORT: String(await freePort()) })
  const acknowledged: string[] = []
  const unknown = { recorded: 0, notRecorded: 0 }
  let number = 0
  let isOver = false

  const write = (id: string) =>
    send(server, 'POST', '/v1/sources', { key, body: source(id), headers: { 'idempotency-key': id } })

  async function keepWriting(): Promise<void> {
    while (!isOver) {
      number += 1
      const id = `n${number}`
      let answer = await write(id)
      if (answer === null) {
        // It was taken whole or not at all by the process that is gone: nothing goes on with it.
        if (held(folder).includes(id)) unknown.recorded += 1
        else unknown.notRecorded += 1
      }
      while (answer === null) {
        await setTimeout(20)
        answer = await write(id)
      }
      expect(answer).toMatchObject({ status: 201 })
      acknowledged.push(id)
    }
  }

  const written = Promise.all(Array.from({ length: WRITERS }, keepWriting))
  for (let kills = 0; kills < KILLS; kills++) {
    await setTimeout(between(200, 1_500))
    const [one = 0, other] = childrenOf(server)
    process.kill(Math.random() < 0.5 ? one : (other ?? one), 'SIGKILL')
    const before = acknowledged.length
    while (childrenOf(server).length < 2 || acknowledged.length < before + WRITERS)
      await Promise.race([setTimeout(20), written])
  }
  isOver = true
  await written
  server.child.kill('SIGTERM')
  await server.ended
  expect(held(folder).toSorted()).toEqual(acknowledged.toSorted())
  expect(faultsIn(folder)).toEqual([])
  const lost = unknown.recorded + unknown.notRecorded
  expect(lost).toBeLessThanOrEqual(WRITERS * KILLS)
  report(
    `${KILLS} of two processes killed amid writes of ${WRITERS} clients: ${acknowledged.length} acknowledged, 0 lost, 0 doubled; ${lost} had no answer, of which ${unknown.recorded} were recorded, and all were taken when they were sent again`,
  )
})
