import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { buildLongLists } from '../../bench/long-lists.ts'
import { watch } from '../support/faults/child-server.ts'
import { isShort, report } from '../support/faults/extent.ts'
import { databaseIn, serve } from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const LOOPS = 4

/** The largest list in every format that is streamed. */
const LARGEST = ['csv', 'ndjson', 'xlsx', 'parquet'].map(
  (format) => `/v1/observations?limit=all&format=${format}`,
)

const DAYS = Array.from({ length: 28 }, (_, day) => String(day + 1).padStart(2, '0'))

/** What costs little, most of it asked for once only, so that it is not kept. */
const CHEAP = [
  ...DAYS.map((day) => `/v1/totals?from=2011-01-${day}&to=2011-03`),
  '/v1/borders',
  '/health/ready',
]

test.skipIf(isShort)(
  `while ${LOOPS} clients take the largest lists, 99 of 100 others do not wait for one to end`,
  async () => {
    const folder = scratchFolder()
    await buildLongLists(`file:${databaseIn(folder)}`)
    const { url } = await serve(folder)
    const download = async (path: string) => {
      const begun = performance.now()
      const { status, body } = await fetch(url + path)
      for await (const _ of body ?? []);
      return { status, ms: performance.now() - begun }
    }
    const watched = async <Result>(work: Promise<Result>) => {
      const stop = watch(url, CHEAP, { pauseMs: 10 })
      const result = await work
      return { result, ...(await stop()) }
    }
    const alone = await watched(setTimeout(5_000))
    const lists: { status: number; ms: number }[] = []
    for (const path of LARGEST) lists.push(await download(path))
    const quickestMs = Math.min(...lists.map(({ ms }) => ms))
    const takeAll = async (loop: number) => {
      for (const path of LARGEST) lists.push(await download(`${path}&_=${loop}`))
    }
    const beside = await watched(Promise.all(Array.from({ length: LOOPS }, (_, loop) => takeAll(loop))))
    report(
      `${LOOPS} clients take lists of 100,000 figures, which take ${Math.round(quickestMs)} ms and more alone: ` +
        `others wait ${beside.p50Ms}/${beside.p99Ms} ms (p50/p99), ${beside.longestMs} ms at most, and ${alone.p99Ms} ms (p99) without them`,
    )
    expect(lists.map(({ status }) => status)).toEqual(lists.map(() => 200))
    expect(Object.keys(beside.statuses)).toEqual(['200'])
    expect(beside.p99Ms).toBeLessThan(quickestMs / 2)
  },
)
