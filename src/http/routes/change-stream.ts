import { finished, Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { createFairPlaces } from '../../concurrency/fair-places.ts'
import { afterVersion } from '../../store/read/changes.ts'
import type { Store } from '../../store/store.ts'
import { readResumePoint, resumePointSchema } from '../changes/event-id.ts'
import { changeEvents } from '../changes/event-stream.ts'
import type { Dependencies } from '../dependencies.ts'
import type { AnswerTurn } from '../limits/answer-queue.ts'
import type { ClientAddressOf } from '../limits/client-address.ts'
import { badRequest, Problem } from '../problems/problem.ts'
import { parameters } from '../query/parameters.ts'
import { problemResponses } from '../responses/response-schemas.ts'

/** The streams that may be open: of one client, before each client gets only one, and in all. */
const STREAMS = { perClient: 10, shared: 100, capacity: 300 }

/** The longest that a client may read nothing before its stream is closed, in milliseconds. */
const STALLED_MS = 60_000

const HEADERS = { 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' }

const query = z.strictObject({ after: parameters.after, _: parameters._ })

const lastEventId = resumePointSchema
  .optional()
  .describe('The `id` of the last event received, to go on behind it; it wins over `after`.')
  .meta({ wire: { type: 'string', examples: ['1.observation.295'] } })

const EXAMPLE = `retry: 2000
id: 1

event: change
id: 2.event.minsk-conference
data: {"version":2,"recorded_at":"2026-01-01T00:00:00.000Z","author":"Newsroom","reason":null,"change":"created",\
"resource":"event","id":"minsk-conference","state":{"id":"minsk-conference","period_start":"2024-11-14",\
"period_end":"2024-11-15","precision":"day","title":"A conference in Minsk","source":"pozirk-2024-11-15"}}

`

const events = z
  .string()
  .describe('Events named `change`; `data` of each is one Change as JSON, and `id` is where to go on.')
  .meta({ examples: [EXAMPLE] })

interface StreamDependencies extends Dependencies {
  readonly clientOf: ClientAddressOf
  readonly turnOf: (request: FastifyRequest) => AnswerTurn
}

/** `GET /v1/changes/stream`: the changes as server-sent events, those to come as they are recorded. */
export const changeStreamRoutes: FastifyPluginAsync<StreamDependencies> = async (
  app,
  { store, clientOf, turnOf },
) => {
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())
  const streams = createFairPlaces(STREAMS)

  /** Returns the log, each page of which is read when it is the client's turn, and charged to it. */
  function logFor({ persist, yieldIfDue }: AnswerTurn): Pick<Store, 'currentVersion' | 'changes'> {
    persist()
    return {
      currentVersion: store.currentVersion,
      async changes(after, until, limit) {
        await yieldIfDue()
        return await store.changes(after, until, limit, yieldIfDue)
      },
    }
  }

  /** @throws Problem (429) where the client has as many streams as it may, (503) where there are too many */
  function openStream(client: string): () => void {
    const close = streams.take(client)
    if (close !== null) return close
    const headers = { 'retry-after': '10' }
    throw streams.of(client) >= STREAMS.perClient
      ? new Problem(429, `Limit of ${STREAMS.perClient} streams per client exceeded.`, { headers })
      : new Problem(503, 'Too many streams are open; try again later.', { headers })
  }

  app.route({
    method: 'GET',
    url: '/v1/changes/stream',
    schema: {
      operationId: 'followChanges',
      summary: 'Stream changes',
      description:
        'The same changes as server-sent events, without end. By default only those to come; `after` asks for those ' +
        'of later versions too, `after=0` for all. Cut off anywhere, even within a version, a client that comes back ' +
        'with `Last-Event-ID`, as browsers do by themselves, neither misses a change nor gets one twice. ' +
        `A comment comes every 15 seconds of silence. More than ${STREAMS.perClient} of one client are a 429; once ` +
        `${STREAMS.shared} are open, each client gets one only, until ${STREAMS.capacity} are: more are a 503.`,
      tags: ['Evidence'],
      querystring: query,
      headers: z.looseObject({ 'last-event-id': lastEventId }),
      response: {
        200: {
          description: 'The changes.',
          content: { 'text/event-stream': { schema: events } },
        },
        ...problemResponses(400, 500, 503),
      },
    },
    config: { isEndless: true },
    handler: async (request, reply) => {
      const { after } = request.query as z.output<typeof query>
      const { version } = await store.currentVersion()
      const resumeAt = request.headers['last-event-id']
      const start = typeof resumeAt === 'string' ? readResumePoint(resumeAt) : afterVersion(after ?? version)
      if (start.version > version) {
        const parameter = resumeAt === undefined ? 'after' : 'last-event-id'
        throw badRequest([{ parameter, detail: `is in the future; the newest version is ${version}` }])
      }
      const close = openStream(clientOf(request.raw))
      reply.headers(HEADERS).type('text/event-stream')
      if (request.method === 'HEAD') {
        close()
        return reply.send(Readable.from([]))
      }
      const leaving = new AbortController()
      finished(reply.raw, () => {
        close()
        leaving.abort()
      })
      reply.raw.setTimeout(STALLED_MS)
      const signal = AbortSignal.any([closing.signal, leaving.signal])
      const log = logFor(turnOf(request))
      return reply.send(Readable.from(changeEvents(log, start, { signal })))
    },
  })
}
