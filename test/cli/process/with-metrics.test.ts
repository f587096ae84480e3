import { describe, expect, test } from 'vitest'
import { inOneLine, runCommand, stop } from '../../support/cli/command.ts'
import { freePort } from '../../support/cli/free-port.ts'
import { databaseIn, prepareDatabase, serve } from '../../support/faults/serving.ts'
import { readExposition, valuesOf } from '../../support/http/exposition.ts'
import { scratchFolder } from '../../support/store/scratch.ts'

describe('metrics', () => {
  test('are served beside the API where a port is set, and end with it', async () => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    const port = await freePort()
    const server = await serve(folder, { METRICS_PORT: String(port) })
    const url = `http://127.0.0.1:${port}/metrics`
    expect(await server.said(/Example/)).toContain(`\n  Metrics  ${url}\n`)
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
    const families = readExposition(await (await fetch(url)).text())
    expect(valuesOf(families, 'crossings_http_requests_total')).toEqual({
      'GET /health/ready 200': 1,
      'GET unmatched 404': 1,
    })
    expect(valuesOf(families, 'crossings_data_version')[''] ?? 0).toBeGreaterThan(0)
    expect(families.has('nodejs_eventloop_lag_p99_seconds')).toBe(true)
    expect(await stop(server)).toMatchObject({ code: 0, signal: null, stderr: '' })
    await expect(fetch(url)).rejects.toThrow()
  })

  test('are not served unless a port is set', async () => {
    const folder = scratchFolder()
    await prepareDatabase(folder)
    const server = await serve(folder)
    expect(await server.said(/Example/)).not.toContain('Metrics')
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
    expect(await stop(server)).toMatchObject({ code: 0 })
  })

  test.for(['1', '2'])(
    'on a port that is taken keep %s from starting, and the reason is said',
    async (WORKERS) => {
      const folder = scratchFolder()
      await prepareDatabase(folder)
      const holder = await serve(folder)
      const ended = await runCommand(['serve'], {
        env: {
          DATABASE_URL: `file:${databaseIn(folder)}`,
          PORT: '0',
          METRICS_PORT: String(holder.port),
          WORKERS,
        },
      })
      expect(ended).toEqual(inOneLine(/EADDRINUSE/))
      expect(ended.stderr).toContain(`127.0.0.1:${holder.port}`)
      expect(await stop(holder)).toMatchObject({ code: 0 })
    },
  )
})
