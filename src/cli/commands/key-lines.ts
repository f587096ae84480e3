import type { ApiKey, KeyReport } from '../../store/read/api-keys.ts'
import type { NamedAuditEntry } from '../../store/write/audit-log.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** In how many days an end counts as near. */
const SOON_DAYS = 14

/** In how many days a key ends, counting a begun day; null where it does not end soon, or no longer works. */
export function daysToEnd({ expires_at, revoked_at }: ApiKey, now: string): number | null {
  if (expires_at === null || revoked_at !== null || expires_at <= now) return null
  const days = Math.ceil((Date.parse(expires_at) - Date.parse(now)) / DAY_MS)
  return days <= SOON_DAYS ? days : null
}

/** Formats a number of days, such as "1 day". */
export function inDays(days: number): string {
  return days === 1 ? '1 day' : `${days} days`
}

/** Formats a key for the list: number, scope, state, last use, rows of the day, name. */
export function keyLine(key: KeyReport, now: string): string {
  const { id, scope, name, last_used_at, rows, rows_a_day } = key
  const used = last_used_at === null ? 'never used' : `used ${last_used_at.slice(0, 13).replace('T', ' ')}h`
  const quota = rows_a_day === null ? `${rows} rows today` : `${rows} of ${rows_a_day} rows today`
  return [id, scope, stateOf(key, now), used, quota, name].join('\t')
}

function stateOf(key: KeyReport, now: string): string {
  const { expires_at, revoked_at, replaced_by } = key
  const successor = replaced_by === null ? '' : `, replaced by ${replaced_by}`
  if (revoked_at !== null) return `revoked ${revoked_at.slice(0, 10)}${successor}`
  if (expires_at === null) return 'valid'
  const day = expires_at.slice(0, 10)
  if (expires_at <= now) return `expired ${day}${successor}`
  const days = daysToEnd(key, now)
  return `valid until ${day}${days === null ? '' : `, ${inDays(days)} left`}${successor}`
}

/** Formats an entry of the audit log: time, action, number of the key, where, what, name of the key. */
export function auditLine({ action, api_key, name, via, recorded_at, ...entry }: NamedAuditEntry): string {
  const what = [statusOf(entry), entry.detail].filter((part) => part !== null).join(', ')
  return [recorded_at, action, api_key ?? '-', via ?? '-', what || '-', name ?? '-'].join('\t')
}

function statusOf({ status, count, began_at }: Pick<NamedAuditEntry, 'status' | 'count' | 'began_at'>) {
  return count === 1 || status === null ? status : `${status}, ${count} times since ${began_at}`
}
