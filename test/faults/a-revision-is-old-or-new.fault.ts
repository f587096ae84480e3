import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { extent, report } from '../support/faults/extent.ts'
import {
  between,
  columnOf,
  faultsIn,
  killHard,
  prepareDatabase,
  type Serving,
  send,
  serve,
} from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const WRITERS = [1, 2, 3] as const

test('a server that is killed while figures are corrected holds each as it was before or after, and its whole history', async () => {
  const folder = scratchFolder()
  const key = await prepareDatabase(folder)
  /** The counts that each figure was given, in order; the last may not have been taken. */
  const sent = new Map<number, number[]>(WRITERS.map((id) => [id, []]))
  const taken = new Map<number, number[]>(WRITERS.map((id) => [id, []]))

  const correct = async (server: Serving, id: number) => {
    for (;;) {
      const count = 1_000_000 + (sent.get(id)?.length ?? 0)
      const body = { period_basis: 'stated', count, qualifier: 'about', note: null }
      sent.get(id)?.push(count)
      const answer = await send(server, 'PUT', `/v1/observations/${id}`, {
        key,
        body,
        headers: { 'if-match': '*' },
      })
      if (answer === null) return
      expect(answer.status).toBe(200)
      taken.get(id)?.push(count)
    }
  }

  for (let round = 0; round < extent(2, 10); round++) {
    const server = await serve(folder)
    const writers = WRITERS.map((id) => correct(server, id))
    await setTimeout(between(300, 1_200))
    await killHard(server)
    await Promise.all(writers)
    for (const id of WRITERS) {
      const counts = columnOf(
        folder,
        `SELECT count FROM observation_revisions WHERE observation = ${id} AND count >= 1000000 ORDER BY version`,
      )
      const acknowledged = taken.get(id) ?? []
      const unknown = (sent.get(id) ?? []).filter((count) => !acknowledged.includes(count))
      expect(counts.filter((count) => !unknown.includes(Number(count)))).toEqual(acknowledged)
      expect(counts).toEqual(counts.toSorted((a, b) => Number(a) - Number(b)))
    }
    expect(faultsIn(folder)).toEqual([])
  }

  const server = await serve(folder)
  for (const id of WRITERS) {
    const newest = columnOf(
      folder,
      `SELECT count FROM observation_revisions WHERE observation = ${id} ORDER BY version DESC LIMIT 1`,
    )
    const served = await send(server, 'GET', `/v1/observations/${id}`, { key })
    expect(JSON.parse(served?.text ?? '{}').data.count).toBe(newest[0])
  }
  await killHard(server)
  const counted = [...taken.values()].reduce((sum, counts) => sum + counts.length, 0)
  report(
    `${counted} acknowledged corrections of ${WRITERS.length} figures, none lost, no gap in the versions`,
  )
})
