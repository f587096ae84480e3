import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Taker } from './front.ts'
import { COMMON_HEADERS } from './methods.ts'
import { bodyOf, Overloaded, PROBLEM_TYPE } from './problem.ts'

/** So many are taken at once however long that takes: one page of a dashboard asks for a dozen. */
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
  { maxDelayMs, turnedAway, clock = () => performance.now() }: ShedOptions,
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

  function isAdmitted(response: ServerResponse): boolean {
    if (admitted.has(response)) return true
    const isLate = turnMs() > maxDelayMs || previousMs > maxDelayMs * LONGEST_TURN
    if (isLate && Math.max(takenInTurn, admitted.size) >= ALWAYS_TAKEN) return false
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
    const isSpared = isUnlimited === true || scope !== undefined
    done(isSpared || isAdmitted(reply.raw) ? undefined : OVERLOADED)
  })

  return ({ url = '', method }, response) => {
    const [path = ''] = url.split('?', 1)
    if (unlimited.has(path) || isAdmitted(response)) return false
    turnedAway?.(response)
    response.writeHead(503, HEAD)
    if (method === 'HEAD') response.end()
    else response.end(BODY)
    return true
  }
}
