import type { FastifyInstance } from 'fastify'
import { Overloaded } from './problem.ts'

/** So many are taken at once however long that takes: one page of a dashboard asks for a dozen. */
const ALWAYS_TAKEN = 32

/** How much longer than a request may wait its turn a turn may take before all who come next are turned away. */
const LONGEST_TURN = 2.5

const OVERLOADED = new Overloaded()

/**
 * Turns readers away with a 503 while those before them already wait too long, so that who is answered is
 * answered soon. Kept answers cost too little to be turned away, and writers and the operator never are: call it
 * after the kept answers.
 * @param maxDelayMs how long a request may wait for its turn, in milliseconds; 0 turns nobody away
 */
export function shedLoad(
  app: FastifyInstance,
  maxDelayMs: number,
  clock: () => number = () => performance.now(),
): void {
  if (maxDelayMs === 0) return
  let begun: number | null = null
  let previousMs = 0
  let endedAt = 0
  let underWay = 0
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

  app.addHook('onRequest', (request, reply, done) => {
    const { isUnlimited, scope } = request.routeOptions.config
    if (isUnlimited === true || scope !== undefined) return done()
    const isLate = turnMs() > maxDelayMs || previousMs > maxDelayMs * LONGEST_TURN
    if (isLate && Math.max(takenInTurn, underWay) >= ALWAYS_TAKEN) return done(OVERLOADED)
    takenInTurn += 1
    underWay += 1
    reply.raw.once('close', () => {
      underWay -= 1
    })
    done()
  })
}
