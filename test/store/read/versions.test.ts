import { describe, expect, test } from 'vitest'
import { openStore } from '../../../src/store/store.ts'
import { publication, records } from '../../support/store/sample-records.ts'

/** A store to which each call adds a version, at the time given. */
async function storeWithClock() {
  let time = ''
  const store = await openStore({ url: 'file::memory:', now: () => time })
  const add = async (id: string, at: string) => {
    time = at
    await store.addMissing(records({ sources: [publication({ id })] }))
    return store.currentVersion()
  }
  return { store, add }
}

describe('the version', () => {
  test('of an empty store is 0, recorded at no time', async () => {
    const { store } = await storeWithClock()
    expect(await store.currentVersion()).toMatchObject({ version: 0, recorded_at: null })
    expect(await store.versionAt('9999-12-31T23:59:59.999Z')).toMatchObject({ version: 0, recorded_at: null })
  })

  test('rises by one with each write', async () => {
    const { add } = await storeWithClock()
    expect(await add('a', '2024-01-01T00:00:00.000Z')).toMatchObject({
      version: 1,
      recorded_at: '2024-01-01T00:00:00.000Z',
    })
    expect(await add('b', '2024-01-01T00:00:00.001Z')).toMatchObject({
      version: 2,
      recorded_at: '2024-01-01T00:00:00.001Z',
    })
  })

  test('at a time is the last one recorded by then, to the millisecond', async () => {
    const { store, add } = await storeWithClock()
    await add('a', '2024-01-01T00:00:00.000Z')
    await add('b', '2024-01-01T00:00:00.001Z')
    await add('c', '2024-06-30T23:59:59.999Z')
    const versionAt = async (time: string) => (await store.versionAt(time)).version
    expect(await versionAt('2023-12-31T23:59:59.999Z')).toBe(0)
    expect(await versionAt('2024-01-01T00:00:00.000Z')).toBe(1)
    expect(await versionAt('2024-01-01T00:00:00.001Z')).toBe(2)
    expect(await versionAt('2024-06-30T23:59:59.998Z')).toBe(2)
    expect(await versionAt('2024-06-30T23:59:59.999Z')).toBe(3)
    expect(await versionAt('9999-12-31T23:59:59.999Z')).toBe(3)
    expect(await versionAt('0001-01-01T00:00:00.000Z')).toBe(0)
  })

  test('of several at one time is the last of them', async () => {
    const { store, add } = await storeWithClock()
    for (const id of ['a', 'b', 'c']) await add(id, '2024-01-01T00:00:00.000Z')
    expect((await store.versionAt('2024-01-01T00:00:00.000Z')).version).toBe(3)
  })

  test('is never recorded before the one before it, though the clock is set back', async () => {
    const { store, add } = await storeWithClock()
    await add('a', '2024-01-02T00:00:00.000Z')
    expect((await add('b', '2024-01-01T00:00:00.000Z')).recorded_at).toBe('2024-01-02T00:00:00.000Z')
    expect((await add('c', '2024-01-01T12:00:00.000Z')).recorded_at).toBe('2024-01-02T00:00:00.000Z')
    expect((await add('d', '2024-01-03T00:00:00.000Z')).recorded_at).toBe('2024-01-03T00:00:00.000Z')
    expect((await store.versionAt('2024-01-01T23:59:59.999Z')).version).toBe(0)
    expect((await store.versionAt('2024-01-02T00:00:00.000Z')).version).toBe(3)
  })

  test('is not made at a time in another form than RFC 3339 in UTC with milliseconds', async () => {
    for (const time of ['2024-01-01', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00.000+01:00', 'now', '']) {
      const { store, add } = await storeWithClock()
      await expect(add('a', time)).rejects.toThrow(/in time/)
      expect((await store.currentVersion()).version).toBe(0)
    }
  })
})
