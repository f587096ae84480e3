import type { UsageMeter } from './usage-meter.ts'

/** One request's computation, as the queues see it. */
export interface Task {
  /** The clients that wait for its result. The first of them started it, and its CPU time is charged to that one. */
  readonly clients: ReadonlySet<string>
  /** Aborted once the client that started it has left. */
  readonly signal: AbortSignal
}

/** Thrown in a computation that nobody waits for any more. */
export class ClientGone extends Error {
  constructor() {
    super('The client has closed the connection.')
  }
}

/** Tells whether the client that started a task has left and no other waits for the same result. */
export function isAbandoned({ clients, signal }: Task): boolean {
  return signal.aborted && clients.size <= 1
}

/** Returns the usage of the least demanding client that waits for a task, so that a shared result is not held back by the one that started it. */
export function leastUsedMs({ clients }: Task, usage: UsageMeter): number {
  let least = Number.POSITIVE_INFINITY
  for (const client of clients) least = Math.min(least, usage.usedMs(client))
  return least
}

/** Returns the waiting entry whose clients have used least; of equals the one that has waited longest. */
export function nextOf<Entry extends { readonly task: Task }>(
  waiting: Iterable<Entry>,
  usage: UsageMeter,
): Entry | undefined {
  let next: Entry | undefined
  let least = Number.POSITIVE_INFINITY
  for (const entry of waiting) {
    const used = leastUsedMs(entry.task, usage)
    if (next !== undefined && used >= least) continue
    next = entry
    least = used
  }
  return next
}
