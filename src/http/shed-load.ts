import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Taker } from './front.ts'
import { COMMON_HEADERS } from './methods.ts'
import type { PlainHeaders } from './plain-headers.ts'
import { bodyOf, Overloaded, PROBLEM_TYPE } from './problem.ts'
import type { RateLimits } from './rate-limit.ts'

/** So many who wait for their answer are taken at once however long that takes: one page of a dashboard asks for a dozen. */
const ALWAYS_TAKEN = 32

/** How much longer than a request may wait its turn a turn may take before all who come next are turned away. */
const LONGEST_TURN = 2.5

const OVERLOADED = new Overloaded()

const BODY = JSON.stringify(bodyOf(OVERLOADED))
const HEAD = Object.entries({
  ...COMMON_HEADERS,
  ...OVERLOADED.headers,
  'cache-control': 'no-store',
  'content-type': PROBLEM_TYPE,
  'content-length': String(Buffer.byteLength(BODY)),
}).flat()

export interface ShedOptions {
  /** How long a request may wait for its turn, in milliseconds; 0 turns nobody away. */
  readonly maxDelayMs: number
  readonly limits: RateLimits
  /** Whether a request may cost too little to be turned away: it is judged when that is known. */
  readonly isSpared: (request: IncomingMessage, headers: PlainHeaders) => boolean
  /** Told of each reader who is turned away in front of the framework. */
  readonly turnedAway?: ((response: ServerResponse) => void) | undefined
  readonly clock?: () => number
}

/**
 * Turns readers away with a 503 while those before them already wait too long, so that who is answered is
 * answered soon. Kept answers cost too little to be turned away, and writers and the operator never are: call it
 * after the kept answers.
 * @returns who turns readers away in front of the framework, where that costs next to nothing
 */
export function shedLoad(
  app: FastifyInstance,
  { maxDelayMs, limits, isSpared, turnedAway, clock = () => performance.now() }: ShedOptions,
): Taker {
  if (maxDelayMs === 0) return () => false
  const unlimited = new Set<string>()
  let begun: number | null = null
  let previousMs = 0
  let endedAt = 0
  const admitted = new Set<ServerResponse>()
  let takenInTurn = 0

  /** How long this turn of the event loop has taken; each ends in its check phase. */
  function turnMs(): number {
    const now = clock()
    if (begun !== null) return now - begun
    begun = now
    if (now - endedAt > maxDelayMs) previousMs = 0
    setImmediate(() => {
      endedAt = clock()
      previousMs = endedAt - now
      begun = null
      takenInTurn = 0
    })
    return 0
  }

  /** How many were taken and have no answer yet; streams and downloads that go on have theirs. */
  function waiting(): number {
    for (const response of admitted) if (response.headersSent) admitted.delete(response)
    return admitted.size
  }

  function isAdmitted(response: ServerResponse): boolean {
    if (admitted.has(response) || response.destroyed) return true
    const isLate = turnMs() > maxDelayMs || previousMs > maxDelayMs * LONGEST_TURN
    if (isLate && Math.max(takenInTurn, waiting()) >= ALWAYS_TAKEN) return false
    takenInTurn += 1
    admitted.add(response)
    response.once('close', () => admitted.delete(response))
    return true
  }

  app.addHook('onRoute', ({ url, config }) => {
    if (config?.isUnlimited === true) unlimited.add(url)
  })

  app.addHook('onRequest', (request, reply, done) => {
    const { isUnlimited, scope } = request.routeOptions.config
    const isOther = isUnlimited === true || scope !== undefined
    done(isOther || isAdmitted(reply.raw) ? undefined : OVERLOADED)
  })

  return (request, response, headers) => {
    const [path = ''] = request.url?.split('?', 1) ?? []
    // What is encoded in a path is not known before it is routed.
    if (path.includes('%') || unlimited.has(path) || isSpared(request, headers)) return false
    if (isAdmitted(response)) return false
    const own = limits.countReader(request)
    if (own === null) return false
    turnedAway?.(response)
    response.writeHead(503, [...HEAD, ...own])
    if (request.method === 'HEAD') response.end()
    else response.end(BODY)
    return true
  }
}
