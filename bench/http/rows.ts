import { rowsOfPeers } from '../peers/rows.ts'
import type { Row } from './row.ts'

const TOTAL = '/v1/totals?from=2024-01-01&to=2024-11-15&source=pozirk-2024-11-15'
const TOTAL_OF_MILLION = '/v1/totals?from=2020-01-01&to=2020-11-15&indicator=indicator_0&country=AC,AD,AE'
const PAGE = '/v1/observations?limit=1000'
const BARE = 'Fastify, the bytes of a total'

/** Who ask the same at once share one answer, so one asks after the other. */
const NOTHING_KEPT = { subject: 'crossings, nothing kept', connections: 1 }

/** The rows of the benchmark of the server. */
export const ROWS: readonly Row[] = [
  { name: 'node:http, 400 bytes', subject: 'node:http', path: '/', body: 400, of: [] },
  { name: 'Fastify, 400 bytes', subject: 'fastify', path: '/', body: 400, of: ['node:http, 400 bytes'] },
  { name: BARE, subject: 'fastify', path: '/', body: TOTAL, of: ['Fastify, 400 bytes'] },

  ...keptOrNot('a total', TOTAL, { question: 'a total' }),
  crossings('a total, 304', TOTAL, { status: 304 }),
  crossings('all totals of 2024, not kept', '/v1/totals?period=2024', NOTHING_KEPT),
  {
    name: 'a total, GROUP BY behind Fastify',
    subject: 'group by',
    path: '/',
    question: 'a total',
    of: [BARE, 'a total, kept', 'a total, not kept'],
  },
  ...rowsOfPeers('a total'),

  ...keptOrNot('60 months of 3 borders', '/v1/series?interval=month&from=2021&to=2025'),

  ...keptOrNot('all 295 observations', PAGE, { question: 'all 295 observations' }),
  ...rowsOfPeers('all 295 observations'),

  ...keptOrNot('one border in one year', `${PAGE}&country=PL&period=2024`, {
    question: 'one border in one year',
  }),
  ...rowsOfPeers('one border in one year'),

  crossings('a total of 1,000,000 observations, kept', TOTAL_OF_MILLION, {
    file: 'million',
    of: ['a total, kept'],
  }),
  crossings('a total of 1,000,000 observations, 304', TOTAL_OF_MILLION, {
    file: 'million',
    status: 304,
    of: ['a total, 304'],
  }),
  crossings('1,000 of 1,000,000 observations, kept', PAGE, { file: 'million' }),
]

function crossings(name: string, path: string, more: Partial<Row> = {}): Row {
  return { name, subject: 'crossings', path, of: [BARE], ...more }
}

/** An answer of this server, kept and not kept. */
function keptOrNot(name: string, path: string, more: Partial<Row> = {}): Row[] {
  return [
    crossings(`${name}, kept`, path, more),
    crossings(`${name}, not kept`, path, { ...NOTHING_KEPT, ...more }),
  ]
}
