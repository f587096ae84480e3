import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../src/store/connection/connection.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { StoreClosing } from '../../../src/store/write/transaction.ts'
import { happening, publication, records, statement } from '../../support/store/sample-records.ts'
import { contentOf, scratchFolder } from '../../support/store/scratch.ts'

const NOBODY = { author: null, reason: null }

let path: string
let time: string
let store: Store

beforeEach(async () => {
  path = `${scratchFolder()}/crossings.sqlite`
  time = '2026-06-01T12:00:00.000Z'
  store = await open()
  await store.addMissing(records({ sources: [publication({ id: 'a' })] }))
})
afterEach(() => store.close())

function open(): Promise<Store> {
  return openStore({ url: `file:${path}`, now: () => time })
}

/** Another connection to the same file, as another process has one. */
function otherConnection(): Database.Database {
  const connection = new Database(path)
  onTestFinished(() => void connection.close())
  return connection
}

function everything(): string {
  const connection = openDatabase(`file:${path}`)
  try {
    return JSON.stringify(contentOf(connection))
  } finally {
    connection.close()
  }
}

function addSource(id: string, by: Store = store): Promise<number | null> {
  return by.write(NOBODY, async (transaction) => {
    await transaction.putSource(publication({ id }))
    return transaction.versionMade()
  })
}

async function idsHeld(): Promise<string[]> {
  const { version } = await store.currentVersion()
  return (await store.sources({ version })).map(({ id }) => id)
}

/** The newest state of a figure, with when, by whom and why it was recorded. */
async function revisionsOf(id: number) {
  return await store.revisions(id, (await store.currentVersion()).version)
}

describe('a write', () => {
  test('records all that it does in one version, with author and reason', async () => {
    const made = await store.write({ author: 'Newsroom', reason: 'Evening' }, async (transaction) => {
      await transaction.putSource(publication({ id: 'b' }))
      const id = await transaction.addObservation(statement({ source: 'b' }))
      await transaction.putEvent(happening({ source: 'b' }))
      return { id, version: transaction.versionMade() }
    })
    expect(made).toEqual({ id: 1, version: 2 })
    expect(await store.currentVersion()).toMatchObject({ version: 2, recorded_at: time })
    expect(await store.changes({ version: 1, rank: 9, id: '' }, 2, 10)).toMatchObject(
      ['source', 'observation', 'event'].map((resource) => {
        return {
          resource,
          version: 2,
          recorded_at: time,
          author: 'Newsroom',
          reason: 'Evening',
          change: 'created',
        }
      }),
    )
  })

  test('that records nothing makes no version', async () => {
    const before = everything()
    const told = await store.write(NOBODY, async (transaction) => {
      expect((await transaction.currentVersion()).version).toBe(1)
      return transaction.versionMade()
    })
    expect(told).toBeNull()
    expect(everything()).toBe(before)
  })

  test('sees its own writes, and others see them only once it is committed', async () => {
    const other = await open()
    onTestFinished(() => other.close())
    await store.write(NOBODY, async (transaction) => {
      await transaction.putSource(publication({ id: 'b' }))
      await setTimeout(20)
      expect((await transaction.currentVersion()).version).toBe(2)
      expect(await transaction.sources({ version: 2 })).toHaveLength(2)
      for (const reader of [store, other]) {
        expect((await reader.currentVersion()).version).toBe(1)
        expect(await reader.sources({ version: 2 })).toHaveLength(1)
      }
    })
    for (const reader of [store, other]) expect((await reader.currentVersion()).version).toBe(2)
  })

  test('that fails takes everything back, and leaves no gap', async () => {
    const before = everything()
    const failing = store.write(NOBODY, async (transaction) => {
      await transaction.putSource(publication({ id: 'b' }))
      await transaction.addObservation(statement({ source: 'b' }))
      await transaction.addKey({ name: 'x', scope: 'write', expires_at: null })
      throw new RangeError('no')
    })
    await expect(failing).rejects.toThrow(RangeError)
    expect(everything()).toBe(before)
    expect(await addSource('c')).toBe(2)
  })

  test('that the database refuses takes everything back', async () => {
    const before = everything()
    const failing = store.write(NOBODY, async (transaction) => {
      await transaction.putSource(publication({ id: 'b' }))
      await transaction.addObservation(statement({ source: 'nobody' }))
    })
    await expect(failing).rejects.toThrow('FOREIGN KEY')
    expect(everything()).toBe(before)
  })

  test('that only tries answers as it would, and writes nothing', async () => {
    const before = everything()
    const work = async (by: Parameters<Parameters<Store['write']>[1]>[0]) => {
      await by.putSource(publication({ id: 'b' }))
      const id = await by.addObservation(statement({ source: 'b' }))
      return { id, version: by.versionMade(), sources: await by.sources({ version: 2 }) }
    }
    const told = await store.write({ ...NOBODY, dryRun: true }, work)
    expect(everything()).toBe(before)
    expect(await store.write(NOBODY, work)).toEqual(told)
    expect(everything()).not.toBe(before)
  })

  test('waits for the one before it, which may take its time or fail', async () => {
    const order: string[] = []
    const slow = store.write(NOBODY, async (transaction) => {
      order.push('slow begins')
      await transaction.putSource(publication({ id: 'slow' }))
      await setTimeout(50)
      order.push('slow ends')
      return transaction.versionMade()
    })
    const failing = store.write(NOBODY, async (transaction) => {
      order.push('failing begins')
      await transaction.putSource(publication({ id: 'failing' }))
      await setTimeout(20)
      order.push('failing ends')
      throw new Error('no')
    })
    const quick = addSource('quick').then((version) => {
      order.push('quick')
      return version
    })
    await expect(failing).rejects.toThrow('no')
    expect([await slow, await quick]).toEqual([2, 3])
    expect(order).toEqual(['slow begins', 'slow ends', 'failing begins', 'failing ends', 'quick'])
    expect(await idsHeld()).toEqual(['a', 'quick', 'slow'])
  })

  test('waits for one of each other author, not for all that another has queued', async () => {
    const put = (author: string, id: string) =>
      store.write({ author, reason: null }, async (transaction) => {
        await transaction.putSource(publication({ id }))
        return transaction.versionMade()
      })
    const backlog = Array.from({ length: 10 }, (_, n) => put('a', `a-${n}`))
    expect(await put('b', 'b')).toBe(3)
    expect(await Promise.all(backlog)).toEqual([2, ...Array.from({ length: 9 }, (_, n) => 4 + n)])
  })

  test('is recorded no earlier than the one before it, even where the clock goes back', async () => {
    const clock = ['2026-06-01T12:00:00.001Z', '2026-05-01T00:00:00.000Z', '2026-06-01T11:59:59.999Z']
    for (const [index, moment] of [...clock, '2026-06-01T12:00:00.002Z'].entries()) {
      time = moment
      await addSource(`s${index}`)
    }
    const changes = await store.changes({ version: 1, rank: 9, id: '' }, 9, 9)
    expect(changes.map(({ recorded_at }) => recorded_at.slice(-5))).toEqual([
      '.001Z',
      '.001Z',
      '.001Z',
      '.002Z',
    ])
    expect(await store.versionAt('2026-06-01T12:00:00.001Z')).toMatchObject({ version: 4 })
    expect(await store.versionAt('2026-06-01T12:00:00.000Z')).toMatchObject({ version: 1 })
  })

  test('keeps a figure that is withdrawn, and says why it was', async () => {
    const id = await store.write(NOBODY, (transaction) => transaction.addObservation(statement({})))
    if (id === null) throw new Error('it was there')
    await store.write({ author: 'A', reason: 'other' }, (transaction) =>
      transaction.reviseObservation(id, statement({}), 'counted twice'),
    )
    expect(await revisionsOf(id)).toMatchObject([
      { change: 'created', version: 2 },
      { change: 'retracted', reason: 'counted twice', author: 'A', version: 3 },
    ])
    expect(await store.observations({ version: 3 })).toEqual([])
    expect(await store.observations({ version: 2 })).toHaveLength(1)
    expect(await store.write(NOBODY, (transaction) => transaction.addObservation(statement({})))).toBeNull()
  })
})

describe('two stores on one file', () => {
  test('lose no write of either, and count versions together', async () => {
    const other = await open()
    onTestFinished(() => other.close())
    const ids = Array.from({ length: 120 }, (_, index) => `s${index}`)
    const versions = await Promise.all(ids.map((id, index) => addSource(id, index % 2 === 0 ? store : other)))
    expect(versions.toSorted((a, b) => Number(a) - Number(b))).toEqual(ids.map((_, index) => index + 2))
    expect(await idsHeld()).toEqual(['a', ...ids].toSorted())
  })

  test('take turns where their writes take long', async () => {
    const other = await open()
    onTestFinished(() => other.close())
    const slowly = (id: string, by: Store) =>
      by.write(NOBODY, async (transaction) => {
        const { version } = await transaction.currentVersion()
        await setTimeout(60)
        await transaction.putSource(publication({ id }))
        expect(transaction.versionMade()).toBe(version + 1)
      })
    await Promise.all([slowly('b', store), slowly('c', other), slowly('d', store), slowly('e', other)])
    expect(await idsHeld()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect((await store.currentVersion()).version).toBe(5)
  })
})

describe('another process that writes', () => {
  test('delays a write, but neither loses it nor holds up readers', async () => {
    const other = otherConnection()
    other.exec('BEGIN IMMEDIATE')
    let isWritten = false
    const writing = addSource('b').finally(() => {
      isWritten = true
    })
    writing.catch(() => undefined)
    // A write that held up the readers would be given up, after 5 s, before so many of them had their turn.
    for (let reads = 0; reads < 40; reads++) {
      expect((await store.currentVersion()).version).toBe(1)
      await setTimeout(5)
    }
    expect(isWritten).toBe(false)
    other.exec('COMMIT')
    expect(await writing).toBe(2)
    expect(await idsHeld()).toEqual(['a', 'b'])
  })

  test('does not hold up the closing of a store: what waits for it is given up at once', async () => {
    const other = otherConnection()
    other.exec('BEGIN IMMEDIATE')
    const closing = await open()
    const waiting = [addSource('b', closing), addSource('c', closing)].map((write) =>
      write.catch((error) => error),
    )
    await setTimeout(100)
    let isReleased = false
    const closed = closing.close().then(() => isReleased)
    for (const error of await Promise.all(waiting)) expect(error).toBeInstanceOf(StoreClosing)
    expect(await closed).toBe(false)
    isReleased = true
    other.exec('COMMIT')
    expect(await idsHeld()).toEqual(['a'])
  })
})
