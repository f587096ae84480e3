import { sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { apiKeyLastUses } from '../schema.ts'
import type { AuditEntry, Refusal } from './audit-log.ts'

/** The delay before activity is recorded, so that a burst takes one write. */
const DELAY_MS = 5_000

/** The time for which equal refusals are counted in one entry, and a failed write is not tried again. */
const WINDOW_MS = 60 * 60 * 1_000
const RETRY_MS = 60_000

/** The writes of key activity in a transaction. */
interface Recorder {
  audit(entry: AuditEntry): void
  recordLastUse(api_key: number, used_at: string): void
}

interface Tally {
  readonly refusal: Refusal
  count: number
  beganAt: string
  lastAt: string
  /** When an entry was made last, in milliseconds since 1970; null where none was. */
  recordedMs: number | null
}

export function lastUseWriter(db: BetterSQLite3Database) {
  return {
    /** Records when a key was last used, unless a later time is recorded. */
    recordLastUse(api_key: number, used_at: string): void {
      db.insert(apiKeyLastUses)
        .values({ api_key, used_at })
        .onConflictDoUpdate({
          target: apiKeyLastUses.api_key,
          set: { used_at: sql`max(${apiKeyLastUses.used_at}, excluded.used_at)` },
        })
        .run()
    },
  }
}

/**
 * Collects uses of keys and refused writes in memory and records them behind the requests, so that none waits or
 * fails for it. However many there are, a key's use is recorded once an hour, and of equal refusals the first at
 * once and those that follow as one entry an hour.
 */
export function keyActivity(write: (work: (recorder: Recorder) => void) => Promise<void>, now: () => string) {
  const hours = new Map<number, string>()
  const uses = new Map<number, string>()
  const tallies = new Map<string, Tally>()
  let timer: NodeJS.Timeout | undefined
  let dueMs = Number.POSITIVE_INFINITY
  let flushing: Promise<void> = Promise.resolve()

  function schedule(delayMs: number): void {
    const at = performance.now() + delayMs
    if (at >= dueMs) return
    clearTimeout(timer)
    dueMs = at
    timer = setTimeout(() => void flush(), delayMs).unref()
  }

  function isDue({ recordedMs }: Tally): boolean {
    return recordedMs === null || Math.abs(Date.parse(now()) - recordedMs) >= WINDOW_MS
  }

  /** Records what is due, or all there is; what could not be recorded is tried again. */
  async function record(all: boolean): Promise<void> {
    clearTimeout(timer)
    dueMs = Number.POSITIVE_INFINITY
    const due = [...tallies.values()].filter((tally) => tally.count > 0 && (all || isDue(tally)))
    const entries = due.map((tally) => ({ ...tally }))
    const used = [...uses]
    for (const tally of due) Object.assign(tally, { count: 0, recordedMs: Date.parse(now()) })
    uses.clear()
    try {
      if (entries.length + used.length > 0) await write((recorder) => put(recorder, entries, used))
    } catch {
      for (const [index, tally] of due.entries()) restore(tally, entries[index])
      for (const [id, hour] of used) if (!uses.has(id)) uses.set(id, hour)
      return schedule(RETRY_MS)
    }
    for (const [name, tally] of tallies) if (tally.count === 0 && isDue(tally)) tallies.delete(name)
    if (tallies.size > 0) schedule(RETRY_MS)
  }

  function flush(all = false): Promise<void> {
    flushing = flushing.then(() => record(all))
    return flushing
  }

  return {
    /** Notes that a key was used. */
    keyUsed(id: number): void {
      const hour = `${now().slice(0, 13)}:00:00.000Z`
      if (hours.get(id) === hour) return
      hours.set(id, hour)
      uses.set(id, hour)
      schedule(DELAY_MS)
    },

    /** Notes that a write was refused. */
    writeRefused(refusal: Refusal): void {
      const { api_key, via, status, detail } = refusal
      const name = JSON.stringify([api_key, via, status, detail])
      const time = now()
      const tally = tallies.get(name) ?? { refusal, count: 0, beganAt: time, lastAt: time, recordedMs: null }
      tallies.set(name, tally)
      if (tally.count === 0) tally.beganAt = time
      tally.count += 1
      tally.lastAt = time
      schedule(isDue(tally) ? DELAY_MS : RETRY_MS)
    },

    /** Records all that was noted so far, and keeps no timer. */
    async recordActivity(): Promise<void> {
      await flush(true)
      clearTimeout(timer)
      dueMs = Number.POSITIVE_INFINITY
    },
  }
}

function put(
  { audit, recordLastUse }: Recorder,
  entries: readonly Tally[],
  used: readonly [number, string][],
): void {
  for (const { refusal, count, beganAt, lastAt } of entries)
    audit({ ...refusal, action: 'refused', count, began_at: beganAt, recorded_at: lastAt })
  for (const [id, hour] of used) recordLastUse(id, hour)
}

/** Puts back what could not be recorded, before what came since. */
function restore(tally: Tally, before: Tally | undefined): void {
  if (before === undefined) return
  Object.assign(tally, {
    count: tally.count + before.count,
    beganAt: before.beganAt,
    lastAt: tally.count > 0 ? tally.lastAt : before.lastAt,
    recordedMs: before.recordedMs,
  })
}
