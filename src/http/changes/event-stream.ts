import { setTimeout } from 'node:timers/promises'
import type { Change } from '../../domain/change.ts'
import { type ChangePlace, placeOfChange } from '../../store/read/changes.ts'
import type { Reader } from '../../store/read/reader.ts'
import { writeResumePoint } from './event-id.ts'

/** The changes of one read: few enough that other requests hardly wait. */
const PAGE_SIZE = 250

/** Milliseconds: the polling interval, the heartbeat, and the client's retry. */
const LOOK_EVERY_MS = 500
const HEARTBEAT_MS = 15_000
const RETRY_MS = 2_000

export interface Following {
  /** Ends the events. */
  readonly signal: AbortSignal
  readonly heartbeatMs?: number
}

/**
 * The changes behind a place as server-sent events, page by page, then those to come, whichever process
 * writes them. A page is read when the one before was taken, so that a slow reader costs no memory.
 */
export async function* changeEvents(
  { currentVersion, changes }: Pick<Reader, 'currentVersion' | 'changes'>,
  start: ChangePlace,
  { signal, heartbeatMs = HEARTBEAT_MS }: Following,
): AsyncGenerator<string, void> {
  let place = start
  let sentUpTo = -1
  let lastWord = performance.now()
  // An id without data makes no event, but a client cut off before the first one comes back with it.
  yield `retry: ${RETRY_MS}\nid: ${writeResumePoint(start)}\n\n`
  while (!signal.aborted) {
    const { version } = await currentVersion()
    const page = version === sentUpTo ? [] : await changes(place, version, PAGE_SIZE)
    const last = page.at(-1)
    if (last !== undefined) {
      place = placeOfChange(last)
      yield page.map(eventOf).join('')
      lastWord = performance.now()
    } else if (performance.now() - lastWord >= heartbeatMs) {
      yield ': still here\n\n'
      lastWord = performance.now()
    }
    if (page.length === PAGE_SIZE) continue
    sentUpTo = version
    await setTimeout(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** A change as one server-sent event (HTML Standard, 9.2.6). */
function eventOf(change: Change): string {
  return `event: change\nid: ${writeResumePoint(placeOfChange(change))}\ndata: ${JSON.stringify(change)}\n\n`
}
