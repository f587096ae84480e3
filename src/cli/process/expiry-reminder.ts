import type { Config } from '../../config.ts'
import { presentTime } from '../../server.ts'
import { databasePathOf, isInMemory } from '../../store/connection/connection.ts'
import type { KeyReport } from '../../store/read/api-keys.ts'
import { readKeyReports } from '../../store/read/key-reports.ts'
import { daysToEnd, inDays } from '../commands/key-lines.ts'

const EVERY_MS = 24 * 60 * 60 * 1000

const LEVELS: readonly Config['LOG_LEVEL'][] = ['warn', 'info', 'debug', 'trace']

/**
 * Logs which keys end soon, now and once a day. Call it in the primary process, so that it is logged once however many
 * workers there are.
 */
export function logKeyExpiry(
  { DATABASE_URL, LOG_LEVEL }: Config,
  log = (line: string): void => void process.stderr.write(`crossings: ${line}\n`),
): void {
  if (isInMemory(DATABASE_URL) || !LEVELS.includes(LOG_LEVEL)) return
  const remind = () => {
    for (const line of readReminders(databasePathOf(DATABASE_URL))) log(line)
  }
  remind()
  setInterval(remind, EVERY_MS).unref()
}

function readReminders(path: string): string[] {
  try {
    const now = presentTime()
    return reminders(readKeyReports(path, now.slice(0, 10)), now)
  } catch {
    // A database that cannot be read is told of by every request, and by the health checks.
    return []
  }
}

/** Formats a line for each key that ends soon, with its name and number. */
export function reminders(keys: readonly KeyReport[], now: string): string[] {
  return keys.flatMap((key) => {
    const days = daysToEnd(key, now)
    if (days === null) return []
    const { id, name, expires_at, replaced_by } = key
    const remedy =
      replaced_by === null ? `keys rotate ${id} makes another` : `key ${replaced_by} takes over from it`
    return [`API key ${id} (${name}) ends in ${inDays(days)}, at ${expires_at}; ${remedy}`]
  })
}
