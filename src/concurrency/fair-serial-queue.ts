/** Runs pieces of work one at a time. Owners take turns: the backlog of one does not decide how long another waits. */
export interface FairSerialQueue {
  /** Runs work after what its owner queued before, and after one piece of each other owner at most. */
  run<Result>(owner: string, work: () => Promise<Result>): Promise<Result>
  /** Resolves once nothing runs and nothing waits. */
  idle(): Promise<void>
}

/** Creates a queue; its memory is bounded by what waits in it. */
export function createFairSerialQueue(): FairSerialQueue {
  /** The pending work by owner, in the order of their turns. */
  const waiting = new Map<string, (() => Promise<void>)[]>()
  let isRunning = false
  const onIdle: (() => void)[] = []

  async function runAll(): Promise<void> {
    isRunning = true
    // Work begins no earlier than in a promise chain: after the code that queued it.
    await undefined
    for (const [owner, queue] of waiting) {
      const next = queue.shift()
      // Set again, an owner comes behind all others, and the iteration meets it there.
      waiting.delete(owner)
      if (queue.length > 0) waiting.set(owner, queue)
      await next?.()
    }
    isRunning = false
    for (const resolve of onIdle.splice(0)) resolve()
  }

  return {
    run(owner, work) {
      return new Promise((resolve, reject) => {
        const settle = () => work().then(resolve, reject)
        const queue = waiting.get(owner)
        if (queue === undefined) waiting.set(owner, [settle])
        else queue.push(settle)
        if (!isRunning) void runAll()
      })
    },
    idle() {
      return new Promise((resolve) => {
        if (isRunning) onIdle.push(resolve)
        else resolve()
      })
    },
  }
}
