import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { onceATurn } from '../../concurrency/coalesce-per-tick.ts'
import type { Version } from '../../store/read/versions.ts'
import type { Store } from '../../store/store.ts'
import type { RateLimits } from '../limits/rate-limit.ts'
import type { Taker } from '../protocol/fast-path.ts'
import type { Closing } from '../protocol/graceful-shutdown.ts'
import { type PlainHeaders, plainHeaders } from '../protocol/simple-get.ts'
import { withoutCacheBuster } from '../query/query-string.ts'
import type { Kept } from './cached-response.ts'
import type { SendKept } from './send-cached.ts'

/** Of a question that was answered before, where its answer is. */
interface Answered {
  /** Under which key it is kept. */
  readonly key: string
  /** The newest version when it was found there. */
  readonly current: Version
  /** The pattern of its route. */
  readonly route: string
}

export interface Again {
  /** Answers what is still as it was. */
  readonly take: Taker
  /** Whether a question was answered before, be it of another state of the data. */
  isKnown(request: IncomingMessage, headers: PlainHeaders): boolean
  /** Stores where the answer to a request is, under the target that the client sent. */
  remember(request: Pick<FastifyRequest, 'raw' | 'originalUrl'>, answered: Answered): void
}

export interface AgainOptions {
  readonly store: Pick<Store, 'currentVersion' | 'isUncommitted'>
  readonly keptUnder: (key: string) => Kept | undefined
  readonly limits: RateLimits
  readonly closing: Closing
  readonly sendKept: SendKept
}

/** So many questions are known again, each in a few hundred bytes. */
const MAX_QUESTIONS = 10_000

/** Longer questions are rare enough. */
const LONGEST_QUESTION = 1_000

/**
 * Answers who asks the very same again, of the same state of the data: there is nothing to route, to read or to
 * decide any more.
 */
export function answerAgain({ store, keptUnder, limits, closing, sendKept }: AgainOptions): Again {
  const known = new LRUCache<string, Answered>({ max: MAX_QUESTIONS })
  const currentVersion = onceATurn(() => store.currentVersion())

  async function stillKept({ key, current }: Answered): Promise<Kept | undefined> {
    try {
      const { version, recorded_at } = await currentVersion()
      const isSame = version === current.version && recorded_at === current.recorded_at
      return isSame && !store.isUncommitted() && !closing.isClosing() ? keptUnder(key) : undefined
    } catch {
      return undefined
    }
  }

  async function answer(
    ...[request, response, headers, answered]: [...Parameters<Taker>, Answered]
  ): Promise<boolean> {
    const kept = await stillKept(answered)
    if (kept === undefined) return false
    const own = limits.countReader(request)
    if (own === null) return false
    await sendKept({ response, headers, isHead: request.method === 'HEAD', route: answered.route, own }, kept)
    return true
  }

  return {
    take(request, response, headers) {
      const answered = known.get(questionOf(request.url, headers))
      return answered !== undefined && answer(request, response, headers, answered)
    },
    isKnown: (request, headers) => known.has(questionOf(request.url, headers)),
    remember({ raw, originalUrl }, answered) {
      // A fragment ends the canonical target, but not the one that the fast path reads.
      if (originalUrl[0] !== '/' || originalUrl.includes('#')) return
      const headers = plainHeaders(raw)
      const question = headers === null ? null : questionOf(originalUrl, headers)
      if (question !== null && question.length <= LONGEST_QUESTION) known.set(question, answered)
    },
  }
}

/**
 * All of a request that an answer may depend on: the very bytes of its target, which lead to a key that was made by
 * parsing these same bytes.
 */
function questionOf(target = '', headers: PlainHeaders): string {
  return `${withoutCacheBuster(target)}\n${headers.accept ?? ''}\n${headers['accept-language'] ?? ''}`
}
