import { and, desc, eq, isNull } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { hashOf, newKey } from '../api-key.ts'
import { type ApiKey, apiKeyReader, type Scope } from '../read/api-keys.ts'
import { apiKeys } from '../schema.ts'
import { type AuditEntry, auditWriter } from './audit-log.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Thrown with a reason why a key cannot be changed that way. */
export class KeyRejected extends Error {}

interface NewKey {
  readonly name: string
  readonly scope: Scope
  readonly expires_at: string | null
  /** The rows that it may record a day; unlimited by default. */
  readonly rows_a_day?: number | null
}

interface Rotation {
  /** The time for which the old key keeps working, in milliseconds. */
  readonly overlapMs: number
  /** When the new key ends; unless it is given, it lasts as long as the old one was made to last. */
  readonly expires_at?: string | undefined
}

/** A new key, shown for the only time, and the one that it takes over from. */
interface Rotated {
  readonly key: string
  readonly id: number
  readonly replaced: { readonly id: number; readonly expires_at: string }
}

/** Changes keys; each change is logged with what it was done `via`, in the same transaction. */
export function apiKeyWriter(db: BetterSQLite3Database, now: () => string, via: string | null) {
  const { audit } = auditWriter(db)
  const reader = apiKeyReader(db)

  function log(action: AuditEntry['action'], api_key: number, detail: string | null): void {
    const time = now()
    audit({ action, api_key, via, status: null, detail, count: 1, began_at: time, recorded_at: time })
  }

  function insertKey(key: NewKey, replaced?: ApiKey) {
    const secret = newKey()
    const { name, scope, expires_at, rows_a_day = null } = key
    const last = db.select({ id: apiKeys.id }).from(apiKeys).orderBy(desc(apiKeys.id)).limit(1).get()
    const id = (last?.id ?? 0) + 1
    const family = { replaces: replaced?.id ?? null, lineage: replaced?.lineage ?? id }
    db.insert(apiKeys)
      .values({ id, name, scope, expires_at, rows_a_day, ...family, hash: hashOf(secret), created_at: now() })
      .run()
    log(
      'created',
      id,
      `scope ${scope}, ${quotaText(rows_a_day)}, ${expires_at === null ? 'no end' : `ends ${expires_at}`}`,
    )
    return { key: secret, id }
  }

  return {
    /** Creates a key and returns its secret, of which only the hash is stored. */
    async addKey(key: NewKey): Promise<string> {
      return insertKey(key).key
    },

    /** Ends a key for good. @returns whether there was such a key that was not revoked yet */
    async revokeKey(id: number): Promise<boolean> {
      const revoked = db
        .update(apiKeys)
        .set({ revoked_at: now() })
        .where(and(eq(apiKeys.id, id), isNull(apiKeys.revoked_at)))
        .run()
      if (revoked.changes > 0) log('revoked', id, null)
      return revoked.changes > 0
    },

    /**
     * Makes a key that takes over from another: with its name, scope and quota, of which both have one together.
     * The old one ends after the overlap, or when it would have ended anyway.
     * @param named the id of a key, or the name that one key alone has of those that work
     * @throws KeyRejected where no key can be replaced that is named so
     */
    async rotateKey(named: string, { overlapMs, expires_at }: Rotation): Promise<Rotated> {
      const time = now()
      const old = replaceable(await reader.keyReports(time.slice(0, 10)), named, time)
      const end = new Date(Date.parse(time) + overlapMs).toISOString()
      const ends = old.expires_at !== null && old.expires_at < end ? old.expires_at : end
      const { name, scope, rows_a_day } = old
      const made = insertKey({ name, scope, rows_a_day, expires_at: expires_at ?? sameLife(old, time) }, old)
      db.update(apiKeys).set({ expires_at: ends }).where(eq(apiKeys.id, old.id)).run()
      log('rotated', old.id, `key ${made.id} takes over; ends ${ends}`)
      return { ...made, replaced: { id: old.id, expires_at: ends } }
    },

    /** Sets the quota of a key and of those it was rotated from or into. @returns whether there is such a key */
    async setRowQuota(id: number, rows_a_day: number | null): Promise<boolean> {
      const key = (await reader.keys()).find((each) => each.id === id)
      if (key === undefined) return false
      db.update(apiKeys).set({ rows_a_day }).where(eq(apiKeys.lineage, key.lineage)).run()
      log('quota_changed', id, quotaText(rows_a_day))
      return true
    },
  }
}

type Replaceable = ApiKey & { readonly replaced_by: number | null }

/** @throws KeyRejected */
function replaceable(keys: readonly Replaceable[], named: string, time: string): Replaceable {
  const isId = /^[1-9]\d{0,14}$/.test(named)
  const faultOf = ({ id, revoked_at, expires_at, replaced_by }: Replaceable): string | null => {
    if (revoked_at !== null) return `key ${id} was revoked`
    if (replaced_by !== null) return `key ${id} was rotated; rotate key ${replaced_by}`
    return expires_at !== null && expires_at <= time ? `key ${id} has expired` : null
  }
  const found = keys.filter(({ id, name }) => (isId ? id === Number(named) : name === named))
  const [key, ...others] = found.filter((each) => faultOf(each) === null)
  if (key !== undefined && others.length === 0) return key
  if (key !== undefined) {
    const ids = [key, ...others].map(({ id }) => id).join(', ')
    throw new KeyRejected(`several keys have that name; say which by its number: ${ids}`)
  }
  const last = found.at(-1)
  throw new KeyRejected(
    (last && faultOf(last)) ?? (isId ? `there is no key ${named}` : 'no key has that name'),
  )
}

/** When a key ends that lasts as long as another was made to last: on the midnight (UTC) after that. */
function sameLife({ created_at, expires_at }: ApiKey, time: string): string | null {
  if (expires_at === null) return null
  const end = Date.parse(time) + Date.parse(expires_at) - Date.parse(created_at)
  return new Date(Math.ceil(end / DAY_MS) * DAY_MS).toISOString()
}

function quotaText(rows_a_day: number | null): string {
  return rows_a_day === null ? 'any number of rows a day' : `${rows_a_day} rows a day`
}
