import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

export interface LogSink {
  write(line: string): void
}

/** An API key, whole or in part, wherever a client put it. */
const KEY = /bxk_[0-9a-f]+/gi

/**
 * Says what is logged: of a request its method and path, never its headers, its query or its body, and no
 * line with an API key. Each has an id of ours; a client's own is not taken over.
 */
export function loggerOptions(level: string, stream: LogSink | undefined) {
  const started = randomBytes(6).toString('hex')
  let requests = 0
  const genReqId = () => `${started}-${(++requests).toString(36)}`
  if (level === 'silent') return { logger: false, genReqId } as const
  const logger = {
    level,
    serializers: {
      req: ({ method, url, ip }: FastifyRequest) => ({
        method,
        path: url.split('?', 1)[0],
        remoteAddress: ip,
      }),
    },
    hooks: { streamWrite: (line: string) => line.replace(KEY, '[key]') },
    ...(stream === undefined ? {} : { stream }),
  }
  return { logger, genReqId }
}

/** Tells whether a log level includes a line for every request. */
export function logsRequests(level: string): boolean {
  return ['info', 'debug', 'trace'].includes(level)
}
