import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createLane, type Lane } from '../../concurrency/lane.ts'
import { scheduleTurns, type Turn } from '../../concurrency/turns.ts'
import { type UsageMeter, usageMeter } from '../../concurrency/usage-meter.ts'
import type { ClientOf } from '../client.ts'
import type { Taker } from '../front.ts'
import { COMMON_HEADERS } from '../methods.ts'
import type { PlainHeaders } from '../plain-headers.ts'
import { bodyOf, Overloaded, PROBLEM_TYPE, Problem } from '../problem.ts'
import type { RateLimits } from '../rate-limit.ts'
import { createAdmission, type Ticket } from './admission.ts'
import type { WaitingClients } from './waiting-clients.ts'

const LANES = ['data', 'drawings', 'downloads'] as const
type LaneName = (typeof LANES)[number]

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Where answers of this route wait to be computed: those that draw need far more memory and time. */
    readonly lane?: 'data' | 'drawings'
    /** For a response that goes on for as long as its client likes, which has limits of its own. */
    readonly isEndless?: boolean
  }
}

/** How many answers are computed at a time, in all and for one client: what bounds the memory that they take. */
const PLACES: Readonly<Record<LaneName, { readonly capacity: number; readonly perClient: number }>> = {
  data: { capacity: 24, perClient: 24 },
  drawings: { capacity: 4, perClient: 4 },
  downloads: { capacity: 16, perClient: 4 },
}

/** How long an answer waits to be begun, in milliseconds: a client that waits longer gives up. */
const MAX_WAIT_MS = 10_000

const MINUTE_MS = 60_000

/** Without a limit on CPU time, usage still decides whose turn is next; it drains as fast as this. */
const DEFAULT_DRAIN_PER_MS = 1 / 3

export interface AnswerQueueOptions {
  /** How long a client's answers may wait before more of them are refused, in milliseconds; 0 is any time. */
  readonly maxDelayMs: number
  /** How many milliseconds of CPU time a minute one client's answers may take; 0 is no limit. */
  readonly cpuLimitMs: number
  readonly clientOf: ClientOf
  readonly clients: WaitingClients
  readonly limits: RateLimits
  /** Whether a response is cached already: then it costs too little to be refused. */
  readonly isCached: (request: IncomingMessage, headers: PlainHeaders) => boolean
  readonly observer?: QueueObserver | undefined
  readonly clock?: () => number
}

export interface QueueObserver {
  /** Called once with a function that reads how many answers wait and how many are in progress. */
  readonly onQueue: (read: () => QueueState) => void
  /** Called for each request that is refused before it is routed. */
  readonly onShed: (response: ServerResponse) => void
}

export interface QueueState {
  readonly running: Readonly<Record<LaneName, number>>
  readonly pending: Readonly<Record<LaneName, number>>
  readonly turns: number
}

export interface AnswerQueue {
  /** Refuses requests before the framework routes them, where that is cheaper. */
  readonly refuse: Taker
  /** What the computation of an answer calls to share the event loop. */
  turnOf(request: FastifyRequest): AnswerTurn
}

/** The turn of one answer. */
export interface AnswerTurn extends Turn {
  /** Aborted once the client has left. */
  readonly signal: AbortSignal
  /** Charges CPU time that was spent for the answer elsewhere, in milliseconds. */
  charge(ms: number): void
}

/** A request whose answer waits or is being computed. */
interface InProgress {
  readonly clients: ReadonlySet<string>
  readonly signal: AbortSignal
  readonly ticket: Ticket
  turn?: AnswerTurn
  place?: () => void
}

/**
 * Queues every answer to a reader that has to be computed. One client's answers decide neither whether nor when
 * others are computed: admission, places and turns all go to the client that has used least. Register it after
 * the response cache, which answers for next to nothing.
 */
export function queueAnswers(
  app: FastifyInstance,
  {
    maxDelayMs,
    cpuLimitMs,
    clientOf,
    clients,
    limits,
    isCached,
    observer,
    clock = () => performance.now(),
  }: AnswerQueueOptions,
): AnswerQueue {
  const drainPerMs = cpuLimitMs === 0 ? DEFAULT_DRAIN_PER_MS : cpuLimitMs / MINUTE_MS
  const usage = usageMeter({ drainPerMs, clock })
  let connections = 0
  app.server.on('connection', () => {
    connections += 1
  })
  const turns = scheduleTurns({ usage, clock, arrivals: () => connections })
  const admission = createAdmission({ maxDelayMs, clock })
  const lanes = lanesFor(usage)
  const exempt = new Set<string>()
  const inProgress = new WeakMap<FastifyRequest, InProgress>()
  observer?.onQueue(() => stateOf(lanes, turns.pending))

  /** Returns why an answer for this client is refused now, or null. */
  function refusalFor(client: string): Problem | null {
    if (cpuLimitMs > 0 && usage.usedMs(client) >= cpuLimitMs) return tooMuchCpu(client)
    return admission.isFull(client) ? OVERLOADED : null
  }

  function tooMuchCpu(client: string): Problem {
    const retryS = Math.max(1, Math.ceil((usage.usedMs(client) - cpuLimitMs) / drainPerMs / 1_000))
    return new Problem(
      429,
      `CPU limit of ${cpuLimitMs / 1_000} s per minute exceeded; retry in ${retryS} s.`,
      {
        headers: { 'retry-after': String(retryS) },
      },
    )
  }

  app.addHook('onRoute', ({ url, config }) => {
    if (config?.isUnlimited === true) exempt.add(url)
  })

  app.addHook('onRequest', async (request, reply) => {
    const { isUnlimited, scope, lane = 'data' } = request.routeOptions.config
    if (isUnlimited === true || scope !== undefined || request.is404) return
    const client = clientOf(request.raw)
    const refusal = refusalFor(client)
    if (refusal !== null) throw refusal
    const left = new AbortController()
    const answer: InProgress = {
      clients: clients.of(request),
      signal: left.signal,
      ticket: admission.admit(client),
    }
    inProgress.set(request, answer)
    reply.raw.once('close', () => {
      left.abort()
      answer.place?.()
      answer.ticket.end()
    })
    if (reply.raw.destroyed) left.abort()
    answer.place = await lanes[lane].enter(answer)
    const turn = await turns.begin(answer)
    answer.ticket.start()
    answer.turn = { ...turn, signal: left.signal, charge: (ms) => usage.charge(client, ms) }
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const answer = inProgress.get(request)
    if (answer === undefined) return payload
    // A slow reader must not keep others from being answered: only the computation needs a place.
    answer.place?.()
    const isDownload = payload instanceof Readable && request.routeOptions.config.isEndless !== true
    if (isDownload) await startDownload(reply, payload, answer)
    else answer.ticket.end()
    return payload
  })

  async function startDownload(reply: FastifyReply, payload: Readable, answer: InProgress): Promise<void> {
    try {
      answer.place = await lanes.downloads.enter(answer)
      if (answer.signal.aborted) answer.place()
    } catch (error) {
      payload.destroy()
      for (const name of Object.keys(reply.getHeaders())) {
        if (DESCRIBES_BODY.test(name)) reply.removeHeader(name)
      }
      throw error
    }
  }

  return {
    refuse(request, response, headers) {
      const [path = ''] = request.url?.split('?', 1) ?? []
      // The router decodes paths; whether an encoded one is exempt is not known here.
      if (path.includes('%') || exempt.has(path)) return false
      const refusal = refusalFor(clientOf(request))
      if (refusal === null || isCached(request, headers)) return false
      const own = limits.countReader(request)
      if (own === null) return false
      observer?.onShed(response)
      sendRefusal(request, response, refusal, own)
      return true
    },
    turnOf(request) {
      const turn = inProgress.get(request)?.turn
      if (turn === undefined) throw new Error('this answer was not queued')
      return turn
    },
  }
}

const OVERLOADED = new Overloaded()

/** The header fields of a download that a problem sent in its place must not have. */
const DESCRIBES_BODY = /^(?:content-|etag$|link$|vary$|cache-control$|last-modified$)/

function lanesFor(usage: UsageMeter): Record<LaneName, Lane> {
  const lane = (name: LaneName) => createLane({ ...PLACES[name], maxWaitMs: MAX_WAIT_MS, usage })
  return { data: lane('data'), drawings: lane('drawings'), downloads: lane('downloads') }
}

function stateOf(lanes: Readonly<Record<LaneName, Lane>>, turns: number): QueueState {
  const count = (of: 'running' | 'pending') =>
    Object.fromEntries(LANES.map((name) => [name, lanes[name][of]])) as Record<LaneName, number>
  return { running: count('running'), pending: count('pending'), turns }
}

function sendRefusal(
  { method }: IncomingMessage,
  response: ServerResponse,
  refusal: Problem,
  own: readonly string[],
): void {
  const body = JSON.stringify(bodyOf(refusal))
  const head = {
    ...COMMON_HEADERS,
    ...refusal.headers,
    'cache-control': 'no-store',
    'content-type': PROBLEM_TYPE,
    'content-length': String(Buffer.byteLength(body)),
  }
  response.writeHead(refusal.status, [...Object.entries(head).flat(), ...own])
  if (method === 'HEAD') response.end()
  else response.end(body)
}
