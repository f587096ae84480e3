import fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { eventLoopWatchdog } from '../../../src/http/health/event-loop-watchdog.ts'

/** A server with a route that blocks the event loop as long as it is asked to, and what is told of it. */
async function startWatched() {
  const reports: { ms: number; routes: Record<string, number> }[] = []
  let heard = Promise.withResolvers<void>()
  const app = fastify()
  const watchdog = eventLoopWatchdog()
  watchdog.watch(app)
  app.get<{ Params: { ms: string } }>('/block/:ms', async ({ params }) => {
    const begun = performance.now()
    while (performance.now() - begun < Number(params.ms));
    return 'done'
  })
  app.get('/quick', async () => 'done')
  const url = await app.listen({ port: 0 })
  watchdog.start({ maxBlockMs: 300, exitAfterMs: 0 }, (report) => {
    reports.push({ ms: report.ms, routes: { ...report.routes } })
    heard.resolve()
    heard = Promise.withResolvers<void>()
  })
  onTestFinished(async () => {
    await watchdog.stop()
    await app.close()
  })
  const told = async (times: number) => {
    while (reports.length < times) await heard.promise
    return reports
  }
  return { url, told }
}

test('a block is logged once when it is over, with its duration and the routes that were being answered', async () => {
  const { url, told } = await startWatched()
  for (const path of ['quick', 'block/20', 'quick']) await fetch(`${url}/${path}`)
  await fetch(`${url}/block/2000`)
  await told(1)
  await fetch(`${url}/block/20`)
  await fetch(`${url}/block/2000`)
  const reports = await told(2)
  expect(reports.map(({ routes }) => routes)).toEqual([{ '/block/:ms': 1 }, { '/block/:ms': 1 }])
  for (const { ms } of reports) expect(ms).toBeGreaterThan(300)
})
