import { get, type IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { buildLongLists } from '../../bench/long-lists.ts'
import { presentTime } from '../../src/server.ts'
import { openDatabase } from '../../src/store/connection/connection.ts'
import { openStore } from '../../src/store/store.ts'
import { isShort, report } from '../support/faults/extent.ts'
import { memoryOf } from '../support/faults/memory.ts'
import { builtForContainer, databaseIn, serve } from '../support/faults/serving.ts'
import { scratchFolder } from '../support/store/scratch.ts'

const SECONDS = 60
const READERS = 20
const LIST = '/v1/observations?limit=all&format=csv'

/** So little that a server which makes whole answers ahead of their readers takes several times as much. */
const MOST_MB = 60

/** Begins to read an answer at 1 KB a second, and answers how to take the rest of it at once. */
async function readSlowly(url: string): Promise<() => Promise<number>> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: false }, resolve).on('error', reject)
  })
  let bytes = 0
  const timer = setInterval(() => {
    bytes += response.read(1024)?.length ?? 0
  }, 1_000)
  onTestFinished(() => clearInterval(timer))
  return async () => {
    clearInterval(timer)
    for await (const piece of response) bytes += (piece as Buffer).length
    return bytes
  }
}

async function readAtOnce(url: string): Promise<number> {
  return (await (await fetch(url)).arrayBuffer()).byteLength
}

/** Writes, and answers whether nobody reads the state before, so that all of the log can be taken over. */
async function isUnread(folder: string): Promise<boolean> {
  const url = `file:${databaseIn(folder)}`
  const store = await openStore({ url, now: presentTime })
  await store.write({ author: null, reason: null }, (transaction) =>
    transaction.addKey({ name: 'The desk', scope: 'write', expires_at: null }),
  )
  await store.close()
  const connection = openDatabase(url)
  try {
    return JSON.stringify(connection.pragma('wal_checkpoint(TRUNCATE)')).includes('"busy":0')
  } finally {
    connection.close()
  }
}

test.skipIf(isShort)(
  `${READERS} slow readers of 100,000 figures cost little memory and hold no read, and who reads on gets all`,
  async () => {
    const folder = scratchFolder()
    await buildLongLists(`file:${databaseIn(folder)}`)
    const server = await serve(folder, {}, builtForContainer())
    const bytes = await readAtOnce(server.url + LIST)
    await readAtOnce(server.url + LIST)
    const before = memoryOf(server)
    const readers = await Promise.all(
      Array.from({ length: READERS }, (_, number) => readSlowly(`${server.url}${LIST}&_=${number}`)),
    )
    let most = 0
    for (let second = 0; second < SECONDS; second++) {
      await setTimeout(1_000)
      most = Math.max(most, memoryOf(server) - before)
    }
    report(
      `${READERS} readers at 1 KB/s of ${Math.round(bytes / 1e6)} MB each: ${most} MB more than ${before} MB at most`,
    )
    expect(most).toBeLessThanOrEqual(MOST_MB)
    expect((await fetch(`${server.url}/v1/totals`)).status).toBe(200)
    expect(await isUnread(folder)).toBe(true)
    const rests = readers.slice(0, 2).map((takeRest) => takeRest())
    expect(await Promise.all(rests)).toEqual([bytes, bytes])
  },
)
