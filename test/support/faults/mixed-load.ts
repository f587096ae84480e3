import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { daysOf, tableOf } from '../formats/import-tables.ts'
import { changesOf, openStream } from '../http/event-stream.ts'
import { type Serving, send, source } from './serving.ts'
import { openRaw } from './sockets.ts'

/** How one question went. */
export interface Asked {
  readonly kind: string
  readonly at: number
  readonly ms: number
  /** 0 where no answer came. */
  readonly status: number
}

const KEPT = ['/v1', '/v1/totals', '/v1/borders', '/v1/series?interval=year', '/v1/sources?limit=10']
const PAGES = ['/?lang=en', '/?lang=pl&country=LT', '/?lang=be&period=2024', '/docs', '/openapi.json']
const EXPORTS = ['csv', 'ndjson', 'xlsx', 'parquet'].map(
  (format) => `/v1/observations?limit=all&format=${format}`,
)
const REFUSED = ['/%zz', '/v1/totals?from=x', '/v1/nothing', '/v1/observations/999999999', '/v1/totals/']

/**
 * Each question has a connection of its own: what is sent just as a server ends an idle connection has no answer,
 * which a client has to expect (RFC 9112, 9.3.1), and here could not be told from a fault.
 */
const ONCE = { connection: 'close' }

const TABLE = tableOf(daysOf(100))

/** How many things are written again and again: what is current does not grow, only its history does. */
const THINGS = 20

/** Begins to ask and write in every way at once, a way for each client, and answers how to stop. */
export function load(server: Serving, key: string): () => Promise<Asked[]> {
  const asked: Asked[] = []
  const stopping = new AbortController()
  const stopped = once(stopping.signal, 'abort')
  const get = async (path: string) => {
    const response = await fetch(server.url + path, { headers: ONCE })
    await response.arrayBuffer()
    return response.status
  }
  const write = async (turn: number) => {
    const id = `soak-${turn % THINGS}`
    const body = { ...source(id, `Title ${turn}`) }
    if (turn < THINGS)
      return (await send(server, 'POST', '/v1/sources', { key, body, headers: ONCE }))?.status ?? 0
    const { headers } = await fetch(`${server.url}/v1/sources/${id}`, { headers: ONCE })
    const sent = { key, body, headers: { ...ONCE, 'if-match': headers.get('etag') ?? '' } }
    return (await send(server, 'PUT', `/v1/sources/${id}`, sent))?.status ?? 0
  }
  const importTable = async () => {
    const headers = { ...ONCE, 'content-type': 'text/csv' }
    return (
      (await send(server, 'POST', '/v1/imports?dry_run=true', { key, body: TABLE, headers }))?.status ?? 0
    )
  }
  const follow = async () => {
    const response = await openStream(server.port, '/v1/changes/stream')
    // No write follows a stop, so a stream that waits for its fifth change then would wait for ever.
    await Promise.race([changesOf(response, (_, count) => count === 5), stopped])
    response.destroy()
    return response.statusCode ?? 0
  }
  const nonsense = async () => {
    const { closed } = await openRaw(server.port, 'NONSENSE\r\n\r\n')
    return Number((await closed).split(' ', 2)[1])
  }
  const repeat = async (kind: string, pauseMs: number, ask: (turn: number) => Promise<number>) => {
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      const at = performance.now()
      const status = await ask(turn).catch(() => 0)
      asked.push({ kind, at, ms: performance.now() - at, status })
      await setTimeout(pauseMs)
    }
  }
  const oneOf = (paths: readonly string[]) => (turn: number) => get(paths[turn % paths.length] ?? '/')
  const day = (turn: number) => new Date(Date.UTC(2021, 0, 1 + (turn % 1_000))).toISOString().slice(0, 10)
  const loops = [
    repeat('kept', 20, oneOf(KEPT)),
    repeat('kept', 20, oneOf(KEPT)),
    repeat('unkept', 50, (turn) => get(`/v1/totals?from=${day(turn)}&to=2024-12-${10 + (turn % 20)}`)),
    repeat('page', 250, oneOf(PAGES)),
    repeat('chart', 500, (turn) =>
      get(`/v1/charts/series.${['svg', 'png'][turn % 2]}?width=${400 + (turn % 300)}`),
    ),
    repeat('export', 500, oneOf(EXPORTS)),
    repeat('write', 200, write),
    repeat('import', 1_000, importTable),
    repeat('stream', 100, follow),
    repeat('refused', 100, oneOf(REFUSED)),
    repeat('refused', 1_000, nonsense),
  ]
  return async () => {
    stopping.abort()
    await Promise.all(loops)
    return asked
  }
}
