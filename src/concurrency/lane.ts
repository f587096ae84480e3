import { createClientCounts } from './client-counts.ts'
import { ClientGone, nextOf, type Task, WaitTimeout } from './task.ts'
import type { UsageMeter } from './usage-meter.ts'

/** Bounds how many tasks of one sort are in progress at a time: a semaphore that is fair to clients. */
export interface Lane {
  /**
   * Resolves once the task may start, with the function that gives its place free again.
   * @throws WaitTimeout where no place became free in time, ClientGone where the client left before
   */
  enter(task: Task): Promise<() => void>
  /** The number of tasks that have a place, and of those that wait for one. */
  readonly running: number
  readonly pending: number
}

export interface LaneOptions {
  readonly capacity: number
  /** The places that the tasks of one client may have at a time. */
  readonly perClient: number
  /** The longest wait of a task for a place before it is rejected, in milliseconds. */
  readonly maxWaitMs: number
  readonly usage: UsageMeter
}

interface Waiter {
  readonly task: Task
  readonly client: string
  readonly order: number
  readonly start: () => void
}

/** Creates a lane; a free place goes to the waiting task whose client has used least CPU time lately. */
export function createLane({ capacity, perClient, maxWaitMs, usage }: LaneOptions): Lane {
  const waiting = new Set<Waiter>()
  const places = createClientCounts()
  let entered = 0

  function take(client: string): () => void {
    const release = places.add(client)
    return () => {
      release()
      startNext()
    }
  }

  function hasPlaceFor(client: string): boolean {
    return places.total < capacity && places.of(client) < perClient
  }

  function startNext(): void {
    if (places.total >= capacity) return
    const startable = [...waiting].filter(({ client }) => hasPlaceFor(client))
    nextOf(startable, usage)?.start()
  }

  return {
    enter(task) {
      const client = task.owner
      if (task.signal.aborted) return Promise.reject(new ClientGone())
      if (hasPlaceFor(client)) return Promise.resolve(take(client))
      return new Promise((resolve, reject) => {
        const end = () => {
          waiting.delete(waiter)
          clearTimeout(timer)
          task.signal.removeEventListener('abort', leave)
        }
        const waiter: Waiter = {
          task,
          client,
          order: ++entered,
          start() {
            end()
            resolve(take(client))
          },
        }
        const leave = () => {
          end()
          reject(new ClientGone())
        }
        const timer = setTimeout(() => {
          end()
          reject(new WaitTimeout())
        }, maxWaitMs)
        task.signal.addEventListener('abort', leave)
        waiting.add(waiter)
      })
    },
    get running() {
      return places.total
    },
    get pending() {
      return waiting.size
    },
  }
}
