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
  source,
} from '../support/faults/serving.ts'
import { figure } from '../support/http/writers.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const WRITERS = 4
const ROUNDS = extent(2, 20)
const ACKNOWLEDGED = extent(50, 5_000)

/** What a writer sent, and what came of it: null where no answer came. */
interface Sent {
  readonly name: string
  readonly path: string
  readonly body: unknown
  status: number | null
  text: string
}

test('a server that is killed loses no write that it acknowledged, and doubles none that is sent again', async () => {
  const folder = scratchFolder()
  const key = await prepareDatabase(folder)
  const log: Sent[] = []
  const readyTimes: number[] = []
  let number = 0

  const post = async (server: Serving, sent: Sent) => {
    const headers = { 'idempotency-key': sent.name }
    const answer = await send(server, 'POST', sent.path, { key, body: sent.body, headers })
    return answer
  }

  const next = (): Sent => {
    number += 1
    const name = `n${number}`
    const day = new Date(Date.UTC(1900, 0, number)).toISOString().slice(0, 10)
    const report = figure({
      indicator: 'migrant_deaths',
      period_start: day,
      period_end: day,
      qualifier: 'about',
    })
    return number % 4 === 0
      ? { name, path: '/v1/observations', body: report, status: null, text: '' }
      : { name, path: '/v1/sources', body: source(name), status: null, text: '' }
  }

  const writeUntilKilled = async (server: Serving) => {
    for (;;) {
      const sent = next()
      log.push(sent)
      const answer = await post(server, sent)
      if (answer === null) return
      Object.assign(sent, answer)
    }
  }

  const acknowledged = () => log.filter(({ status }) => status === 201)
  for (let round = 0; round < ROUNDS || acknowledged().length < ACKNOWLEDGED; round++) {
    const server = await serve(folder)
    readyTimes.push(server.readyMs)
    const unanswered = log.filter(({ status }) => status === null)
    for (const sent of unanswered) Object.assign(sent, await post(server, sent))
    expect(unanswered.map(({ status, text }) => (status === 201 ? 201 : text))).toEqual(
      unanswered.map(() => 201),
    )
    for (const sent of acknowledged().slice(-3))
      expect(await post(server, sent)).toMatchObject({ text: sent.text })
    const writers = Array.from({ length: WRITERS }, () => writeUntilKilled(server))
    await setTimeout(between(200, 1_500))
    await killHard(server)
    await Promise.all(writers)
  }

  const names = new Set(acknowledged().map(({ name }) => name))
  const held = columnOf(
    folder,
    "SELECT source FROM source_revisions WHERE source LIKE 'n%' AND publisher = 'Desk'",
  ).map(String)
  const days = columnOf(folder, "SELECT period_start FROM observations WHERE period_start < '1950'").map(
    String,
  )
  const sources = acknowledged().filter(({ path }) => path === '/v1/sources')
  const figures = acknowledged().filter(({ path }) => path === '/v1/observations')
  const lost = [
    ...sources.filter(({ name }) => !held.includes(name)),
    ...figures.filter(({ body }) => !days.includes((body as { period_start: string }).period_start)),
  ]
  expect(lost).toEqual([])
  expect(held.length).toBe(new Set(held).size)
  const unknown = log.filter(({ status }) => status === null).length
  expect(held.length + days.length - names.size).toBeLessThanOrEqual(unknown)
  expect(new Set(log.map(({ status }) => status))).toEqual(new Set([201, null]))
  expect(faultsIn(folder)).toEqual([])
  const [middle = 0, slowest = 0] = [0.5, 1].map((share) => {
    const times = readyTimes.toSorted((a, b) => a - b)
    return Math.round(times[Math.ceil(times.length * share) - 1] ?? 0)
  })
  report(
    `${readyTimes.length} kills, ${names.size} acknowledged writes, 0 lost, 0 doubled, integrity ok; ready after ${middle} ms (median), ${slowest} ms at most`,
  )
})
