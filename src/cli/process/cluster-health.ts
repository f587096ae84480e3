import type { Worker } from 'node:cluster'
import { randomUUID } from 'node:crypto'
import { type HealthAnswer, unavailable } from '../../http/health/readiness.ts'

/** The timeout for a busy worker, in milliseconds. */
const PATIENCE_MS = 2_000

/** The messages to and from a worker. */
interface Question {
  readonly health: string
  readonly hasDetail: boolean
}
interface Reply {
  readonly health: string
  readonly answer: HealthAnswer
}

/** Lets a worker answer whether it is ready. */
export function reportHealth(ready: (hasDetail: boolean) => Promise<HealthAnswer>): void {
  process.on('message', async ({ health, hasDetail }: Partial<Question>) => {
    if (health === undefined) return
    const answer = await ready(hasDetail === true)
    process.send?.({ health, answer } satisfies Reply, undefined, undefined, () => undefined)
  })
}

/** Returns whether the service lives: at least one of its processes serves. */
export async function liveOf(workers: ReadonlySet<Worker>): Promise<HealthAnswer> {
  return workers.size > 0 ? { status: 200, body: { status: 'live' } } : unavailable('No process serves now.')
}

/**
 * Returns whether the service is ready: it is as soon as one of its processes says so. With details all are
 * waited for, and counted.
 */
export async function readyOf(workers: ReadonlySet<Worker>, hasDetail: boolean): Promise<HealthAnswer> {
  const answers = [...workers].map((worker) => ask(worker, hasDetail))
  const isReady = ({ status }: HealthAnswer) => status === 200
  if (!hasDetail) {
    const ready = answers.map(async (answer) => ((await answer).status === 200 ? answer : Promise.reject()))
    const first = await Promise.any(ready).catch(() => null)
    if (first !== null) return first
  }
  const all = await Promise.all(answers)
  const best = all.find(isReady) ?? all[0] ?? unavailable('No process serves now.')
  if (!hasDetail || !isReady(best)) return best
  const processes = { serving: all.length, ready: all.filter(isReady).length }
  return { ...best, body: { ...best.body, processes } }
}

function ask(worker: Worker, hasDetail: boolean): Promise<HealthAnswer> {
  const health = randomUUID()
  return new Promise((resolve) => {
    const settle = (answer: HealthAnswer) => {
      clearTimeout(limit)
      worker.off('message', hear).off('disconnect', leave)
      resolve(answer)
    }
    const leave = () => settle(unavailable('The process that was asked has ended.'))
    const hear = (message: Partial<Reply>) => {
      if (message.health === health && message.answer !== undefined) settle(message.answer)
    }
    const limit = setTimeout(() => settle(unavailable('No process answers in time.')), PATIENCE_MS)
    worker.on('message', hear).on('disconnect', leave)
    if (worker.isConnected())
      worker.send({ health, hasDetail } satisfies Question, (error) => error && leave())
    else leave()
  })
}
