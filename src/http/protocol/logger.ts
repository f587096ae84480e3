import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

export interface LogSink {
  write(line: string): void
}

/** An API key, whole or in part, wherever a client put it. */
const KEY = /bxk_[0-9a-f]+/gi

/**
 * Returns the options of the logger. It logs the method and path of a request, never its headers, query or body, and no
 * API key. Request ids are our own; a client's is not adopted.
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
