import { expect, test } from 'vitest'
import { processRegistry } from '../../../src/http/metrics/metrics.ts'
import { readExposition } from '../../support/http/exposition.ts'
import { startMeasured } from '../../support/http/measured.ts'

test('the process itself is measured: its memory, its processor time, the lag of its event loop', async () => {
  const families = readExposition(await processRegistry().metrics())
  expect([...families.keys()]).toEqual(
    expect.arrayContaining([
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_seconds',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_heap_size_used_bytes',
    ]),
  )
})

test('every metric of ours has the prefix, says what it means, and ends with its unit', async () => {
  const api = await startMeasured()
  const families = await api.metrics()
  expect(families.size).toBe(13)
  for (const [name, { help, type }] of families) {
    expect(name).toMatch(/^crossings_[a-z_]+$/)
    expect(help.length).toBeGreaterThan(10)
    if (type === 'counter') expect(name).toMatch(/_total$/)
    if (type === 'histogram') expect(name).toMatch(/_seconds$/)
  }
  await api.close()
})

test('two apps are measured apart', async () => {
  const [one, other] = [await startMeasured(), await startMeasured()]
  await one.get('/health/live')
  expect(await one.values('crossings_http_requests_total')).toEqual({ 'GET /health/live 200': 1 })
  expect(await other.values('crossings_http_requests_total')).toEqual({})
  await Promise.all([one.close(), other.close()])
})
