import { expect, test } from 'vitest'
import { startMeasured } from '../../support/http/measured.ts'

const NAME = 'crossings_series_reconciliation_duration_seconds'

test('each reconciliation of connected borders is counted once, and no cached one', async () => {
  const api = await startMeasured()
  await api.get('/v1/totals?country=PL')
  expect(await api.values(`${NAME}_count`)).toEqual({ '': 1 })
  await api.get('/v1/totals?country=PL&period=2024')
  expect(await api.values(`${NAME}_count`)).toEqual({ '': 1 })
  await api.get('/v1/totals?country=EU')
  expect(await api.values(`${NAME}_count`)).toEqual({ '': 1 })
  await api.get('/v1/totals?country=PL&kind=official')
  expect(await api.values(`${NAME}_count`)).toEqual({ '': 2 })
  const { '': seconds = 0 } = await api.values(`${NAME}_sum`)
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBeLessThan(60)
  await api.close()
})
