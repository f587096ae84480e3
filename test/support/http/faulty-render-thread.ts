import { parentPort, threadId } from 'node:worker_threads'
import type { FromThread, ToThread } from '../../../src/web/render/render-thread.ts'

/** Stands in for the render thread and does what `query.figure` of a job says. */
let jobs = 0

function act(deed: string | undefined): void {
  if (deed === 'exit') process.exit(3)
  if (deed === 'hang') for (;;);
  if (deed === 'wait briefly') wait(200)
  if (deed === 'wait for ever') wait(Number.POSITIVE_INFINITY)
  if (deed === 'throw') throw new Error('thrown outside any job')
  if (deed === 'fill') for (const all: string[][] = []; ; ) all.push(Array.from({ length: 10_000 }, String))
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

parentPort?.on('message', (message: ToThread) => {
  if (!('job' in message)) return
  jobs += 1
  const { query } = message.job as { query?: Record<string, string> }
  act(query?.figure)
  const answer: FromThread =
    query?.figure === 'fail'
      ? { error: new TypeError('this job cannot be rendered'), cpuMs: 1 }
      : { bytes: new TextEncoder().encode(`thread ${threadId}, job ${jobs}`), cpuMs: 1 }
  parentPort?.postMessage(answer)
})
