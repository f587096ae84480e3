import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createFairPlaces } from '../../concurrency/fair-places.ts'
import { createLane } from '../../concurrency/lane.ts'
import { scheduleTurns, type Turn } from '../../concurrency/turns.ts'
import { usageMeter } from '../../concurrency/usage-meter.ts'
import { Overloaded, PROBLEM_TYPE, Problem, problemBody } from '../problems/problem.ts'
import { COMMON_HEADERS } from '../protocol/allowed-methods.ts'
import type { FastPathHandler } from '../protocol/fast-path.ts'
import type { SimpleHeaders } from '../protocol/simple-get.ts'
import { createAdmission, type Ticket } from './admission.ts'
import type { ClientAddressOf } from './client-address.ts'
import type { RateLimits } from './rate-limit.ts'
import type { RequestTasks } from './request-tasks.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Marks routes whose responses are rendered, which takes far more memory and time than data. */
    readonly isDrawn?: boolean
    /** Marks routes whose responses last as long as their client likes; they have limits of their own. */
    readonly isEndless?: boolean
  }
}

/** The responses rendered at a time, in all and for one client; bounds their memory. */
const DRAWINGS = { capacity: 4, perClient: 2 }

/** The downloads that may be open: each holds a page of rows and buffers for as long as its client reads. */
const DOWNLOADS = { perClient: 6, shared: 200 }

/** The longest wait of a response for rendering to begin, in milliseconds: clients give up after that. */
const MAX_WAIT_MS = 10_000

const MINUTE_MS = 60_000

/** Without a limit on CPU time, usage still decides whose turn is next; it drains as fast as this. */
const DEFAULT_DRAIN_PER_MS = 1 / 3

export interface AnswerQueueOptions {
  /** The longest wait of a client's answers before further ones are rejected, in milliseconds; 0 disables it. */
  readonly maxDelayMs: number
  /** The CPU time that one client's answers may take, in milliseconds a minute; 0 disables the limit. */
  readonly cpuLimitMs: number
  readonly clientOf: ClientAddressOf
  readonly tasks: RequestTasks
  readonly limits: RateLimits
  /** Tells whether a response is cached already: then it costs too little to be rejected. */
  readonly isCached: (request: IncomingMessage, headers: SimpleHeaders) => boolean
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
  readonly running: { readonly data: number; readonly drawings: number; readonly downloads: number }
  readonly pending: { readonly data: number; readonly drawings: number }
  readonly turns: number
}

export interface AnswerQueue {
  /** Refuses requests before the framework routes them, where that is cheaper. */
  readonly refuse: FastPathHandler
  /** Returns the turn with which the computation of an answer shares the event loop. */
  turnOf(request: FastifyRequest): AnswerTurn
  /** Ends the computation of all answers that are not ready, which become a 503. */
  stop(): void
}

/** The turn of one answer. */
export interface AnswerTurn extends Turn {
  /** Charges CPU time that was spent for the answer elsewhere, in milliseconds. */
  charge(ms: number): void
}

/** A request whose answer waits or is being computed. */
interface InProgress {
  readonly ticket: Ticket
  turn?: AnswerTurn
  /** Releases the place of a drawing. */
  place?: () => void
}

/** The header fields of a download that a problem sent in its place must not have. */
const DESCRIBES_BODY = /^(?:content-|etag$|link$|vary$|cache-control$|last-modified$)/

/**
 * Queues every answer to a reader that has to be computed. One client's answers decide neither whether nor when
 * others are computed: each client is admitted by its own backlog, and turns go to the one that has used least.
 * Register it after the response cache, which answers for next to nothing.
 */
export function queueAnswers(
  app: FastifyInstance,
  {
    maxDelayMs,
    cpuLimitMs,
    clientOf,
    tasks,
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
  const drawings = createLane({ ...DRAWINGS, maxWaitMs: MAX_WAIT_MS, usage })
  const downloads = createFairPlaces(DOWNLOADS)
  const exempt = new Set<string>()
  const inProgress = new WeakMap<FastifyRequest, InProgress>()
  observer?.onQueue(() => ({
    running: { data: admission.running, drawings: drawings.running, downloads: downloads.count },
    pending: { data: admission.pending, drawings: drawings.pending },
    turns: turns.pending,
  }))

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
    const { isUnlimited, scope, isDrawn } = request.routeOptions.config
    if (isUnlimited === true || scope !== undefined || request.is404) return
    const task = tasks.of(request, reply)
    const { owner: client } = task
    const refusal = refusalFor(client)
    if (refusal !== null) throw refusal
    const answer: InProgress = { ticket: admission.admit(client) }
    inProgress.set(request, answer)
    reply.raw.once('close', answer.ticket.end)
    if (isDrawn === true) answer.place = await drawings.enter(task)
    const turn = await turns.begin(task)
    answer.ticket.start()
    answer.turn = { ...turn, charge: (ms) => usage.charge(client, ms) }
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const answer = inProgress.get(request)
    if (answer === undefined) return payload
    // Given free here alone, where every computation ends, also that of a client that has left.
    answer.place?.()
    answer.ticket.end()
    const isEndless = request.routeOptions.config.isEndless === true
    if (request.method !== 'HEAD' && !isEndless && isLarge(payload))
      openDownload(request, reply, payload, answer)
    return payload
  })

  /** @throws Problem (503) where the client has too many downloads open */
  function openDownload(
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    { turn }: InProgress,
  ): void {
    const close = downloads.take(clientOf(request.raw))
    if (close !== null) {
      turn?.persist()
      reply.raw.once('close', close)
      if (reply.raw.destroyed) close()
      return
    }
    if (payload instanceof Readable) payload.destroy()
    for (const name of Object.keys(reply.getHeaders())) {
      if (DESCRIBES_BODY.test(name)) reply.removeHeader(name)
    }
    throw OVERLOADED
  }

  return {
    refuse(request, response, headers) {
      const [path = ''] = request.url?.split('?', 1) ?? []
      // The router decodes paths; whether an encoded one is exempt is not known here.
      if (path.includes('%') || exempt.has(path)) return false
      const refusal = refusalFor(clientOf(request))
      if (refusal === null || isCached(request, headers)) return false
      const own = limits.consumeForClient(request)
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
    stop: turns.stop,
  }
}

const OVERLOADED = new Overloaded()

/** A body of more bytes is held for as long as a slow client reads it, as a download is. */
const LARGE_BYTES = 1_000_000

function isLarge(payload: unknown): boolean {
  if (payload instanceof Readable) return true
  return (typeof payload === 'string' || Buffer.isBuffer(payload)) && payload.length > LARGE_BYTES
}

function sendRefusal(
  { method }: IncomingMessage,
  response: ServerResponse,
  refusal: Problem,
  own: readonly string[],
): void {
  const body = JSON.stringify(problemBody(refusal))
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
