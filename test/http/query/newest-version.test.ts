import { expect, test } from 'vitest'
import { buildApp } from '../../../src/http/app.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { closeWithTest } from '../../support/close-with-test.ts'
import { attemptedCrossings, border, figure, publication } from '../../support/http/records.ts'

const NOW = '2026-06-01T12:00:00.000Z'
const NOBODY = { author: null, reason: null }

/** An app over a store that calls `onLookup` after each look-up of the newest version. */
async function appWith(onLookup: (store: Store) => Promise<unknown>) {
  const store = await openStore({ url: 'file::memory:', now: () => NOW })
  await store.addMissing({
    indicators: [attemptedCrossings],
    borders: [border('PL-BY', 1)],
    sources: [publication({ id: 'guard' })],
    events: [],
    observations: [figure({ source: 'guard', count: 10 })],
  })
  const watched: Store = {
    ...store,
    async currentVersion() {
      const version = await store.currentVersion()
      await onLookup(store)
      return version
    },
  }
  const app = await buildApp({ store: watched, now: () => NOW, logLevel: 'silent' })
  closeWithTest(() => app.close().finally(store.close))
  return app
}

test('a request looks up the newest version once', async () => {
  let lookups = 0
  const app = await appWith(async () => {
    lookups += 1
  })
  const seen: [path: string, status: number, lookups: number][] = []
  // Warms the caches, which look up the newest version after each write.
  for (const path of ['/v1/series', '/', '/v1/datapackage.zip']) await app.inject(path)
  for (const path of [
    '/v1/totals?period=2023',
    '/v1/series?period=2023',
    '/v1/observations?limit=7',
    '/v1/conflicts?limit=7',
    '/v1/borders?limit=7',
    '/v1/observations/1/revisions',
    '/v1',
    '/?period=2023',
    '/v1/datapackage.zip?as_of=1',
    '/sdmx/data/dataflow/BC/OBSERVATIONS/*',
    '/v1/totals?period=2023&as_of=1',
  ]) {
    lookups = 0
    const { statusCode } = await app.inject(path)
    seen.push([path, statusCode, lookups])
  }
  expect(seen).toEqual(seen.map(([path]) => [path, 200, 1]))
})

test('an answer is of the version in its cache key, whatever is written meanwhile', async () => {
  let isWritten = false
  const app = await appWith(async (store) => {
    if (isWritten) return
    isWritten = true
    await store.write(NOBODY, (transaction) => transaction.putSource(publication({ id: 'new' })))
  })
  const answer = async () => {
    const { headers, body } = await app.inject('/v1/totals?period=2024')
    return { etag: headers.etag, version: JSON.parse(body).meta.version }
  }
  const [first, second] = [await answer(), await answer()]
  expect([first.version, second.version]).toEqual([1, 2])
  expect(second.etag).not.toBe(first.etag)
})
