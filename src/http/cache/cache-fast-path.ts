import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { coalescePerTick } from '../../concurrency/coalesce-per-tick.ts'
import type { Version } from '../../store/read/versions.ts'
import type { Store } from '../../store/store.ts'
import type { RateLimits } from '../limits/rate-limit.ts'
import type { FastPathHandler } from '../protocol/fast-path.ts'
import type { Shutdown } from '../protocol/graceful-shutdown.ts'
import { parseSimpleGet, type SimpleHeaders } from '../protocol/simple-get.ts'
import { stripCacheBuster } from '../query/query-string.ts'
import type { CachedResponse } from './cached-response.ts'
import type { SendCached } from './send-cached.ts'

/** Where the response to an earlier request is cached. */
interface IndexEntry {
  readonly key: string
  /** The newest version when the entry was made: a later one makes it stale. */
  readonly current: Version
  /** The pattern of its route. */
  readonly route: string
}

export interface CacheFastPath {
  /** Answers a request whose cached response is still current. */
  readonly handle: FastPathHandler
  /** Tells whether a request was answered before, perhaps from another version. */
  hasEntryFor(request: IncomingMessage, headers: SimpleHeaders): boolean
  /** Records where the response to a request is cached, under the target that the client sent. */
  index(request: Pick<FastifyRequest, 'raw' | 'originalUrl'>, entry: IndexEntry): void
}

export interface CacheFastPathOptions {
  readonly store: Pick<Store, 'currentVersion' | 'isUncommitted'>
  readonly lookup: (key: string) => CachedResponse | undefined
  readonly limits: RateLimits
  readonly closing: Shutdown
  readonly sendCached: SendCached
}

/** Each entry takes a few hundred bytes. */
const MAX_INDEX_ENTRIES = 10_000

/** In characters; longer targets are rare. */
const MAX_INDEX_KEY_LENGTH = 1_000

/**
 * Returns the fast path of the response cache: an index by the bytes of a request, so that a repeated request of an
 * unchanged version is neither parsed nor routed.
 */
export function cacheFastPath({
  store,
  lookup,
  limits,
  closing,
  sendCached,
}: CacheFastPathOptions): CacheFastPath {
  const entries = new LRUCache<string, IndexEntry>({ max: MAX_INDEX_ENTRIES })
  const currentVersion = coalescePerTick(() => store.currentVersion())

  async function currentEntry({ key, current }: IndexEntry): Promise<CachedResponse | undefined> {
    try {
      const { version, recorded_at } = await currentVersion()
      const isSame = version === current.version && recorded_at === current.recorded_at
      return isSame && !store.isUncommitted() && !closing.isClosing() ? lookup(key) : undefined
    } catch {
      return undefined
    }
  }

  async function answer(
    ...[request, response, headers, entry]: [...Parameters<FastPathHandler>, IndexEntry]
  ): Promise<boolean> {
    const cached = await currentEntry(entry)
    if (cached === undefined) return false
    const perClient = limits.consumeForClient(request)
    if (perClient === null) return false
    const isHead = request.method === 'HEAD'
    await sendCached({ response, headers, isHead, route: entry.route, perClient }, cached)
    return true
  }

  return {
    handle(request, response, headers) {
      const entry = entries.get(indexKeyOf(request.url, headers))
      return entry !== undefined && answer(request, response, headers, entry)
    },
    hasEntryFor: (request, headers) => entries.has(indexKeyOf(request.url, headers)),
    index({ raw, originalUrl }, entry) {
      // A fragment ends the canonical target, but not the one that the fast path reads.
      if (originalUrl[0] !== '/' || originalUrl.includes('#')) return
      const headers = parseSimpleGet(raw)
      const key = headers === null ? null : indexKeyOf(originalUrl, headers)
      if (key !== null && key.length <= MAX_INDEX_KEY_LENGTH) entries.set(key, entry)
    },
  }
}

/**
 * Returns everything of a request that its response may depend on. The raw target is safe here, because the entry
 * leads to a cache key that was made by parsing these same bytes.
 */
function indexKeyOf(target = '', headers: SimpleHeaders): string {
  return `${stripCacheBuster(target)}\n${headers.accept ?? ''}\n${headers['accept-language'] ?? ''}`
}
