import type { Readable } from 'node:stream'
import { finished } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** The requests whose answers are being computed: those that may still read the database. */
export interface AnswersUnderWay {
  begin(request: FastifyRequest, reply: FastifyReply): void
  /** Ends the computation of an answer: at once, or with the stream that it is read from. */
  endWith(request: FastifyRequest, stream: Readable | null): void
  /** Resolves once no answer is being computed. */
  idle(): Promise<void>
}

/** Creates a set of the answers under way; Fastify sends every answer that is computed, even if its client has left. */
export function createAnswersUnderWay(): AnswersUnderWay {
  const requests = new Set<FastifyRequest>()
  const onIdle: (() => void)[] = []
  function end(request: FastifyRequest): void {
    requests.delete(request)
    if (requests.size === 0) for (const resolve of onIdle.splice(0)) resolve()
  }
  return {
    begin(request, reply) {
      requests.add(request)
      reply.raw.once('close', () => {
        // Sent by somebody else than Fastify, such as the cache: it ends with the response.
        if (reply.sent) end(request)
      })
    },
    endWith(request, stream) {
      if (stream === null) end(request)
      else finished(stream, () => end(request))
    },
    async idle() {
      if (requests.size > 0) await new Promise<void>((resolve) => onIdle.push(resolve))
    },
  }
}
