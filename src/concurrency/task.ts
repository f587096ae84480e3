import { setMaxListeners } from 'node:events'
import type { UsageMeter } from './usage-meter.ts'

/** A computation, as the scheduler sees it. */
export interface Task {
  /** The client that started it, to which its CPU time is charged. */
  readonly owner: string
  /** The clients that wait for its result at the moment. */
  readonly clients: Iterable<string>
  /** Aborted once none of them waits any more. */
  readonly signal: AbortSignal
}

/** A task whose result several others wait for: it goes on for as long as one of them does. */
export interface TaskGroup extends Task {
  join(task: Task): void
}

/** Thrown in a computation that nobody waits for any more. */
export class ClientGone extends Error {
  constructor() {
    super('The client has closed the connection.')
  }
}

/** Thrown where a computation has waited too long for its turn or place. */
export class WaitTimeout extends Error {
  constructor() {
    super('The computation has waited too long.')
  }
}

/** Thrown in a computation that goes on when the process is about to end. */
export class ComputationsStopped extends Error {
  constructor() {
    super('The process is about to end.')
  }
}

/** Creates a group that starts with one task; the clients of all that join it count as waiting. */
export function createTaskGroup(first: Task): TaskGroup {
  const members = new Set<Task>()
  const done = new AbortController()
  setMaxListeners(0, done.signal)
  function leave(task: Task): void {
    members.delete(task)
    if (members.size === 0) done.abort()
  }
  function join(task: Task): void {
    if (task.signal.aborted) return
    members.add(task)
    task.signal.addEventListener('abort', () => leave(task), { once: true })
  }
  join(first)
  if (members.size === 0) done.abort()
  return {
    owner: first.owner,
    clients: {
      *[Symbol.iterator]() {
        for (const member of members) yield* member.clients
      },
    },
    signal: done.signal,
    join,
  }
}

/** Clients that have used less than this lately are all alike, in milliseconds of CPU. */
const FIRST_LEVEL_MS = 25

/** The factor of usage between two levels. */
const LEVEL_FACTOR = 5

/**
 * Returns the entry to go on with: of those whose clients are at the lowest level of usage, the first in order. By
 * levels, because equal clients that took turns would all end last, and hold all memory until then.
 */
export function nextOf<Entry extends { readonly task: Task; readonly order: number }>(
  waiting: Iterable<Entry>,
  usage: UsageMeter,
): Entry | undefined {
  const levels = new Map<string, number>()
  const levelOf = (client: string): number => {
    const known = levels.get(client) ?? levelAt(usage.usedMs(client))
    levels.set(client, known)
    return known
  }
  let next: Entry | undefined
  let lowest = Number.POSITIVE_INFINITY
  for (const entry of waiting) {
    let level = Number.POSITIVE_INFINITY
    for (const client of entry.task.clients) level = Math.min(level, levelOf(client))
    if (next !== undefined && (level > lowest || (level === lowest && entry.order > next.order))) continue
    next = entry
    lowest = level
  }
  return next
}

function levelAt(usedMs: number): number {
  if (usedMs < FIRST_LEVEL_MS) return 0
  return 1 + Math.floor(Math.log(usedMs / FIRST_LEVEL_MS) / Math.log(LEVEL_FACTOR))
}
