import type { IncomingMessage } from 'node:http'
import { LRUCache } from 'lru-cache'
import type { Version } from '../store/read-versions.ts'
import type { Store } from '../store/store.ts'
import { withoutBuster } from './address.ts'
import type { Closing } from './closing.ts'
import type { Taker } from './front.ts'
import type { Kept } from './kept.ts'
import { onceATurn } from './once-a-turn.ts'
import { type PlainHeaders, plainHeaders } from './plain-headers.ts'
import type { RateLimits } from './rate-limit.ts'
import type { SendKept } from './send-kept.ts'

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
  /** Remembers where the answer to a request is, for who asks the same. */
  remember(request: IncomingMessage, answered: Answered): void
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
      const answered = known.get(questionOf(request, headers))
      return answered !== undefined && answer(request, response, headers, answered)
    },
    isKnown: (request, headers) => known.has(questionOf(request, headers)),
    remember(request, answered) {
      const headers = plainHeaders(request)
      const question = headers === null ? null : questionOf(request, headers)
      if (question !== null && question.length <= LONGEST_QUESTION) known.set(question, answered)
    },
  }
}

/** All of a request that an answer may depend on. */
function questionOf({ url = '' }: IncomingMessage, headers: PlainHeaders): string {
  return `${withoutBuster(url)}\n${headers.accept ?? ''}\n${headers['accept-language'] ?? ''}`
}
