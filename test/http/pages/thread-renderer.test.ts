import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { ClientGone } from '../../../src/concurrency/task.ts'
import { type Renderer, RenderingFailed } from '../../../src/http/pages/renderer.ts'
import { renderInThread, type ThreadOptions } from '../../../src/http/pages/thread-renderer.ts'
import { Overloaded } from '../../../src/http/problems/problem.ts'
import { readAtlas } from '../../../src/web/charts/atlas.ts'
import { LANGUAGES, type LanguageCode } from '../../../src/web/locale/locale.ts'
import { createRenderer, type PageJob, type RenderJob } from '../../../src/web/render/render.ts'
import type { View } from '../../../src/web/view/view.ts'
import { viewOf } from '../../support/web/sample-view.ts'

const SCRIPT = new URL('../../support/http/faulty-render-thread.ts', import.meta.url)
const MODULE = new URL('../../../src/http/pages/thread-renderer.ts', import.meta.url)

let view: View
beforeAll(async () => {
  view = await viewOf({ from: '2024-01-01', to: '2024-12-31' })
})

const renderers: Renderer[] = []
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(renderers.splice(0).map((renderer) => renderer.close()))
})

function start(options: ThreadOptions = {}): Renderer {
  const renderer = renderInThread(options)
  renderers.push(renderer)
  return renderer
}

const pageJob = (query: PageJob['query'] = {}, language: LanguageCode = 'en', shown = view): PageJob => ({
  kind: 'page',
  view: shown,
  language,
  query,
  publicUrl: 'https://example.org',
  listed: {
    rows: [...shown.observations.values()],
    offset: 0,
    count: shown.observations.size,
    status: null,
    sort: { by: 'period', isDescending: false },
  },
  choices: { indicators: [shown.indicator], borders: [], origins: ['origin'] },
})

/** Makes the faulty thread do something; without a deed it answers which thread and how many jobs it had. */
const told = (deed?: string) => pageJob(deed === undefined ? {} : { figure: deed })

const textOf = async (renderer: Renderer, job: RenderJob) => (await renderer.render(job)).bytes.toString()

describe('what a thread renders', () => {
  const here = createRenderer(readAtlas())

  async function expectSameBytes(shown: View, language: LanguageCode) {
    const renderer = start()
    const page = pageJob({ figure: 'EU-BY' }, language, shown)
    const picture = { view: shown, language, theme: 'dark', width: 700 } as const
    const jobs: RenderJob[] = [
      page,
      { ...page, kind: 'embed', chart: 'cumulative' },
      { ...picture, kind: 'svg', chart: 'series' },
      { ...picture, kind: 'png', chart: 'totals' },
    ]
    for (const job of jobs) {
      const { bytes, cpuMs } = await renderer.render(job)
      expect(bytes.equals(here(job)), job.kind).toBe(true)
      expect(cpuMs).toBeGreaterThan(0)
    }
  }

  test.for(Object.keys(LANGUAGES) as LanguageCode[])(
    'is byte for byte what the main thread renders, in %s',
    async (language) => await expectSameBytes(view, language),
  )

  test('is the same with many rows, and with none', async () => {
    await expectSameBytes(await viewOf({ from: '2021-01-01', interval: 'week', layout: 'side' }), 'en')
    await expectSameBytes(await viewOf({}, {}), 'en')
  })
})

describe('a renderer', () => {
  test('renders jobs one by one in the order in which they come, and counts those that wait', async () => {
    const renderer = start({ script: SCRIPT })
    const texts = Promise.all([textOf(renderer, told()), textOf(renderer, told()), textOf(renderer, told())])
    expect(renderer.pending).toBe(3)
    const [first = '', ...others] = await texts
    const thread = first.slice(0, first.indexOf(','))
    expect([first, ...others]).toEqual([`${thread}, job 1`, `${thread}, job 2`, `${thread}, job 3`])
    expect(renderer.pending).toBe(0)
  })

  test('returns an error of one job as it was thrown, and goes on in the same thread', async () => {
    const renderer = start({ script: SCRIPT })
    const before = await textOf(renderer, told())
    const error = await renderer.render(told('fail')).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(RenderingFailed)
    expect(String(error)).toBe('TypeError: this job cannot be rendered')
    expect(await textOf(renderer, told())).toBe(before.replace('job 1', 'job 3'))
  })

  test('rejects what cannot be sent to a thread, and renders the next job', async () => {
    const renderer = start({ script: SCRIPT })
    const job = { ...told(), query: { figure: () => 'no text' } } as never
    await expect(renderer.render(job)).rejects.toThrow('could not be cloned')
    expect(await textOf(renderer, told())).toMatch(/job 1$/)
  })

  test.for(['exit', 'throw', 'fill'])(
    'replaces a thread that dies (%s), and fails only its job',
    async (deed) => {
      const renderer = start({
        script: SCRIPT,
        resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
      })
      const before = await textOf(renderer, told())
      const dying = renderer.render(told(deed)).catch((error) => error)
      const next = textOf(renderer, told())
      expect(await dying).toBeInstanceOf(RenderingFailed)
      expect(await dying).toMatchObject({ status: 503 })
      expect(await next).toMatch(/job 1$/)
      expect(await next).not.toBe(before)
    },
  )

  test('ends a job that uses too much CPU time with its thread, and renders the next one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const renderer = start({ script: SCRIPT, cpuLimitMs: 100 })
    const before = await textOf(renderer, told())
    const hanging = renderer.render(told('hang')).catch((error) => error)
    const next = textOf(renderer, told())
    // By the clock it is ended at the sixth round; its CPU time must end it before.
    for (let round = 1; round < 6; round++) {
      await delay(300)
      vi.advanceTimersByTime(100)
    }
    expect(await hanging).toBeInstanceOf(RenderingFailed)
    expect(await hanging).toMatchObject({ status: 503 })
    expect(await next).toMatch(/job 1$/)
    expect(await next).not.toBe(before)
  })

  const canMeasure = 'cpuUsage' in Worker.prototype

  test.runIf(canMeasure)('lets a job outlast its CPU time on the clock, but not for ever', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const renderer = start({ script: SCRIPT, cpuLimitMs: 10_000 })
    await textOf(renderer, told())
    const waiting = textOf(renderer, told('wait briefly'))
    vi.advanceTimersByTime(10_000)
    expect(await waiting).toMatch(/job 2$/)
    const stuck = renderer.render(told('wait for ever')).catch((error) => error)
    vi.advanceTimersByTime(60_000)
    expect(await stuck).toBeInstanceOf(RenderingFailed)
  })

  test('fails each job where its thread cannot even start', async () => {
    const renderer = start({ script: new URL('./no-such-thread.ts', import.meta.url) })
    for (const job of [told(), told()]) {
      await expect(renderer.render(job)).rejects.toMatchObject({ status: 503 })
    }
  })

  test('never starts a job whose client left while it waited', async () => {
    const renderer = start({ script: SCRIPT })
    const first = textOf(renderer, told())
    const left = new AbortController()
    const abandoned = renderer.render(told('exit'), { signal: left.signal }).catch((error) => error)
    const last = textOf(renderer, told())
    left.abort()
    expect(renderer.pending).toBe(2)
    expect(await abandoned).toBeInstanceOf(ClientGone)
    expect(await last).toBe((await first).replace('job 1', 'job 2'))
    await expect(renderer.render(told(), { signal: left.signal })).rejects.toBeInstanceOf(ClientGone)
  })

  test('finishes a job that it began, though its client leaves', async () => {
    const renderer = start({ script: SCRIPT })
    const left = new AbortController()
    const begun = renderer.render(told(), { signal: left.signal })
    left.abort()
    expect((await begun).bytes.toString()).toMatch(/job 1$/)
  })

  test('refuses at once what would wait behind too many', async () => {
    const renderer = start({ script: SCRIPT, maxWaiting: 2 })
    const taken = [told(), told(), told()].map((job) => renderer.render(job))
    await expect(renderer.render(told())).rejects.toBeInstanceOf(Overloaded)
    await Promise.all(taken)
    expect(await textOf(renderer, told())).toMatch(/job 4$/)
  })

  test('gives up all its jobs when it is closed, even one that hangs', async () => {
    const renderer = start({ script: SCRIPT })
    const given = [told('hang'), told()].map((job) => renderer.render(job).catch((error) => error))
    await renderer.close()
    for (const error of await Promise.all(given)) expect(error).toMatchObject({ status: 503 })
    expect(renderer.pending).toBe(0)
    await expect(renderer.render(told())).rejects.toMatchObject({ status: 503 })
    await renderer.close()
  })

  test('does not keep a process alive before and after its jobs', async () => {
    const program = `
      import(${JSON.stringify(MODULE)}).then(async ({ renderInThread }) => {
        const script = new URL(${JSON.stringify(SCRIPT)})
        renderInThread({ script }).start()
        const renderer = renderInThread({ script })
        const view = { series: [], cumulative: [], observations: [], conflicts: [] }
        const { bytes } = await renderer.render({ view })
        console.log(bytes.toString().replace(/\\d+/, 'n'))
      })`
    const run = promisify(execFile)(process.execPath, ['--eval', program])
    expect((await run).stdout).toBe('thread n, job 1\n')
  })
})
