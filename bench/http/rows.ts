/** What is asked of whom; `of` is the row that it is compared with. */
export interface Row {
  readonly name: string
  readonly subject: string
  readonly path: string
  readonly requests: number
  readonly headers?: Readonly<Record<string, string>>
  readonly status?: number
  /** What a server that knows nothing is to send: so many bytes, or the same as an answer. */
  readonly body?: number | string
  readonly of?: string
}

const TOTAL = '/v1/totals?from=2024-01-01&to=2024-11-15&source=pozirk-2024-11-15'
const SERIES = '/v1/series?interval=month&from=2021&to=2025'
const OBSERVATIONS = '/v1/observations?limit=1000'

/** The rows of the benchmark of the server. */
export const ROWS: readonly Row[] = [
  { name: 'node:http, 400 bytes', subject: 'node:http', path: '/', requests: 20_000, body: 400 },
  {
    name: 'Fastify, 400 bytes',
    subject: 'fastify',
    path: '/',
    requests: 20_000,
    body: 400,
    of: 'node:http, 400 bytes',
  },
  {
    name: 'Fastify, the bytes of a total',
    subject: 'fastify',
    path: '/',
    requests: 20_000,
    body: TOTAL,
    of: 'Fastify, 400 bytes',
  },
  {
    name: 'a total, kept',
    subject: 'crossings',
    path: TOTAL,
    requests: 20_000,
    of: 'Fastify, the bytes of a total',
  },
  {
    name: 'a total, 304',
    subject: 'crossings',
    path: TOTAL,
    requests: 20_000,
    status: 304,
    of: 'Fastify, the bytes of a total',
  },
  {
    name: 'a total, not kept',
    subject: 'crossings, nothing kept',
    path: TOTAL,
    requests: 2_000,
    of: 'Fastify, the bytes of a total',
  },
  {
    name: 'all totals of 2024, not kept',
    subject: 'crossings, nothing kept',
    path: '/v1/totals?period=2024',
    requests: 500,
    of: 'Fastify, the bytes of a total',
  },
  {
    name: 'the same total by GROUP BY alone',
    subject: 'group by',
    path: '/',
    requests: 5_000,
    of: 'Fastify, the bytes of a total',
  },
  {
    name: '60 months of 3 borders, kept',
    subject: 'crossings',
    path: SERIES,
    requests: 10_000,
    of: 'Fastify, the bytes of a total',
  },
  {
    name: '60 months of 3 borders, not kept',
    subject: 'crossings, nothing kept',
    path: SERIES,
    requests: 300,
    of: 'Fastify, the bytes of a total',
  },
  {
    name: 'a page of observations, kept',
    subject: 'crossings',
    path: OBSERVATIONS,
    requests: 2_000,
    of: 'Fastify, the bytes of a total',
  },
  {
    name: 'a page of observations, not kept',
    subject: 'crossings, nothing kept',
    path: OBSERVATIONS,
    requests: 200,
    of: 'Fastify, the bytes of a total',
  },
]
