import { ClientGone, isAbandoned, nextOf, type Task } from './task.ts'
import type { UsageMeter } from './usage-meter.ts'

const NEVER_ABORTED = new AbortController().signal

/** How long a computation may hold the event loop in one piece, in milliseconds. */
const TURN_MS = 10

/** Gives computations the event loop one at a time, each for one turn. */
export interface Turns {
  /**
   * Begins a task: resolves at its first turn.
   * @throws ClientGone once nobody waits for the result
   */
  begin(task: Task): Promise<Turn>
  /** The number of tasks that wait for a turn. */
  readonly pending: number
}

/** What a computation calls to share the event loop. */
export interface Turn {
  /**
   * Resolves at once while the turn lasts, else at the next one. Call it often in a long computation.
   * @throws ClientGone once nobody waits for the result
   */
  yieldIfDue(): Promise<void>
  /** The clients that wait for the result. */
  readonly clients: ReadonlySet<string>
  /** Returns a turn for a part of the work whose result others may use too; it goes on when this client leaves. */
  share(): SharedTurn
}

/** The turn of work that several computations wait for. */
export interface SharedTurn extends Turn {
  /** Lets the work go on as soon as the least demanding of all clients that wait for it may. */
  join(turn: Pick<Turn, 'clients'>): void
}

interface Waiter {
  readonly task: Task
  readonly resolve: (turnEnds: number) => void
  readonly reject: (error: ClientGone) => void
}

/**
 * Schedules computations cooperatively: at most one turn in each iteration of the event loop, so that the network
 * is served between any two, to the task whose client has used least CPU time lately. A client that asks little
 * therefore waits for at most one turn, whatever others ask. Each turn's CPU time is charged to its client.
 * @param arrivals returns how many connections have been accepted so far. libuv accepts only one in each iteration
 *   (libuv#3696), so as long as more arrive, iterations go by without a turn, for as long as a turn lasts.
 */
export function scheduleTurns({
  usage,
  clock = () => performance.now(),
  turnMs = TURN_MS,
  arrivals = () => 0,
}: {
  readonly usage: UsageMeter
  readonly clock?: () => number
  readonly turnMs?: number
  readonly arrivals?: () => number
}): Turns {
  const waiting = new Set<Waiter>()
  let isScheduled = false
  let seenArrivals = 0
  let turnEndedAt = clock()

  /** Tells whether connections still arrive, unless they have had as much time as a turn. */
  function isAccepting(): boolean {
    const known = seenArrivals
    seenArrivals = arrivals()
    return seenArrivals !== known && clock() - turnEndedAt < turnMs
  }

  /** Node runs both callbacks in the check phase, the computation's microtasks between them, and then polls. */
  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    let granted: { readonly client: string; readonly begun: number } | null = null
    setImmediate(() => {
      if (!isAccepting()) granted = grant()
    })
    setImmediate(() => {
      isScheduled = false
      if (granted !== null) {
        turnEndedAt = clock()
        usage.charge(granted.client, turnEndedAt - granted.begun)
      }
      if (waiting.size > 0) schedule()
    })
  }

  function grant() {
    for (const waiter of waiting) if (isAbandoned(waiter.task)) drop(waiter)
    const waiter = nextOf(waiting, usage)
    if (waiter === undefined) return null
    waiting.delete(waiter)
    const begun = clock()
    waiter.resolve(begun + turnMs)
    const [client = ''] = waiter.task.clients
    return { client, begun }
  }

  function drop(waiter: Waiter): void {
    waiting.delete(waiter)
    waiter.reject(new ClientGone())
  }

  function nextTurn(task: Task): Promise<number> {
    if (isAbandoned(task)) return Promise.reject(new ClientGone())
    return new Promise((resolve, reject) => {
      waiting.add({ task, resolve, reject })
      schedule()
    })
  }

  function turnOf(task: Task, firstEnds: number): Turn {
    let turnEnds = firstEnds
    return {
      clients: task.clients,
      async yieldIfDue() {
        if (clock() < turnEnds) return
        turnEnds = await nextTurn(task)
      },
      share: () => sharedTurn(task.clients, turnEnds),
    }
  }

  function sharedTurn(first: ReadonlySet<string>, firstEnds: number): SharedTurn {
    const clients = new Set(first)
    const parts: SharedTurn[] = []
    const turn = turnOf({ clients, signal: NEVER_ABORTED }, firstEnds)
    return {
      ...turn,
      share() {
        const part = sharedTurn(clients, firstEnds)
        parts.push(part)
        return part
      },
      join(other) {
        for (const client of other.clients) clients.add(client)
        for (const part of parts) part.join(other)
      },
    }
  }

  return {
    async begin(task) {
      return turnOf(task, await nextTurn(task))
    },
    get pending() {
      return waiting.size
    },
  }
}
