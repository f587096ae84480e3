import { getPriority, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { readAtlas } from '../charts/atlas.ts'
import type { View } from '../view/view.ts'
import { assembleView } from '../view/view-pieces.ts'
import { createRenderer, type RenderJob } from './render.ts'

/** A message to the thread: the pieces of a view one after the other, then the job that shows it. */
export type ToThread = { readonly piece: Partial<View> } | { readonly job: Omit<RenderJob, 'view'> }

/** The thread's answer to a job; `cpuMs` is the processor time that the job took, its arrival included. */
export type FromThread = { readonly cpuMs: number } & (
  | { readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly error: Error }
)

/** Low enough to wait for the event loop, and not so low that others on the machine starve it. */
const NICENESS = 5

lowerPriority()

const render = createRenderer(readAtlas())
const pieces: Partial<View>[] = []
let countedMs = threadCpuMs()

parentPort?.on('message', (message: ToThread) => {
  if ('piece' in message) {
    pieces.push(message.piece)
    return
  }
  const view = assembleView(pieces.splice(0))
  const outcome = renderSafely({ ...message.job, view } as RenderJob)
  const nowMs = threadCpuMs()
  const answer: FromThread = { ...outcome, cpuMs: nowMs - countedMs }
  countedMs = nowMs
  parentPort?.postMessage(answer, 'bytes' in answer ? [answer.bytes.buffer] : [])
})

function renderSafely(job: RenderJob): { bytes: Uint8Array<ArrayBuffer> } | { error: Error } {
  try {
    return { bytes: render(job) }
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
}

/** Returns the processor time of this thread in milliseconds; before Node 23.9, its active time on the clock. */
function threadCpuMs(): number {
  if (process.threadCpuUsage === undefined) return performance.eventLoopUtilization().active
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/**
 * Lets the event loop's thread run first where both want the same core. On Linux each thread has a priority of its
 * own (setpriority(2), "C library/kernel differences"); elsewhere it would be that of the whole process.
 */
function lowerPriority(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(0, Math.max(getPriority(0), NICENESS))
  } catch {
    // A sandbox may forbid it; rendering works at any priority.
  }
}
