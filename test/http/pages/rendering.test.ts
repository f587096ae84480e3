import { EventEmitter, once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { readSeeds } from '../../../src/cli/seeds.ts'
import { ClientGone } from '../../../src/concurrency/task.ts'
import { buildApp } from '../../../src/http/app.ts'
import { type Rendered, type Renderer, RenderingFailed } from '../../../src/http/pages/renderer.ts'
import { renderInThread } from '../../../src/http/pages/thread-renderer.ts'
import { openStore } from '../../../src/store/store.ts'
import { PRESENT } from '../../support/http/harness.ts'
import { statusOf } from '../../support/status-of.ts'

const FAULTY_SCRIPT = new URL('../../support/http/faulty-render-thread.ts', import.meta.url)

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function serveWith(renderer: Renderer) {
  const now = () => PRESENT
  const store = await openStore({ url: 'file::memory:', now })
  await store.addMissing(readSeeds())
  const app = await buildApp({ store, now, logLevel: 'silent', renderer })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const close = async () => {
    await app.close()
    await store.close()
  }
  closers.push(close)
  return { app, url: `http://127.0.0.1:${port}` }
}

/** A renderer whose jobs end when the test says so; each is announced as `job`. */
function heldRenderer() {
  const jobs = new EventEmitter<{
    job: [end: (rendered: Rendered) => void, signal: AbortSignal | undefined]
  }>()
  let pending = 0
  const renderer: Renderer = {
    get pending() {
      return pending
    },
    async render(_job, { signal } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<Rendered>()
      signal?.addEventListener('abort', () => reject(new ClientGone()))
      pending += 1
      jobs.emit('job', resolve, signal)
      return await promise.finally(() => {
        pending -= 1
      })
    },
    start: () => undefined,
    close: async () => undefined,
  }
  return { renderer, jobs }
}

const DONE: Rendered = { bytes: Buffer.from('rendered'), cpuMs: 1 }

/** Asks on a connection of its own, and returns how to end that before an answer comes. */
function askAndLeave(url: string): () => void {
  const request = http.get(url, { agent: false }).on('error', () => undefined)
  return () => request.destroy()
}

test('requests are answered while a page is being rendered, and stopping does not wait for one that hangs', async () => {
  const renderer = renderInThread({ script: FAULTY_SCRIPT })
  const { app, url } = await serveWith(renderer)
  const hanging = fetch(`${url}/?figure=hang`)
  while (renderer.pending === 0) await fetch(`${url}/health/live`)
  for (const path of ['/health/ready', '/v1/totals', '/v1/series?period=2024']) {
    expect(await statusOf(url + path), path).toBe(200)
  }
  expect(renderer.pending).toBe(1)
  const closed = app.close()
  await renderer.close()
  expect((await hanging).status).toBe(503)
  await closed
})

test('a job that ends its thread is a 503, and the next page is rendered', async () => {
  const { url } = await serveWith(renderInThread({ script: FAULTY_SCRIPT }))
  const failed = await fetch(`${url}/?figure=exit`)
  expect(failed.status).toBe(503)
  expect(failed.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(failed.headers.get('retry-after')).toBe('10')
  expect(failed.headers.get('cache-control')).toBe('no-store')
  expect(await failed.text()).toContain('This could not be rendered; try again.')
  const next = await fetch(`${url}/`)
  expect(next.status).toBe(200)
  expect(await next.text()).toMatch(/job 1$/)
})

test('a picture that cannot be rendered is a problem that is not cached', async () => {
  const { renderer } = heldRenderer()
  const render = async () => {
    throw new RenderingFailed('This could not be rendered; try again.')
  }
  const { url } = await serveWith({ ...renderer, render })
  for (const type of ['svg', 'png']) {
    const { status, headers } = await fetch(`${url}/v1/charts/series.${type}`)
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      503,
      'application/problem+json; charset=utf-8',
      'no-store',
    ])
  }
})

test.for(['/', '/embed', '/v1/charts/series.svg', '/v1/charts/totals.png'])(
  'a client that leaves aborts its own job alone: %s',
  async (path) => {
    const { renderer, jobs } = heldRenderer()
    const { app, url } = await serveWith(renderer)
    const first = once(jobs, 'job')
    const leave = askAndLeave(`${url}${path}`)
    const [, signal] = await first
    expect(signal.aborted).toBe(false)
    const arrived = once(app.server, 'request')
    const same = fetch(`${url}${path}`)
    await arrived
    const second = once(jobs, 'job')
    leave()
    if (!signal.aborted) await once(signal, 'abort')
    const [end] = await second
    end(DONE)
    const answer = await same
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('rendered')
    expect(renderer.pending).toBe(0)
  },
)
