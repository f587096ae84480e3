import { statSync } from 'node:fs'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { databaseMetrics } from '../../../src/http/metrics/database-metrics.ts'
import { openStore } from '../../../src/store/store.ts'
import { readExposition, valuesOf } from '../../support/http/exposition.ts'
import { PRESENT } from '../../support/http/harness.ts'
import { publication } from '../../support/http/records.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

test('the version of the data and the size of the database are read when they are collected', async () => {
  const path = `${scratchFolder()}/crossings.sqlite`
  const store = await openStore({ url: `file:${path}`, now: () => PRESENT })
  const registry = new Registry()
  databaseMetrics(store, registry)
  const read = async (name: string) => valuesOf(readExposition(await registry.metrics()), name)['']
  expect(await read('crossings_data_version')).toBe(0)
  const sources = [
    publication({ id: 'one', kind: 'official', origin: 'Someone', published_on: '2026-05-01' }),
  ]
  await store.addMissing({ indicators: [], borders: [], events: [], observations: [], sources })
  expect(await read('crossings_data_version')).toBe(1)
  expect(await read('crossings_database_size_bytes')).toBe(statSync(path).size)
  expect(await read('crossings_database_wal_size_bytes')).toBe(statSync(`${path}-wal`).size)
  expect(await read('crossings_database_wal_size_bytes')).toBeGreaterThan(0)
  await store.close()
})

test('a database that cannot be read leaves out its version, and nothing else', async () => {
  const store = await openStore({ url: 'file::memory:', now: () => PRESENT })
  const registry = new Registry()
  databaseMetrics(store, registry)
  await registry.metrics()
  await store.close()
  const families = readExposition(await registry.metrics())
  expect(valuesOf(families, 'crossings_data_version')).toEqual({})
  expect(valuesOf(families, 'crossings_database_size_bytes')).toEqual({ '': 0 })
})
