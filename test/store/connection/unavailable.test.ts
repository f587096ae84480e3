import { readdirSync, renameSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { migrate } from '../../../src/store/connection/migrate.ts'
import { whyUnavailable } from '../../../src/store/connection/unavailable.ts'
import { openStore } from '../../../src/store/store.ts'
import { writer } from '../../../src/store/write/transaction.ts'
import { timeOf } from '../../support/store/history.ts'
import { publication, records } from '../../support/store/sample-records.ts'
import { emptyDatabase, scratchFolder, textColumn } from '../../support/store/scratch.ts'

const NOBODY = { author: null, reason: null }

/** A writer of publications with long titles, each a write of its own, on a connection that can be held short. */
function publisher() {
  const connection = emptyDatabase()
  const { write, sinceFailure } = writer(connection, () => timeOf(0))
  let number = 0
  return {
    connection,
    isFailing: () => sinceFailure() !== null,
    publish(): Promise<string> {
      const id = `s${number++}`
      return write(NOBODY, async (transaction) => {
        await transaction.putSource(publication({ id, title: 'x'.repeat(3_000) }))
        return id
      })
    },
  }
}

describe('a disk that is full', () => {
  test('refuses writes whole, keeps those it took, is read all the same, and takes more once there is room', async () => {
    const { connection, publish, isFailing } = publisher()
    const pages = Number(connection.pragma('page_count', { simple: true }))
    connection.pragma(`max_page_count = ${pages + 20}`)
    const [taken, refused]: [string[], unknown[]] = [[], []]
    while (refused.length < 10) {
      await publish().then(
        (id) => taken.push(id),
        (error) => refused.push(error),
      )
    }
    expect(taken.length).toBeGreaterThan(5)
    expect(refused.map(whyUnavailable)).toEqual(refused.map(() => 'its disk is full'))
    expect(isFailing()).toBe(true)
    const held = () => textColumn(connection, 'SELECT source FROM source_revisions ORDER BY rowid')
    expect(held()).toEqual(taken)
    expect(textColumn(connection, 'SELECT count(*) FROM versions')).toEqual([String(taken.length)])
    connection.pragma('max_page_count = 1000000')
    taken.push(await publish())
    expect(isFailing()).toBe(false)
    expect(held()).toEqual(taken)
    expect(connection.pragma('integrity_check', { simple: true })).toBe('ok')
  })
})

test('a disk that can only be read says so, and takes writes again once it can be written to', async () => {
  const { connection, publish, isFailing } = publisher()
  connection.pragma('query_only = ON')
  expect(whyUnavailable(await publish().catch((error) => error))).toBe('its disk cannot be written to')
  expect(isFailing()).toBe(true)
  connection.pragma('query_only = OFF')
  await publish()
  expect(isFailing()).toBe(false)
})

test('a fault of the program, or of a request, does not count as a fault of the machine', () => {
  for (const code of ['SQLITE_CONSTRAINT_CHECK', 'SQLITE_ERROR', 'SQLITE_CORRUPT', 'ENOSPC']) {
    expect(whyUnavailable(new Database.SqliteError('x', code))).toBe(null)
  }
  expect([new Error('SQLITE_FULL'), 'SQLITE_FULL', null, undefined].map(whyUnavailable)).toEqual(
    Array(4).fill(null),
  )
})

test('a store whose file was taken away, or may not be written to, cannot write', async () => {
  const path = `${scratchFolder()}/crossings.sqlite`
  const store = await openStore({ url: `file:${path}`, now: () => timeOf(0) })
  expect(await store.canWrite()).toBe(true)
  renameSync(path, `${path}.away`)
  expect(await store.canWrite()).toBe(false)
  renameSync(`${path}.away`, path)
  expect(await store.canWrite()).toBe(true)
  await store.close()
})

describe('the log', () => {
  test('that a large write made long is short again when it is done', async () => {
    const folder = scratchFolder()
    const path = `${folder}/crossings.sqlite`
    const store = await openStore({ url: `file:${path}`, now: () => timeOf(0) })
    const other = openDatabase(`file:${path}`)
    await store.write(NOBODY, async (transaction) => {
      for (let index = 0; index < 12_000; index++) {
        await transaction.putSource(publication({ id: `s${index}`, title: 'x'.repeat(900) }))
      }
    })
    expect(statSync(path).size).toBeGreaterThan(8 * 1024 * 1024)
    expect(statSync(`${path}-wal`).size).toBeLessThanOrEqual(4 * 1024 * 1024)
    await store.addMissing(records({ events: [] }))
    other.close()
    await store.close()
    expect(readdirSync(folder)).toEqual(['crossings.sqlite'])
  })

  test('is emptied by a store that closes, though another connection stays', async () => {
    const path = `${scratchFolder()}/crossings.sqlite`
    const store = await openStore({ url: `file:${path}`, now: () => timeOf(0) })
    const other = openDatabase(`file:${path}`)
    migrate(other)
    await store.addMissing(records({ sources: [publication({ id: 'a' })] }))
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
    await store.close()
    expect(statSync(`${path}-wal`).size).toBe(0)
    other.close()
  })
})
