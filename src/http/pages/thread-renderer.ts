import { extname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type ResourceLimits, Worker } from 'node:worker_threads'
import { eventLoopYielder } from '../../concurrency/event-loop-yield.ts'
import { ClientGone } from '../../concurrency/task.ts'
import type { RenderJob } from '../../web/render/render.ts'
import type { FromThread, ToThread } from '../../web/render/render-thread.ts'
import { piecesOfView } from '../../web/view/view-pieces.ts'
import { Overloaded, ServerStopping } from '../problems/problem.ts'
import { type Rendered, type Renderer, RenderingFailed } from './renderer.ts'

/** The thread's script: TypeScript in the sources, JavaScript in what is built of them. */
const SCRIPT = new URL(`../../web/render/render-thread${extname(import.meta.url)}`, import.meta.url)

/** Each waiting job holds its data, which is a few megabytes at most. */
const MAX_WAITING = 64

/** The largest page takes a second of CPU time; a job that takes so much is at fault. */
const CPU_LIMIT_MS = 10_000

/** The longest wall-clock time of a job, in CPU limits: a busy machine gives a thread little of its time. */
const MAX_SLOWDOWN = 6

/** Twice what the largest page needs; a job that needs more ends its thread, not the process. */
const RESOURCE_LIMITS: ResourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 }

export interface ThreadOptions {
  readonly script?: URL
  readonly maxWaiting?: number
  readonly cpuLimitMs?: number
  readonly resourceLimits?: ResourceLimits
}

interface Task {
  readonly job: RenderJob
  readonly resolve: (rendered: Rendered) => void
  readonly reject: (error: unknown) => void
}

/**
 * Renders one job after the other in a thread of this process. A thread that dies, or takes too long, takes its
 * job with it and nothing else: the next job gets a new thread.
 */
export function renderInThread({
  script = SCRIPT,
  maxWaiting = MAX_WAITING,
  cpuLimitMs = CPU_LIMIT_MS,
  resourceLimits = RESOURCE_LIMITS,
}: ThreadOptions = {}): Renderer {
  const waiting = new Set<Task>()
  let running: Task | null = null
  let thread: Worker | null = null
  let timeout: NodeJS.Timeout | undefined
  /** The CPU time of the thread's finished jobs, in milliseconds. */
  let finishedMs = 0
  let isClosed = false

  function startThread(): Worker {
    const started = new Worker(script, { name: 'render', resourceLimits })
    let cause: unknown
    started.on('message', (answer: FromThread) => {
      if (thread === started) finish(answer)
    })
    started.on('error', (error) => {
      cause = error
    })
    started.on('exit', () => {
      if (thread !== started) return
      thread = null
      fail(new RenderingFailed('This could not be rendered; try again.', cause))
    })
    // An idle thread must not keep the process alive; after the listeners, since adding one refers to it again.
    started.unref()
    finishedMs = 0
    return started
  }

  function endThread(): Promise<unknown> | undefined {
    const ended = thread?.terminate()
    thread = null
    return ended
  }

  function startNext(): void {
    const [task] = waiting
    if (running !== null || task === undefined) return
    waiting.delete(task)
    running = task
    try {
      thread ??= startThread()
    } catch (error) {
      fail(new RenderingFailed('This cannot be rendered now; try again.', error))
      return
    }
    thread.ref()
    limitTime(task, thread)
    void post(task, thread)
  }

  /** Ends a thread with its job once that has used its CPU time, or lasted several times as long. */
  function limitTime(task: Task, on: Worker, round = 1): void {
    const end = () => {
      if (running !== task || thread !== on) return
      void endThread()
      fail(
        new RenderingFailed('This takes too long to render; ask for a shorter window or a longer interval.'),
      )
    }
    timeout = setTimeout(async () => {
      if (round === MAX_SLOWDOWN) return end()
      limitTime(task, on, round + 1)
      if ((await cpuMsOf(on)) - finishedMs >= cpuLimitMs) end()
    }, cpuLimitMs)
  }

  /** Sends a job piece by piece, since serializing a large view at once would block the event loop. */
  async function post(task: Task, to: Worker): Promise<void> {
    const { view, ...job } = task.job
    const send = (message: ToThread) => to.postMessage(message)
    try {
      // Reading the view may have used up this turn of the event loop.
      await setImmediate()
      const yieldIfDue = eventLoopYielder()
      for (const piece of piecesOfView(view)) {
        if (thread !== to) return
        send({ piece })
        await yieldIfDue()
      }
      send({ job })
    } catch (error) {
      void endThread()
      fail(error)
    }
  }

  function takeRunning(): Task | null {
    const task = running
    running = null
    clearTimeout(timeout)
    thread?.unref()
    return task
  }

  function finish(answer: FromThread): void {
    finishedMs += answer.cpuMs
    const task = takeRunning()
    if ('error' in answer) task?.reject(answer.error)
    else task?.resolve({ bytes: Buffer.from(answer.bytes.buffer), cpuMs: answer.cpuMs })
    startNext()
  }

  function fail(error: unknown): void {
    takeRunning()?.reject(error)
    startNext()
  }

  return {
    get pending() {
      return waiting.size + (running === null ? 0 : 1)
    },
    async render(job, { signal } = {}) {
      if (isClosed) throw new ServerStopping()
      if (signal?.aborted) throw new ClientGone()
      if (waiting.size >= maxWaiting) throw new Overloaded()
      const { promise, resolve, reject } = Promise.withResolvers<Rendered>()
      const task = { job, resolve, reject }
      waiting.add(task)
      const abandon = () => {
        if (waiting.delete(task)) reject(new ClientGone())
      }
      signal?.addEventListener('abort', abandon, { once: true })
      startNext()
      return await promise.finally(() => signal?.removeEventListener('abort', abandon))
    },
    start() {
      if (!isClosed) thread ??= startThread()
    },
    async close() {
      isClosed = true
      const given = [...waiting, ...(running === null ? [] : [running])]
      waiting.clear()
      takeRunning()
      for (const { reject } of given) reject(new ServerStopping())
      await endThread()
    },
  }
}

/** Returns the CPU time of a thread in milliseconds; infinite before Node 24.6, which cannot tell. */
async function cpuMsOf(thread: Worker): Promise<number> {
  if (thread.cpuUsage === undefined) return Number.POSITIVE_INFINITY
  // It rejects for a thread that has ended, which is noticed elsewhere.
  const { user, system } = await thread.cpuUsage().catch(() => ({ user: 0, system: 0 }))
  return (user + system) / 1_000
}
