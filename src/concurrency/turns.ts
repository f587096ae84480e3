import { ClientGone, ComputationsStopped, createTaskGroup, nextOf, type Task, WaitTimeout } from './task.ts'
import type { UsageMeter } from './usage-meter.ts'

/** The time for which a computation may hold the event loop in one piece, in milliseconds. */
export const TURN_MS = 5

/** For how many times as long as a turn connections are accepted before the next one: bursts come by the hundred. */
const ACCEPTING_TURNS = 40

/** The longest wait of a computation for a turn before it is cancelled, in milliseconds. */
const MAX_WAIT_MS = 10_000

/** The computations cancelled in one iteration: each has a response to be sent, or at least to be ended. */
const MAX_DROPPED = 10

/** Gives computations the event loop one at a time, each for one turn. */
export interface Turns {
  /**
   * Begins a task: resolves at its first turn.
   * @throws ClientGone once nobody waits for the result, WaitTimeout where no turn came in time, ComputationsStopped
   *   at the end of the process
   */
  begin(task: Task): Promise<Turn>
  /** Ends all computations: those that wait for a turn at once, those that have one at their next pause. */
  stop(): void
  /** The number of tasks that wait for a turn. */
  readonly pending: number
}

/** The functions that a computation calls to share the event loop. */
export interface Turn {
  readonly task: Task
  /**
   * Resolves at once while the turn lasts, else at the next one. Call it often in a long computation.
   * @throws ClientGone once nobody waits for the result, WaitTimeout where no turn came in time, ComputationsStopped
   *   at the end of the process
   */
  yieldIfDue(): Promise<void>
  /** Waits for any turn as long as it takes from now on, because a part of the result is sent already. */
  persist(): void
  /** Returns a turn for a part of the work whose result others may use too. */
  share(): SharedTurn
}

/** The turn of work that several computations wait for; it goes on as long as one of them does. */
export interface SharedTurn extends Turn {
  join(turn: Pick<Turn, 'task'>): void
}

interface Waiter {
  readonly task: Task
  /** The place of the computation in the order in which all began. */
  readonly order: number
  readonly until: number
  readonly resolve: (turnEnds: number) => void
  readonly reject: (error: Error) => void
}

/**
 * Schedules computations cooperatively: at most one turn in each iteration of the event loop, so that the network
 * is served between any two. The next turn goes to the client that has used least CPU time lately, by levels; of
 * equals to the computation that began first. A client that asks little therefore waits for at most one turn,
 * whatever others ask, and long computations end one after the other. A turn's CPU time is charged to its client.
 * @param arrivals returns how many connections have been accepted so far. libuv accepts only one in each iteration
 *   (libuv#3696), so while more arrive, iterations go by without a turn, for several times as long as a turn lasts.
 */
export function scheduleTurns({
  usage,
  clock = () => performance.now(),
  turnMs = TURN_MS,
  maxWaitMs = MAX_WAIT_MS,
  arrivals = () => 0,
}: {
  readonly usage: UsageMeter
  readonly clock?: () => number
  readonly turnMs?: number
  readonly maxWaitMs?: number
  readonly arrivals?: () => number
}): Turns {
  const waiting = new Set<Waiter>()
  let begun = 0
  let isScheduled = false
  let seenArrivals = 0
  let turnEndedAt = clock()
  let isStopped = false

  /** Tells whether connections still arrive, unless they have had several times as long as a turn. */
  function isAccepting(): boolean {
    const known = seenArrivals
    seenArrivals = arrivals()
    return seenArrivals !== known && clock() - turnEndedAt < ACCEPTING_TURNS * turnMs
  }

  /** Node runs both callbacks in the check phase, the computation's microtasks between them, and then polls. */
  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    let granted: { readonly client: string; readonly since: number } | null = null
    setImmediate(() => {
      if (!isAccepting()) granted = grant()
    })
    setImmediate(() => {
      isScheduled = false
      if (granted !== null) {
        turnEndedAt = clock()
        usage.charge(granted.client, turnEndedAt - granted.since)
      }
      if (waiting.size > 0) schedule()
    })
  }

  function grant() {
    const since = clock()
    let dropped = 0
    for (const waiter of waiting) {
      if (waiter.task.signal.aborted) drop(waiter, new ClientGone())
      else if (waiter.until < since) drop(waiter, new WaitTimeout())
      else continue
      dropped += 1
      if (dropped === MAX_DROPPED) return null
    }
    const waiter = nextOf(waiting, usage)
    if (waiter === undefined) return null
    waiting.delete(waiter)
    waiter.resolve(since + turnMs)
    return { client: waiter.task.owner, since }
  }

  function drop(waiter: Waiter, error: Error): void {
    waiting.delete(waiter)
    waiter.reject(error)
  }

  function nextTurn(task: Task, order: number, waitMs: number): Promise<number> {
    if (task.signal.aborted) return Promise.reject(new ClientGone())
    if (isStopped) return Promise.reject(new ComputationsStopped())
    return new Promise((resolve, reject) => {
      waiting.add({ task, order, until: clock() + waitMs, resolve, reject })
      schedule()
    })
  }

  function turnOf(task: Task, order: number, firstEnds: number): Turn {
    let turnEnds = firstEnds
    let waitMs = maxWaitMs
    return {
      task,
      async yieldIfDue() {
        if (isStopped || clock() >= turnEnds) turnEnds = await nextTurn(task, order, waitMs)
      },
      persist() {
        waitMs = Number.POSITIVE_INFINITY
      },
      share() {
        const group = createTaskGroup(task)
        return { ...turnOf(group, order, turnEnds), join: (other) => group.join(other.task) }
      },
    }
  }

  return {
    async begin(task) {
      begun += 1
      const order = begun
      return turnOf(task, order, await nextTurn(task, order, maxWaitMs))
    },
    stop() {
      isStopped = true
      for (const waiter of waiting) drop(waiter, new ComputationsStopped())
    },
    get pending() {
      return waiting.size
    },
  }
}
